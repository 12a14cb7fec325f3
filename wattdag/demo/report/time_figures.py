"""What changes over time: price and volume, supply by kind and the grid's share, imbalance.

Energy is per slice of time, which is one delivery period in all but very long runs. Values hold for a
whole slice, so lines are drawn as steps, and the last step ends where the last slice does.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from transaction_families.accounts.state import ParticipantKind
from wattdag.demo.report.figures import LEGEND_ABOVE, Figure, Layout, Trace
from wattdag.demo.report.palette import (
    ACCENT,
    IMBALANCE,
    KIND_COLOURS,
    KIND_NAMES,
    MUTED,
    PAID,
    kwh,
    translucent,
    yuan,
)
from wattdag.demo.report.series import Slice

_AREA_PERCENT: Final = 78


def market_figure(slices: Sequence[Slice]) -> Figure:
    """Return clearing price and traded volume, between what the grid company pays and takes."""
    traces = (
        _line(slices, "retail price", lambda one: _price(one.retail_uyuan_per_kwh), MUTED, dash="dash"),
        _line(slices, "clearing price", lambda one: _price(one.price_uyuan_per_kwh), ACCENT, width=2),
        _line(slices, "feed-in price", lambda one: _price(one.feed_in_uyuan_per_kwh), MUTED, dash="dot"),
        _line(slices, "volume", lambda one: kwh(one.traded_milliwh), ACCENT, axis="y2", filled=True),
    )
    return Figure(
        "market",
        "Clearing price and volume",
        "One uniform price clears each delivery period. Between the feed-in and the retail price, buyers pay "
        "less and sellers get more than with the grid company. A gap is a period without trades.",
        traces if any(one.traded_milliwh for one in slices) else (),
        _two_panels("yuan/kWh", "kWh", ".3~f"),
        height_px=440,
    )


def supply_figure(slices: Sequence[Slice]) -> Figure:
    """Return delivered energy by kind of seller, stacked, with what the grid sold on top and its share."""
    kinds = [kind for kind in ParticipantKind if any(one.delivered_milliwh.get(kind) for one in slices)]
    traces = [_stacked(slices, KIND_NAMES[kind], _delivered_by(kind), kind) for kind in kinds]
    if any(one.grid_sold_milliwh for one in slices):
        kind = ParticipantKind.GRID_COMPANY
        traces.append(_stacked(slices, "grid backstop", lambda one: one.grid_sold_milliwh, kind))
    share = _line(slices, "backstop share", _backstop_percent, PAID, axis="y2", filled=True)
    share["showlegend"] = False  # it has a panel of its own
    return Figure(
        "supply",
        "Supply by kind of plant",
        "Delivered energy by the kind of its seller; on top, what the grid company sold because no trade "
        "covered it. Below: the backstop's share of all that meters took from the network, in percent.",
        (*traces, share) if traces else (),
        _two_panels("kWh", "backstop %", ",.1f"),
        height_px=460,
        nothing="Nothing was delivered.",
    )


def imbalance_figure(slices: Sequence[Slice]) -> Figure:
    """Return energy sold and not fed in, upwards, and energy delivered and not taken, downwards."""
    traces = (
        _line(slices, "shortfall", lambda one: kwh(one.shortfall_milliwh), PAID, filled=True),
        _line(slices, "surplus", lambda one: -kwh(one.surplus_milliwh), IMBALANCE, filled=True),
    )
    return Figure(
        "imbalance",
        "Imbalance",
        "Upwards: energy sold and not fed in (shortfall). Downwards: energy delivered and not taken "
        "(surplus). Orders follow forecasts, meters follow what happened.",
        traces if any(one.shortfall_milliwh or one.surplus_milliwh for one in slices) else (),
        {
            "hovermode": "x unified",
            "legend": LEGEND_ABOVE,
            "xaxis": _time_axis(),
            "yaxis": {"title": {"text": "kWh"}, "zeroline": True, "hoverformat": ",.3f"},
        },
        nothing="Every trade was delivered and taken in full.",
    )


def utc(moment_s: int) -> str:
    """Return a moment in UTC as plots and headings show it, to the minute."""
    return datetime.fromtimestamp(moment_s, UTC).strftime("%Y-%m-%d %H:%M")


def _delivered_by(kind: ParticipantKind) -> Callable[[Slice], int]:
    return lambda one: one.delivered_milliwh.get(kind, 0)


def _price(price_uyuan_per_kwh: int | None) -> float | None:
    return None if price_uyuan_per_kwh is None else yuan(price_uyuan_per_kwh)


def _backstop_percent(one: Slice) -> float | None:
    if not one.imported_milliwh:
        return None
    return round(100 * one.grid_sold_milliwh / one.imported_milliwh, 2)


def _line(
    slices: Sequence[Slice],
    name: str,
    value: Callable[[Slice], float | None],
    colour: str,
    *,
    width: int = 1,
    dash: str = "solid",
    axis: str = "y",
    filled: bool = False,
) -> Trace:
    times, values = _steps(slices, [value(one) for one in slices])
    trace: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": times,
        "y": values,
        "yaxis": axis,
        "line": {"shape": "hv", "color": colour, "width": width, "dash": dash},
    }
    return trace | ({"fill": "tozeroy", "fillcolor": translucent(colour, 28)} if filled else {})


def _stacked(
    slices: Sequence[Slice], name: str, energy_milliwh: Callable[[Slice], int], kind: ParticipantKind
) -> Trace:
    times, values = _steps(slices, [kwh(energy_milliwh(one)) for one in slices])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": times,
        "y": values,
        "yaxis": "y",
        "stackgroup": "supply",
        "fillcolor": translucent(KIND_COLOURS[kind], _AREA_PERCENT),
        "line": {"shape": "hv", "color": KIND_COLOURS[kind], "width": 0},
    }


def _steps(slices: Sequence[Slice], values: Sequence[float | None]) -> tuple[list[str], list[float | None]]:
    """Return the points of a line in steps: a value, then a gap or the end, holds until its slice ends."""
    times: list[str] = []
    points: list[float | None] = []
    for index, (one, value) in enumerate(zip(slices, values, strict=True)):
        times.append(utc(one.start_s))
        points.append(value)
        is_last = index + 1 == len(slices)
        if value is not None and (is_last or values[index + 1] is None):
            times.append(utc(one.end_s))
            points.append(value)
    return times, points


def _two_panels(upper_unit: str, lower_unit: str, upper_format: str) -> Layout:
    return {
        "hovermode": "x unified",
        "legend": LEGEND_ABOVE,
        "xaxis": _time_axis() | {"anchor": "y2"},
        "yaxis": {
            "title": {"text": upper_unit},
            "domain": [0.4, 1],
            "hoverformat": upper_format,
        },
        "yaxis2": {
            "title": {"text": lower_unit},
            "domain": [0, 0.3],
            "rangemode": "tozero",
            "hoverformat": ",.1f",
        },
    }


def _time_axis() -> Layout:
    return {"type": "date", "title": {"text": "UTC"}, "hoverformat": "%a %d %b %Y, %H:%M UTC"}
