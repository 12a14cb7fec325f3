"""Contract code: what a contract account is bound to.

A contract account is opened for one participant and one contract, named ``NAME/VERSION``. The contract's
transitions are the only code that moves its money; no key controls it. This ledger carries one contract,
settlement; others join by an entry in ``CONTRACTS``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.errors import UnknownContractError

SETTLEMENT: Final = "settlement/1"
"""Holds the escrow of orders and trades, and pays for what the meters say was delivered."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Code that contract accounts can be bound to."""

    code: str
    purpose: str
    families: tuple[str, ...]  # whose transitions move the accounts' money


CONTRACTS: Final[Mapping[str, Contract]] = {
    SETTLEMENT: Contract(
        SETTLEMENT,
        "escrow of orders and trades, payment by meter",
        ("wattdag_accounts", "wattdag_energy_orders", "wattdag_settlement"),
    )
}


def check_contract(code: str) -> Contract:
    """Return the contract of that name.

    Raises:
        UnknownContractError: The ledger carries none.
    """
    if (contract := CONTRACTS.get(code)) is None:
        raise UnknownContractError(code, CONTRACTS)
    return contract
