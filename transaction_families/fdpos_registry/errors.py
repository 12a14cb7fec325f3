"""Why a transaction of the registry is refused."""

from transaction_families.errors import InvalidTransaction


class OrganisationMismatchError(InvalidTransaction):
    """A participant acts for an organisation that is not its own."""

    def __init__(self, participant_id: str, organisation: str, named: str) -> None:
        super().__init__(
            f"organisation: {participant_id} belongs to {organisation}, not to {named!r:.80}; name its own"
        )
        self.participant_id = participant_id
        self.organisation = organisation


class CandidateMismatchError(InvalidTransaction):
    """A participant acts for a candidate that another participant registered."""

    def __init__(self, organisation: str, participant_id: str, registered_by: str) -> None:
        super().__init__(
            f"participant_id: the candidate of {organisation} was registered by {registered_by}, "
            f"not by {participant_id}"
        )
        self.organisation = organisation
        self.registered_by = registered_by


class ForeignConsensusKeyError(InvalidTransaction):
    """A consensus key belongs to another organisation."""

    def __init__(self, public_key: str, organisation: str) -> None:
        super().__init__(f"consensus_public_key: {public_key} is {organisation}'s; make a new key")
        self.public_key = public_key
        self.organisation = organisation


class UnprovenConsensusKeyError(InvalidTransaction):
    """The registration does not show that its signer holds the consensus key."""

    def __init__(self, public_key: str) -> None:
        super().__init__(
            f"key_signature: {public_key} did not sign it for this ledger, organisation and endpoint"
        )
        self.public_key = public_key


class BondTooLowError(InvalidTransaction):
    """A candidate risks less than it must."""

    def __init__(self, bond_utoken: int, bond_utoken_min: int) -> None:
        super().__init__(f"bond_utoken: {bond_utoken} is less than the {bond_utoken_min} a candidate locks")
        self.bond_utoken = bond_utoken
        self.bond_utoken_min = bond_utoken_min


class StakeTooLowError(InvalidTransaction):
    """A voter would hold a stake that is neither nothing nor worth counting."""

    def __init__(self, participant_id: str, locked_utoken: int, stake_utoken_min: int) -> None:
        super().__init__(
            f"amount_utoken: {participant_id} would have {locked_utoken} µtoken locked; "
            f"lock none or at least {stake_utoken_min}"
        )
        self.locked_utoken = locked_utoken
        self.stake_utoken_min = stake_utoken_min


class CandidateWithdrawnError(InvalidTransaction):
    """The candidate stands no more."""

    def __init__(self, organisation: str, release_round: int) -> None:
        super().__init__(
            f"the candidate of {organisation} has withdrawn; from round {release_round} on its bond can be "
            "released and it can register again"
        )
        self.organisation = organisation
        self.release_round = release_round


class CandidateBarredError(InvalidTransaction):
    """The candidate is barred for equivocation."""

    def __init__(self, organisation: str, until_round: int) -> None:
        super().__init__(f"the candidate of {organisation} is barred until round {until_round}")
        self.organisation = organisation
        self.until_round = until_round


class LockedError(InvalidTransaction):
    """Tokens are to be released before their time."""

    def __init__(self, what: str, release_round: int, round_: int) -> None:
        super().__init__(f"{what} is free from round {release_round} on; round {round_} is open")
        self.what = what
        self.release_round = release_round


