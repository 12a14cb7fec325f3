"""Everybody of a new network, with their keys: institutions, node operators, nodes and traders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from nacl.public import PrivateKey as EncryptionKey

from signing.certificates import (
    AUTHORITY_VALIDITY,
    CERTIFICATE_VALIDITY,
    COMMON_NAME_CHARACTERS_MAX,
    CertifiedKey,
    Validity,
    issue_client,
    issue_node,
    make_authority,
)
from signing.keys import PrivateKey
from signing.types import PublicKeyHex
from transaction_families.accounts.state import (
    CodeType,
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
from wattdag.client.wallet import Wallet, counting_nonces
from wattdag.network.plan import NetworkPlan
from wattdag.network.rules import ZONES
from wattdag.network.secrets import (
    Secrets,
    make_encryption_key,
    make_private_key,
    seeded_secrets,
    system_secrets,
)


class MemberRole(StrEnum):
    """What a member's files are for; the word that ``network.toml`` uses."""

    REGULATOR = "regulator"
    MARKET_OPERATOR = "market-operator"
    METER_OPERATOR = "meter-operator"
    GRID_COMPANY = "grid-company"
    VALIDATOR_OPERATOR = "validator-operator"
    PRODUCER = "producer"
    CONSUMER = "consumer"


_KINDS = {
    MemberRole.REGULATOR: (ParticipantKind.REGULATOR, Role.REGULATOR),
    MemberRole.MARKET_OPERATOR: (ParticipantKind.MARKET_OPERATOR, Role.MARKET_OPERATOR),
    MemberRole.METER_OPERATOR: (ParticipantKind.METER_OPERATOR, Role.METER_OPERATOR),
    MemberRole.GRID_COMPANY: (ParticipantKind.GRID_COMPANY, Role.GRID_COMPANY),
    MemberRole.VALIDATOR_OPERATOR: (ParticipantKind.VALIDATOR_OPERATOR, Role.VALIDATOR_OPERATOR),
    MemberRole.PRODUCER: (ParticipantKind.PHOTOVOLTAIC, Role.PRODUCER),
    MemberRole.CONSUMER: (ParticipantKind.RESIDENTIAL_CONSUMER, Role.CONSUMER),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A participant with all its secrets."""

    role: MemberRole
    participant: Participant
    account_key: PrivateKey
    encryption_key: EncryptionKey
    certificate: CertifiedKey
    wallet: Wallet
    meter_key: PrivateKey | None = None  # of producers and consumers
    metering_point: MeteringPoint | None = None

    @property
    def id(self) -> ParticipantId:
        """Its name on the ledger."""
        return self.participant.participant_id


@dataclass(frozen=True, slots=True)
class NodeMember:
    """A node of a new network: its keys, and the organisation that operates it."""

    name: str
    validator_key: PrivateKey
    consensus_key: PrivateKey
    certificate: CertifiedKey
    operator: Member


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody of a new network."""

    authority: CertifiedKey
    regulator: Member
    market_operator: Member
    meter_operator: Member
    grid_company: Member
    nodes: tuple[NodeMember, ...]
    traders: tuple[Member, ...]

    @property
    def everybody(self) -> tuple[Member, ...]:
        """All participants, the regulator first."""
        institutions = (self.regulator, self.market_operator, self.meter_operator, self.grid_company)
        return (*institutions, *(node.operator for node in self.nodes), *self.traders)


class MemberMaker:
    """Makes members of one network.

    Args:
        authority: The network's authority, who signs their certificates.
        secrets: Where keys come from.
        start: From when certificates hold.
    """

    def __init__(self, authority: CertifiedKey, secrets: Secrets, start: datetime) -> None:
        self._authority = authority
        self._secrets = secrets
        self._validity = Validity.starting(start, CERTIFICATE_VALIDITY)

    def member(
        self, name: str, role: MemberRole, *, zone: str = "", node_key: PrivateKey | None = None
    ) -> Member:
        """Return a member; the ledger knows a node's operator by the node's key first, then by its own."""
        account_key = make_private_key(self._secrets(f"{name} account"))
        encryption_key = make_encryption_key(self._secrets(f"{name} encryption"))
        kind, ledger_role = _KINDS[role]
        keys = [key.public_key.hex for key in (node_key, account_key) if key is not None]
        participant = Participant(
            ParticipantId(name),
            kind,
            (ledger_role,),
            tuple(map(PublicKey, keys)),
            name,
            bytes(encryption_key.public_key),
            ParticipantStatus.ACTIVE,
        )
        certificate = self.certify(name, account_key.public_key.hex)
        meter_key = make_private_key(self._secrets(f"{name} meter")) if zone else None
        metering_point = None
        if meter_key is not None:
            mrid = UUID(bytes=self._secrets(f"{name} mrid")(16), version=4)
            metering_point = MeteringPoint(
                MeteringPointId(str(mrid)),
                CodeType.MRID,
                participant.participant_id,
                PublicKey(meter_key.public_key.hex),
                zone,
                MeteringPointStatus.ACTIVE,
            )
        wallet = Wallet(account_key, counting_nonces())
        return Member(
            role, participant, account_key, encryption_key, certificate, wallet, meter_key, metering_point
        )

    def certify(self, name: str, public_key_hex: PublicKeyHex) -> CertifiedKey:
        """Return a client's certificate and its key.

        Args:
            name: For people.
            public_key_hex: The account key that it names, 66 hex digits.
        """
        return issue_client(
            self._authority,
            name,
            public_key_hex,
            validity=self._validity,
            random_bytes=self._secrets(f"{name} tls"),
        )

    def node(self, number: int, host: str) -> NodeMember:
        """Return a node and its operator."""
        name = f"node-{number}"
        validator_key = make_private_key(self._secrets(f"{name} validator"))
        certificate = issue_node(
            self._authority,
            name,
            validator_key.public_key.hex,
            hosts=[host.strip("[]")],
            validity=self._validity,
            random_bytes=self._secrets(f"{name} tls"),
        )
        return NodeMember(
            name,
            validator_key,
            make_private_key(self._secrets(f"{name} consensus")),
            certificate,
            self.member(f"operator-{number}", MemberRole.VALIDATOR_OPERATOR, node_key=validator_key),
        )


def make_members(plan: NetworkPlan) -> Members:
    """Return everybody of a planned network, with new keys and certificates.

    Raises:
        CertificateError: A host is no name that a certificate can carry.
    """
    secrets = system_secrets if plan.seed is None else seeded_secrets(plan.seed)
    authority = make_authority(
        f"{plan.chain_id} authority"[:COMMON_NAME_CHARACTERS_MAX],
        validity=Validity.starting(plan.start, AUTHORITY_VALIDITY),
        random_bytes=secrets("authority"),
    )
    maker = MemberMaker(authority, secrets, plan.start)

    def institution(role: MemberRole) -> Member:
        return maker.member(role.value, role)

    hosts = plan.hosts * plan.validators if len(plan.hosts) == 1 else plan.hosts
    return Members(
        authority,
        institution(MemberRole.REGULATOR),
        institution(MemberRole.MARKET_OPERATOR),
        institution(MemberRole.METER_OPERATOR),
        institution(MemberRole.GRID_COMPANY),
        nodes=tuple(maker.node(number, host) for number, host in enumerate(hosts, start=1)),
        traders=tuple(_trader(maker, index) for index in range(plan.traders)),
    )


def _trader(maker: MemberMaker, index: int) -> Member:
    role = (MemberRole.PRODUCER, MemberRole.CONSUMER)[index % 2]
    return maker.member(f"{role}-{index // 2 + 1}", role, zone=ZONES[index // 2 % len(ZONES)])
