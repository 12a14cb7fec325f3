"""Participants for tests: made from a number, so that the same call gives the same party everywhere."""

from dataclasses import dataclass
from hashlib import sha256

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import (
    CodeType,
    ContractAccount,
    ExternallyOwnedAccount,
    MeteringPoint,
    MeteringPointId,
    MeteringPointStatus,
    Participant,
    ParticipantId,
    ParticipantKind,
    ParticipantStatus,
    Role,
)
from transaction_families.handler import PublicKey


def public_key(name: str) -> PublicKey:
    """Return a well-formed key that belongs to nobody."""
    return PublicKey("02" + sha256(name.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Party:
    """A participant with its accounts and meter, ready to be put on a ledger."""

    participant: Participant
    account: ExternallyOwnedAccount
    contract_account: ContractAccount
    metering_point: MeteringPoint

    @property
    def id(self) -> ParticipantId:
        return self.participant.participant_id

    @property
    def key(self) -> PublicKey:
        return self.participant.payout_key

    @property
    def entries(
        self,
    ) -> tuple[Participant, ExternallyOwnedAccount, ContractAccount, MeteringPoint]:
        return self.participant, self.account, self.contract_account, self.metering_point


def make_party(
    name: str,
    *roles: Role,
    kind: ParticipantKind = ParticipantKind.PHOTOVOLTAIC,
    owner: str | None = None,
    zone: str = "z1",
    balance_uyuan: int = 0,
    escrow_uyuan: int = 0,
    meter_key: PublicKey | None = None,
    key: PublicKey | None = None,
    status: ParticipantStatus = ParticipantStatus.ACTIVE,
) -> Party:
    """Return a party whose keys and identifiers follow from ``name``."""
    participant_id = ParticipantId(name)
    key = key or public_key(name)
    digest = sha256(name.encode()).hexdigest()
    mrid = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
    return Party(
        Participant(
            participant_id,
            kind,
            tuple(sorted(roles)),
            (key,),
            owner or name,
            sha256(f"{name} x25519".encode()).digest(),
            status,
        ),
        ExternallyOwnedAccount(key, balance_uyuan),
        ContractAccount(participant_id, SETTLEMENT, escrow_uyuan, 0, 0),
        MeteringPoint(
            MeteringPointId(mrid),
            CodeType.MRID,
            participant_id,
            meter_key or public_key(f"{name}-meter"),
            zone,
            MeteringPointStatus.ACTIVE,
        ),
    )
