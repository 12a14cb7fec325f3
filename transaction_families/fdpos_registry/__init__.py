"""The F-DPoS registry: candidates with bonds, stake votes, proven computing power, and each round's election.

Rounds follow each other in ledger time. While one is open, organisations register candidates, holders
lock stake and vote, candidates prove computing power (``work``, ``challenge``). Its closing counts all of
it by the rules of `consensus_engine.election` and keeps every figure with the outcome (``electing``,
``closing``), from which the consensus engine takes its next committee (``committee``).

Tokens that back a candidate or a vote leave the token account and stand in this family's entries;
what equivocation or a false proof costs stands in `state.SlashedTokens`. None appear or vanish.
"""
