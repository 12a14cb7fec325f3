"""The market's parameters: what values they may have, and from when on a change may hold."""

from collections.abc import Sequence
from typing import Final

from transaction_families.accounts.identifiers import ZONE_PATTERN
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.energy_orders.payload import SetMarketParameters
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    MarketParameters,
    MarketParameterSchedule,
    MarketParameterVersion,
    WheelingFee,
)
from transaction_families.errors import ParameterDomainError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import check_domain, schedule_version
from transaction_families.periods import PERIOD_MINUTES
from transaction_families.state_view import Changes, Event, StateView

DAY_S: Final = 24 * 3600
GATE_CLOSURE_S_MAX: Final = 7 * DAY_S
HORIZON_S_MAX: Final = 31 * DAY_S
ORDERS_PER_PARTICIPANT_MAX: Final = 100
ORDER_ENERGY_MILLIWH_MAX: Final = 10**12
"""1 GWh. With the next bound and ``BUCKET_ORDERS_MAX``, no sum over a period's orders passes 64 bits."""

RATE_UYUAN_PER_KWH_MAX: Final = 10**8
"""100 yuan/kWh, for prices of either sign, fees and imbalance charges."""

WHEELING_FEES_MAX: Final = 1024
CLEARING_STEPS_MAX: Final = 100_000
PARAMETERS_KEPT_S: Final = 100 * DAY_S
"""For how long the parameters of past periods are kept; clearing a period later than that is impossible."""


def process_set_market_parameters(state: StateView, tx: SetMarketParameters, signer: PublicKey) -> Changes:
    """Change the rules for periods that no order can have been placed for.

    The first version may take effect at once. A later one starts after the ledger's time plus the longest
    horizon in the schedule, at a full period of both the old length and the new; it replaces versions that
    would have started then or later.

    Raises:
        UnknownEntryError: There is no such participant.
        NotPermittedError: The signer's key is not the participant's, or it is no regulator.
        ParameterDomainError: A value is outside its domain, or the change would come too early.
    """
    regulator = get_signing_participant(state, tx.regulator_id, signer, "set market parameters")
    check_role(regulator, Role.REGULATOR, "set market parameters")
    check_market_parameters(tx.parameters)
    schedule = state.find(MarketParameterSchedule, MARKET_PARAMETERS_ADDRESS)
    versions = schedule.versions if schedule else ()
    now_s = get_ledger_time_s(state)
    step_s = 60 * max(p.period_minutes for p in (tx.parameters, *(v.parameters for v in versions)))
    not_before_s = 0
    if versions:  # orders reach as far as the longest horizon; lengths divide one another
        horizon_s = max(version.parameters.horizon_s for version in versions)
        not_before_s = (now_s + horizon_s) // step_s * step_s + step_s
    effective_from_s = tx.effective_from_s or not_before_s
    if effective_from_s < 0 or effective_from_s % step_s:
        raise ParameterDomainError(
            "effective_from_s",
            effective_from_s,
            f"give UTC seconds, a multiple of {step_s}, or 0 for {not_before_s}",
        )
    changed = schedule_version(
        versions,
        MarketParameterVersion(effective_from_s, tx.parameters),
        not_before=not_before_s,
        needed_from=now_s - PARAMETERS_KEPT_S,
    )
    event = Event("wattdag/market-parameters-set", (("effective_from_s", str(effective_from_s)),))
    return Changes(writes=(MarketParameterSchedule(changed),), events=(event,))


def check_market_parameters(parameters: MarketParameters) -> None:
    """Check that every value is one for which the market's rules hold.

    Raises:
        ParameterDomainError: One is not.
    """
    if parameters.period_minutes not in PERIOD_MINUTES:
        raise ParameterDomainError("period_minutes", parameters.period_minutes, "one of 5, 15, 30 or 60")
    check_domain("gate_closure_s", parameters.gate_closure_s, 0, GATE_CLOSURE_S_MAX)
    check_domain("horizon_s", parameters.horizon_s, parameters.gate_closure_s + 1, HORIZON_S_MAX)
    check_domain(
        "orders_per_participant_max",
        parameters.orders_per_participant_max,
        1,
        ORDERS_PER_PARTICIPANT_MAX,
    )
    check_domain("order_energy_milliwh_max", parameters.order_energy_milliwh_max, 1, ORDER_ENERGY_MILLIWH_MAX)
    least, most = parameters.price_uyuan_per_kwh_min, parameters.price_uyuan_per_kwh_max
    check_domain("price_uyuan_per_kwh_min", least, -RATE_UYUAN_PER_KWH_MAX, RATE_UYUAN_PER_KWH_MAX)
    check_domain("price_uyuan_per_kwh_max", most, least, RATE_UYUAN_PER_KWH_MAX)
    _check_rate("imbalance_escrow_uyuan_per_kwh", parameters.imbalance_escrow_uyuan_per_kwh)
    _check_rate("wheeling_fee_default_uyuan_per_kwh", parameters.wheeling_fee_default_uyuan_per_kwh)
    _check_wheeling_fees(parameters.wheeling_fees)
    check_domain("clearing_steps_max", parameters.clearing_steps_max, 1, CLEARING_STEPS_MAX)


def _check_wheeling_fees(fees: Sequence[WheelingFee]) -> None:
    check_domain("wheeling_fees", len(fees), 0, WHEELING_FEES_MAX)
    previous = ("", "")
    for fee in fees:
        _check_rate("wheeling_fees.fee_uyuan_per_kwh", fee.fee_uyuan_per_kwh)
        pair = (fee.from_zone, fee.to_zone)
        if not all(map(ZONE_PATTERN.fullmatch, pair)):
            raise ParameterDomainError(
                "wheeling_fees", " -> ".join(pair), "zones have 1 to 32 characters of a-z, 0-9 and -"
            )
        if pair <= previous:
            raise ParameterDomainError(
                "wheeling_fees", " -> ".join(pair), "give each pair of zones once, in ascending order"
            )
        previous = pair


def _check_rate(field: str, rate_uyuan_per_kwh: int) -> None:
    check_domain(field, rate_uyuan_per_kwh, 0, RATE_UYUAN_PER_KWH_MAX)
