"""Whether anything appeared or vanished on a ledger: computed from its state alone, by reading all of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from transaction_families.accounts.state import (
    CONTRACT_ACCOUNTS_PREFIX,
    CURRENCY_ISSUERS_PREFIX,
    CURRENCY_SUPPLY_ADDRESS,
    EXTERNALLY_OWNED_ACCOUNTS_PREFIX,
    ContractAccount,
    CurrencyIssuer,
    CurrencySupply,
    ExternallyOwnedAccount,
)
from transaction_families.energy_orders.state import (
    Clearing,
    Trade,
    TradeStatus,
    clearing_address,
    trade_prefix,
)
from transaction_families.fdpos_registry.state import (
    CANDIDATES_PREFIX,
    SLASHED_TOKENS_ADDRESS,
    STAKES_PREFIX,
    Candidate,
    SlashedTokens,
    Stake,
)
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import (
    PeriodSettlement,
    Statement,
    period_settlement_address,
    statement_prefix,
)
from transaction_families.state_view import Address, Entry
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    MiningWeek,
    TokenAccount,
    mining_week_prefix,
    token_account_prefix,
)

E = TypeVar("E", bound=Entry)


class Reader(Protocol):
    """State that can be read by range."""

    def get(self, address: Address) -> bytes | None:
        """Return what is kept at the address."""
        ...

    def iterate(self, prefix: str) -> Iterator[tuple[Address, bytes]]:
        """Yield what is kept under the prefix."""
        ...


@dataclass(frozen=True, slots=True)
class Conservation:
    """Which sums came out."""

    money: bool
    energy: bool
    tokens: bool


def check_conservation(reader: Reader, periods: Iterable[DeliveryPeriod]) -> Conservation:
    """Return whether money, energy and tokens are conserved.

    Args:
        reader: The whole state.
        periods: Every delivery period that may have trades or readings.
    """
    periods = tuple(periods)
    return Conservation(
        money=is_money_conserved(reader, periods),
        energy=all(is_energy_conserved(reader, period) for period in periods),
        tokens=are_tokens_conserved(reader),
    )


def is_money_conserved(reader: Reader, periods: Iterable[DeliveryPeriod]) -> bool:
    """Tell whether all balances, and money between two chunks of a run, sum to what is in circulation."""
    owned = _all(reader, ExternallyOwnedAccount, EXTERNALLY_OWNED_ACCOUNTS_PREFIX)
    held = _all(reader, ContractAccount, CONTRACT_ACCOUNTS_PREFIX)
    issuers = _all(reader, CurrencyIssuer, CURRENCY_ISSUERS_PREFIX)
    supply = _find(reader, CurrencySupply, CURRENCY_SUPPLY_ADDRESS) or CurrencySupply(0)
    settlements = [_find(reader, PeriodSettlement, period_settlement_address(p)) for p in periods]
    there_uyuan = (
        sum(account.balance_uyuan for account in owned)
        + sum(account.balance_uyuan for account in held)
        + sum(settlement.pot_uyuan for settlement in settlements if settlement)
    )
    circulating_uyuan = sum(issuer.issued_uyuan - issuer.redeemed_uyuan for issuer in issuers)
    covered = all(0 <= account.locked_uyuan <= account.balance_uyuan for account in held)
    return there_uyuan == circulating_uyuan == supply.circulating_uyuan and covered


def is_energy_conserved(reader: Reader, period: DeliveryPeriod) -> bool:
    """Tell whether a period's trades are what was cleared, and its settlement what was metered."""
    clearing = _find(reader, Clearing, clearing_address(period))
    trades = _all(reader, Trade, trade_prefix(period))
    cleared_milliwh = clearing.volume_milliwh if clearing else 0
    if sum(trade.energy_milliwh for trade in trades) != cleared_milliwh:
        return False
    settlement = _find(reader, PeriodSettlement, period_settlement_address(period))
    if settlement is None or not all(trade.status is TradeStatus.SETTLED for trade in trades):
        return settlement is None or settlement.final_s == 0
    statements = _all(reader, Statement, statement_prefix(period))
    exported_milliwh = sum(statement.metered_export_milliwh for statement in statements)
    imported_milliwh = sum(statement.metered_import_milliwh for statement in statements)
    delivered_milliwh = sum(trade.delivered_milliwh for trade in trades)
    return (
        delivered_milliwh == settlement.delivered_milliwh
        and delivered_milliwh + settlement.shortfall_milliwh == cleared_milliwh
        and exported_milliwh - imported_milliwh
        == settlement.grid_bought_milliwh - settlement.grid_sold_milliwh
    )


def are_tokens_conserved(reader: Reader) -> bool:
    """Tell whether token balances, bonds, stakes and slashed tokens sum to what was allotted and mined."""
    clock = _find(reader, MiningClock, MINING_CLOCK_ADDRESS)
    accounts = _all(reader, TokenAccount, token_account_prefix())
    weeks = _all(reader, MiningWeek, mining_week_prefix())
    if clock is None:
        return not accounts and not weeks
    there_utoken = sum(account.balance_utoken for account in accounts) + locked_utoken(reader)
    return (
        there_utoken == clock.minted_utoken + clock.allotted_utoken
        and sum(week.minted_utoken for week in weeks) == clock.minted_utoken
    )


def locked_utoken(reader: Reader) -> int:
    """Return the tokens that back candidates and votes, are on their way back, or were slashed."""
    candidates = _all(reader, Candidate, CANDIDATES_PREFIX)
    stakes = _all(reader, Stake, STAKES_PREFIX)
    slashed = _find(reader, SlashedTokens, SLASHED_TOKENS_ADDRESS) or SlashedTokens()
    return (
        sum(candidate.bond_utoken for candidate in candidates)
        + sum(stake.locked_utoken + stake.unlocking_utoken for stake in stakes)
        + slashed.balance_utoken
    )


def _find(reader: Reader, kind: type[E], address: Address) -> E | None:
    data = reader.get(address)
    return kind.CODEC.decode(data) if data else None


def _all(reader: Reader, kind: type[E], prefix: str) -> list[E]:
    return [kind.CODEC.decode(data) for _, data in reader.iterate(prefix)]
