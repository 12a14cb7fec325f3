"""Why a transaction of the settings family is refused, in Sawtooth's words."""

import json

from transaction_families.errors import InvalidTransaction


def quoted(text: str) -> str:
    """Return a text in double quotes, as Sawtooth's processors show it."""
    return json.dumps(text, ensure_ascii=False)


class NotAuthorizedError(InvalidTransaction):
    """The signer is none of the authorized keys."""

    def __init__(self, signer: str) -> None:
        super().__init__(f"{quoted(signer)} is not authorized to change settings")
        self.signer = signer


class NoActionError(InvalidTransaction):
    """The payload neither proposes nor votes."""

    def __init__(self) -> None:
        super().__init__("'action' must be one of {PROPOSE, VOTE} in 'Ballot' mode")


class NoAuthorizedKeysError(InvalidTransaction):
    """The first setting to be set is not that of the authorized keys."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"Cannot set {quoted(setting)} until authorized_keys is set.")
        self.setting = setting


class EmptyAuthorizedKeysError(InvalidTransaction):
    """Nobody could ever change a setting again."""

    def __init__(self) -> None:
        super().__init__("authorized_keys must not be empty.")


class ApprovalThresholdError(InvalidTransaction):
    """The threshold is no 32-bit integer, or no vote could reach it."""

    def __init__(self, value: str, rule: str) -> None:
        super().__init__(f"approval_threshold must be {rule}")
        self.value = value


class ReadOnlySettingError(InvalidTransaction):
    """The setting that holds the proposals is proposed."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"Setting {setting} is read-only")
        self.setting = setting


class DuplicateProposalError(InvalidTransaction):
    """The same proposal is being voted on; another nonce makes it another one."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"Duplicate proposal for {quoted(setting)}")
        self.setting = setting


class UnknownProposalError(InvalidTransaction):
    """The proposal is not, or no longer, being voted on."""

    def __init__(self, proposal_id: str) -> None:
        super().__init__(f"Proposal {quoted(proposal_id)} does not exist")
        self.proposal_id = proposal_id


class AlreadyVotedError(InvalidTransaction):
    """The signer has voted on the proposal; proposing is voting for it."""

    def __init__(self, signer: str) -> None:
        super().__init__(f"{quoted(signer)} already has voted")
        self.signer = signer


class VoteUnsetError(InvalidTransaction):
    """The vote is neither for nor against."""

    def __init__(self) -> None:
        super().__init__("Transaction type unset")