class NothingLockedError(InvalidTransaction):
    """There is nothing to release."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what} is not on its way back; {how} first")
        self.what = what


class RegistryFullError(InvalidTransaction):
    """One of the lists that an election reads has no room left."""

    def __init__(self, what: str, bucket: int, entries_max: int) -> None:
        super().__init__(
            f"bucket {bucket} of {what} holds {entries_max}, the most it may; wait until one leaves"
        )
        self.bucket = bucket
        self.entries_max = entries_max


class TooManyChoicesError(InvalidTransaction):
    """A ballot names more candidates than a voter may back."""

    def __init__(self, choices: int, choices_max: int) -> None:
        super().__init__(f"votes: {choices} candidates are backed, a voter backs at most {choices_max}")
        self.choices = choices
        self.choices_max = choices_max


class OverspentStakeError(InvalidTransaction):
    """More stake would back candidates than is locked: a unit would count twice."""

    def __init__(self, participant_id: str, spread_utoken: int, locked_utoken: int) -> None:
        super().__init__(
            f"{participant_id}'s votes come to {spread_utoken} µtoken, {locked_utoken} would be locked; "
            "back candidates with less, or lock more"
        )
        self.spread_utoken = spread_utoken
        self.locked_utoken = locked_utoken


class WrongRoundError(InvalidTransaction):
    """The transaction belongs to another round than the open one."""

    def __init__(self, round_: int, open_round: int) -> None:
        super().__init__(f"round: {round_} is not open, {open_round} is")
        self.round = round_
        self.open_round = open_round


class WindowClosedError(InvalidTransaction):
    """The time to commit to a round's work is over."""

    def __init__(self, round_: int, closed_s: int, now_s: int) -> None:
        super().__init__(
            f"work of round {round_} was committed to until {closed_s} (UTC seconds), the ledger's time is "
            f"{now_s}; the next round sets new work"
        )
        self.closed_s = closed_s
        self.now_s = now_s


class OpeningNotDrawnError(InvalidTransaction):
    """Which segments are checked is not known yet."""

    def __init__(self, round_: int) -> None:
        super().__init__(
            f"what to open of round {round_}'s work is not drawn yet; send the draw after the window"
        )
        self.round = round_


class WorkConcludedError(InvalidTransaction):
    """The work has been opened before."""

    def __init__(self, organisation: str, status: str) -> None:
        super().__init__(f"the work of {organisation} is {status} for this round")
        self.organisation = organisation
        self.status = status


class QuorumMissingError(InvalidTransaction):
    """Too few members of the committee signed a report."""

    def __init__(self, signers: int, quorum: int) -> None:
        super().__init__(f"signatures: {signers} members of the committee signed, it takes {quorum}")
        self.signers = signers
        self.quorum = quorum


class StrangerSignatureError(InvalidTransaction):
    """A signature is by no member of the committee, by one twice, or out of order."""

    def __init__(self, public_key: str) -> None:
        super().__init__(
            f"signatures: {public_key!r:.80} is no member of the committee, or not after the key before it"
        )
        self.public_key = public_key


class BadMemberSignatureError(InvalidTransaction):
    """A committee member's signature is not over this report."""

    def __init__(self, public_key: str) -> None:
        super().__init__(f"signatures: that of {public_key} is not over this report")
        self.public_key = public_key


class MalformedEvidenceError(InvalidTransaction):
    """A piece of evidence is no signed vertex header of this ledger."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class NoEquivocationError(InvalidTransaction):
    """The two vertices may well stand side by side: they are the same, or of different slots."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"first, second: {problem}")


class EvidenceSignatureError(InvalidTransaction):
    """A vertex was not signed by the key that is accused."""

    def __init__(self, field: str, public_key: str) -> None:
        super().__init__(f"{field}: it is not signed by {public_key}")
        self.field = field
        self.public_key = public_key


class DuplicateEvidenceError(InvalidTransaction):
    """An equivocation of this key in this epoch has been punished."""

    def __init__(self, public_key: str, epoch: int) -> None:
        super().__init__(f"the equivocation of {public_key} in epoch {epoch} is on the ledger and punished")
        self.public_key = public_key
        self.epoch = epoch


class TooManyUnlockingsError(InvalidTransaction):
    """A participant has stake of too many rounds on its way back."""

    def __init__(self, participant_id: str, unlockings_max: int) -> None:
        super().__init__(
            f"{participant_id} has stake of {unlockings_max} rounds on its way back; "
            "release what is free, or wait"
        )
        self.participant_id = participant_id
        self.unlockings_max = unlockings_max
