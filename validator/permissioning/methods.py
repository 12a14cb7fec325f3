"""Every method that this node serves to clients, with the roles that may call it. What is not here is denied.

The names are those on the wire, ``/PACKAGE.SERVICE/METHOD``. A role opens a method; what of the ledger it
then shows to whom is said in `visibility` and, for the market, by the market service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.state import Role

ANY_ROLE: Final = frozenset(Role)
OVERSEERS: Final = frozenset({Role.REGULATOR, Role.MARKET_OPERATOR, Role.VALIDATOR_OPERATOR})
"""Who sees the whole ledger: they keep its rules, its market or a copy of it."""

OPERATORS: Final = frozenset({Role.REGULATOR, Role.VALIDATOR_OPERATOR})


@dataclass(frozen=True, slots=True)
class MethodRule:
    """Who may call a method.

    Attributes:
        roles: One of them is needed, in the caller's participant.
        needs_participant: Whether a participant is needed at all. Without it the network's certificate is
            enough: probes of a node's health know no ledger.
    """

    roles: frozenset[Role] = ANY_ROLE
    needs_participant: bool = True


def _rules(service: str, methods: Iterable[str], rule: MethodRule) -> dict[str, MethodRule]:
    return {f"/{service}/{method}": rule for method in methods}


_LEDGER: Final = "wattdag.services.v1.LedgerService"
_MARKET: Final = "wattdag.services.v1.MarketService"
_NODE: Final = "wattdag.services.v1.NodeService"

METHODS: Final[Mapping[str, MethodRule]] = {
    **_rules(
        _LEDGER,
        (
            "SubmitBatches",
            "GetBatchStatuses",
            "GetBlock",
            "ListBlocks",
            "GetCertificate",
            "GetBatch",
            "GetTransaction",
            "GetReceipt",
            "GetState",
            "WatchBlocks",
            "WatchEvents",
        ),
        MethodRule(),
    ),
    **_rules(_LEDGER, ("ListState",), MethodRule(OVERSEERS)),
    **_rules(
        _MARKET,
        (
            "GetOrder",
            "ListOpenOrders",
            "GetOrderBook",
            "ListTrades",
            "ListReadings",
            "GetStatement",
            "ListStatements",
            "GetMining",
            "ListMiningWeeks",
            "GetTokens",
            "GetElection",
            "ListCandidates",
            "GetElectionOutcome",
        ),
        MethodRule(),
    ),
    **_rules(
        _MARKET,
        ("PlaceOrders",),
        MethodRule(frozenset({Role.PRODUCER, Role.CONSUMER, Role.GRID_COMPANY})),
    ),
    **_rules(_NODE, ("GetNode", "GetCommittee"), MethodRule()),
    **_rules(_NODE, ("ListPeers", "GetDagSummary", "GetMetrics"), MethodRule(OPERATORS)),
    **_rules("grpc.health.v1.Health", ("Check", "List", "Watch"), MethodRule(needs_participant=False)),
    **_rules("grpc.reflection.v1alpha.ServerReflection", ("ServerReflectionInfo",), MethodRule()),
}
