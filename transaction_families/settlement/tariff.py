"""The grid company's prices: a chain of versions, each linked to the one before.

A version is immutable once it has taken effect and is kept for ever, so that a period can be settled however
late. Only the versions that lie ahead can be overtaken by a newer one, and their number is limited.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.errors import MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import check_domain
from transaction_families.periods import PERIOD_MINUTES, DeliveryPeriod
from transaction_families.settlement.errors import OtherGridCompanyError, TooManyPriceVersionsError
from transaction_families.settlement.payload import PostGridPrices
from transaction_families.settlement.state import (
    GRID_TARIFF_ADDRESS,
    NO_PREVIOUS,
    GridPrices,
    GridPriceVersion,
    GridTariff,
    grid_price_address,
)
from transaction_families.state_view import Changes, Event, StateView

GRID_PRICE_UYUAN_PER_KWH_MAX: Final = 50_000_000
"""50 yuan/kWh either way: with the limits on readings, a period's sums fit 64 bits."""

PRICE_VERSIONS_AHEAD_MAX: Final = 400
"""Versions that may lie ahead: four days of quarter-hours."""

ALIGNMENT_S: Final = min(PERIOD_MINUTES) * 60


def process_post_grid_prices(state: StateView, tx: PostGridPrices, signer: PublicKey) -> Changes:
    """Announce prices for periods from a start on that lies ahead; versions from then on are overtaken.

    The first posting makes its sender the ledger's grid company. It may take effect at any moment, also a
    past one, and holds for all earlier periods too.

    Raises:
        NotPermittedError: The signer does not act for a grid company.
        OtherGridCompanyError: The ledger has another one.
        ParameterDomainError: A price is outside its domain.
        MalformedPayloadError: The start is no period's, or has passed.
        TooManyPriceVersionsError: Too many versions lie ahead.
    """
    company = get_signing_participant(state, tx.grid_company_id, signer, "post grid prices")
    check_role(company, Role.GRID_COMPANY, "post grid prices")
    check_grid_prices(tx.prices)
    start_s = tx.effective_from_s
    if start_s < 0 or start_s % ALIGNMENT_S:
        raise MalformedPayloadError("effective_from_s", start_s, f"a multiple of {ALIGNMENT_S} s, 0 or later")
    previous_s = NO_PREVIOUS
    overtaken: list[GridPriceVersion] = []
    if (tariff := state.find(GridTariff, GRID_TARIFF_ADDRESS)) is not None:
        if tariff.grid_company_id != tx.grid_company_id:
            raise OtherGridCompanyError(tx.grid_company_id, tariff.grid_company_id)
        now_s = get_ledger_time_s(state)
        if start_s <= now_s:
            raise MalformedPayloadError("effective_from_s", start_s, f"later than the ledger's time, {now_s}")
        versions = iterate_versions(state, tariff)
        ahead = list(takewhile(lambda version: version.effective_from_s > now_s, versions))
        overtaken = [version for version in ahead if version.effective_from_s >= start_s]
        if len(ahead) - len(overtaken) >= PRICE_VERSIONS_AHEAD_MAX:
            raise TooManyPriceVersionsError(PRICE_VERSIONS_AHEAD_MAX)
        previous_s = overtaken[-1].previous_effective_from_s if overtaken else tariff.latest_effective_from_s
    return Changes(
        writes=(
            GridPriceVersion(start_s, previous_s, tx.prices),
            GridTariff(tx.grid_company_id, start_s),
        ),
        deletes=tuple(version.address for version in overtaken if version.effective_from_s != start_s),
        events=(Event("wattdag/grid-prices-posted", (("effective_from_s", str(start_s)),)),),
    )


def check_grid_prices(prices: GridPrices) -> None:
    """Check each price against its domain.

    Raises:
        ParameterDomainError: One is outside. A negative price for a seller's shortfall would reward it.
    """
    limit = GRID_PRICE_UYUAN_PER_KWH_MAX
    check_domain("feed_in_uyuan_per_kwh", prices.feed_in_uyuan_per_kwh, -limit, limit)
    check_domain("retail_uyuan_per_kwh", prices.retail_uyuan_per_kwh, -limit, limit)
    check_domain("imbalance_short_uyuan_per_kwh", prices.imbalance_short_uyuan_per_kwh, 0, limit)
    check_domain("imbalance_long_uyuan_per_kwh", prices.imbalance_long_uyuan_per_kwh, -limit, limit)


def get_tariff(state: StateView) -> GridTariff:
    """Return which grid company the ledger has.

    Raises:
        UnknownEntryError: None has posted prices.
    """
    return state.get(GridTariff, GRID_TARIFF_ADDRESS, "of any grid company")


def get_grid_prices(state: StateView, tariff: GridTariff, period: DeliveryPeriod) -> GridPrices:
    """Return the prices of a period, by its start; one before the first version goes by the first."""
    version = None
    for version in iterate_versions(state, tariff):
        if version.effective_from_s <= period.start_s:
            break
    assert version is not None  # a tariff is written together with its first version
    return version.prices


def iterate_versions(state: StateView, tariff: GridTariff) -> Iterator[GridPriceVersion]:
    """Yield price versions from the latest to the first."""
    effective_from_s = tariff.latest_effective_from_s
    while effective_from_s != NO_PREVIOUS:
        version = state.get(GridPriceVersion, grid_price_address(effective_from_s), effective_from_s)
        yield version
        effective_from_s = version.previous_effective_from_s
