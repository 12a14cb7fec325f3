"""What transactions of the settings family declare, as Sawtooth's `sawset` does."""

from typing import Final

from transaction_families.handler import Footprint, PublicKey
from transaction_families.sawtooth_settings.payload import ProposeSetting, VoteOnSetting
from transaction_families.sawtooth_settings.state import (
    APPROVAL_THRESHOLD,
    AUTHORIZED_KEYS,
    NAMESPACE,
    PROPOSALS,
    setting_address,
)

_VOTING: Final = tuple(setting_address(key) for key in (PROPOSALS, AUTHORIZED_KEYS, APPROVAL_THRESHOLD))


def of_proposal(tx: ProposeSetting, _: PublicKey) -> Footprint:
    """Return what ``process_proposal`` touches."""
    own = setting_address(tx.proposal.setting)
    return Footprint(inputs=tuple(dict.fromkeys((*_VOTING, own))), outputs=(_VOTING[0], own))


def of_vote(_: VoteOnSetting, __: PublicKey) -> Footprint:
    """Return what ``process_vote`` touches: any setting, since a vote names its proposal only."""
    return Footprint(inputs=(NAMESPACE,), outputs=(NAMESPACE,))
