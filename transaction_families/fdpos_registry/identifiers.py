"""What rounds, organisations and consensus keys are called."""

from typing import Final, NewType

ElectionRound = NewType("ElectionRound", int)
"""Rounds are numbered from 1; round 0 stands for the founding committee."""

NO_ROUND: Final = ElectionRound(0)
"""Before everything that happens in a round."""

Organisation = NewType("Organisation", str)
"""A legal organisation, as participants name their beneficial owner."""

ConsensusKeyHex = NewType("ConsensusKeyHex", str)
"""A compressed secp256k1 key that signs vertices: 66 lowercase hex digits."""
