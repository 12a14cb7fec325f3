"""Who becomes a super node: the F-DPoS election.

Every candidate is scored by equation (1) from its proven computing power, its growth rate and the
votes that count for it; the best N form the committee of the next epoch, and the score also gives
the tickets by which leaders are drawn. Everything here is a pure function of published figures, so
anybody can work out an election again to the last digit.

``candidates``, ``parameters``
    What goes in, each figure checked against its domain.
``votes``
    From ballots to the votes that count.
``score``, ``arithmetic``
    Equation (1) in decimal arithmetic that gives every node the same digits.
``ranking``
    ``elect``: ranking and committee of a round.
``tickets``
    ``tickets.tickets``: how often a seated node leads.
``electorate``, ``fraud``
    What the rules buy against bought votes, cartels and Sybil candidates.
"""

from consensus_engine.election.candidates import Candidate, CandidateId, growth_rate
from consensus_engine.election.parameters import (
    ElectionParameters,
    WeightMode,
    Weights,
    check_seats_on_chain,
)
from consensus_engine.election.ranking import Election, Standing, Unseated, elect
from consensus_engine.election.votes import Ballot, Nominee, VoteCount, VoteRules, count_votes

__all__ = [
    "Ballot",
    "Candidate",
    "CandidateId",
    "Election",
    "ElectionParameters",
    "Nominee",
    "Standing",
    "Unseated",
    "VoteCount",
    "VoteRules",
    "WeightMode",
    "Weights",
    "check_seats_on_chain",
    "count_votes",
    "elect",
    "growth_rate",
]
