"""What participants did with each other: energy from sellers to buyers, money, and mined tokens."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from transaction_families.accounts.state import ParticipantId, ParticipantKind
from transaction_families.token_mining.state import RECENT_REWARDS_MAX, MiningWeek, RewardCase, Week
from wattdag.demo.report.figures import LEGEND_ABOVE, Figure, Layout, Trace
from wattdag.demo.report.palette import (
    ACCENT,
    FEES,
    IMBALANCE,
    KIND_COLOURS,
    MUTED,
    PAID,
    RECEIVED,
    kwh,
    plot_label,
    tokens,
    translucent,
    yuan,
)
from wattdag.demo.report.series import Account, Flows

_ROW_PX: Final = 26
_AROUND_ROWS_PX: Final = 130
_EARLIER: Final = Week(0)  # before the weeks that accounts remember
_SHADES_PERCENT: Final = (35, 65, 100)


def flow_figure(flows: Flows, accounts: Sequence[Account]) -> Figure:
    """Return delivered energy from sellers, left, to buyers, right, the grid company among both."""
    kinds = {one.participant.participant_id: one.participant.kind for one in accounts}
    sellers = _by_kind({seller_id for seller_id, _ in flows}, kinds)
    buyers = _by_kind({buyer_id for _, buyer_id in flows}, kinds)
    left = {seller_id: index for index, seller_id in enumerate(sellers)}
    right = {buyer_id: len(left) + index for index, buyer_id in enumerate(buyers)}
    colours = [KIND_COLOURS[kinds[one]] for one in (*sellers, *buyers)]
    trace: Trace = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.1f",
        "valuesuffix": " kWh",
        "node": {
            "label": [plot_label(one) for one in (*sellers, *buyers)],
            "color": colours,
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [left[seller_id] for seller_id, _ in flows],
            "target": [right[buyer_id] for _, buyer_id in flows],
            "value": [kwh(energy_milliwh) for energy_milliwh in flows.values()],
            "color": [translucent(KIND_COLOURS[kinds[seller_id]], 36) for seller_id, _ in flows],
        },
    }
    return Figure(
        "flows",
        "Who supplied whom",
        "Metered energy from sellers, left, to buyers, right, in the colour of the seller's kind. The grid "
        "company buys what producers fed in beyond their trades and sells what trades did not cover.",
        (trace,) if flows else (),
        {"margin": {"l": 8, "r": 8, "t": 30, "b": 12}},
        height_px=_rows_height_px(sum(one.statements > 0 for one in accounts)),
        nothing="Nothing was delivered.",
    )


def money_figure(accounts: Sequence[Account]) -> Figure:
    """Return what each participant received and paid, by reason, and what was left for it."""
    parties = [one for one in reversed(accounts) if one.statements]
    reasons: tuple[tuple[str, str, Callable[[Account], int]], ...] = (
        ("received for energy", RECEIVED, lambda one: one.receipts_uyuan),
        ("paid for energy", PAID, lambda one: one.payments_uyuan),
        ("wheeling fees", FEES, lambda one: one.wheeling_uyuan),
        ("imbalance", IMBALANCE, lambda one: one.imbalance_uyuan),
        ("with the grid company", MUTED, lambda one: one.grid_uyuan),
    )
    names = [plot_label(one.participant.participant_id) for one in parties]
    traces: list[Trace] = [
        _bars(name, names, [yuan(amount_uyuan(one)) for one in parties], colour)
        for name, colour, amount_uyuan in reasons
        if any(amount_uyuan(one) for one in parties)
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "net",
            "x": [yuan(one.net_uyuan) for one in parties],
            "y": names,
            "marker": {"symbol": "diamond", "size": 9, "line": {"width": 1.5}},
        }
    )
    return Figure(
        "money",
        "Settlement by participant",
        "Right of zero is received, left of it paid; the diamond is the net amount. Net amounts and what "
        "rounding left over sum to zero.",
        tuple(traces) if parties else (),
        _rows_layout("yuan", ",.2f", len(parties)),
        height_px=_rows_height_px(len(parties)),
        nothing="Nothing is settled yet.",
    )


def rewards_figure(accounts: Sequence[Account]) -> Figure:
    """Return the tokens each participant mined, by week as far as its account remembers."""
    miners = [one for one in reversed(accounts) if one.tokens.mined_utoken]
    known = {reward.week for one in miners for reward in one.tokens.recent_rewards}
    weeks = (_EARLIER, *sorted(known)[-RECENT_REWARDS_MAX:])
    rewards = [_rewards_by_week(one, weeks) for one in miners]
    names = [plot_label(one.participant.participant_id) for one in miners]
    return Figure(
        "rewards",
        "Mined tokens by participant",
        "Rewards follow the week's settled volume, bought and sold. Accounts remember their last two weeks "
        "one by one; earlier ones are one sum.",
        tuple(
            _bars(
                f"week {week}" if week else "earlier weeks",
                names,
                [tokens(by_week[week]) for by_week in rewards],
                translucent(ACCENT, percent),
            )
            for week, percent in zip(weeks, _SHADES_PERCENT[-len(weeks) :], strict=True)
            if any(by_week[week] for by_week in rewards)
        ),
        _rows_layout("tokens", ",.3f", len(miners)),
        height_px=_rows_height_px(len(miners)),
        nothing="No tokens were mined.",
    )


def mining_figure(weeks: Sequence[MiningWeek]) -> Figure:
    """Return difficulty, average volume and threshold reward by week, refreshes marked."""
    labels = [f"week {one.week}" for one in weeks]
    refreshed = [one for one in weeks if one.refreshed]
    cases = {RewardCase.AVERAGE_LOW: "case 1", RewardCase.AVERAGE_HIGH: "case 2"}
    traces: list[Trace] = [
        _history("difficulty", labels, [kwh(one.difficulty_milliwh) for one in weeks], MUTED, "y")
        | {"text": [cases[one.reward_case] for one in weeks], "hovertemplate": "%{y:,.1f} kWh, %{text}"},
        _history("average volume", labels, [kwh(one.average_milliwh) for one in weeks], ACCENT, "y"),
        _history(
            "threshold reward", labels, [tokens(one.threshold_reward_utoken) for one in weeks], FEES, "y2"
        ),
    ]
    if refreshed:
        marks = [tokens(one.threshold_reward_utoken) for one in refreshed]
        traces.append(
            _history("difficulty refreshed", [f"week {one.week}" for one in refreshed], marks, PAID, "y2")
            | {"mode": "markers", "marker": {"symbol": "triangle-down", "size": 13, "color": PAID}}
        )
    return Figure(
        "mining",
        "Difficulty and threshold reward",
        "Above, on a logarithmic axis: each week's difficulty, and the average volume of those who traded "
        "in it. Below: the threshold reward, which halves when the difficulty is refreshed.",
        tuple(traces) if weeks else (),
        {
            "hovermode": "x unified",
            "legend": LEGEND_ABOVE,
            "xaxis": {"type": "category", "anchor": "y2"},
            "yaxis": {"title": {"text": "kWh"}, "type": "log", "domain": [0.45, 1], "tickformat": ",~f"},
            "yaxis2": {"title": {"text": "tokens"}, "domain": [0, 0.32], "rangemode": "tozero"},
        },
        height_px=420,
        nothing="No mining week ended in this run.",
    )


def _by_kind(
    parties: set[ParticipantId], kinds: Mapping[ParticipantId, ParticipantKind]
) -> list[ParticipantId]:
    return sorted(parties, key=lambda one: (kinds[one], one))


def _rewards_by_week(one: Account, weeks: Sequence[Week]) -> dict[Week, int]:
    """Return what an account mined in each of ``weeks``; what no other of them explains is earlier."""
    rewards = dict.fromkeys(weeks, 0)
    rewards |= {each.week: each.reward_utoken for each in one.tokens.recent_rewards if each.week in rewards}
    rewards[_EARLIER] = one.tokens.mined_utoken - sum(rewards.values())
    return rewards


def _bars(name: str, rows: list[str], values: list[float], colour: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": values,
        "y": rows,
        "marker": {"color": colour, "line": {"width": 0}},
    }


def _history(name: str, labels: list[str], values: list[float], colour: str, axis: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": labels,
        "y": values,
        "yaxis": axis,
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "size": 7},
    }


def _rows_height_px(rows: int) -> int:
    return _AROUND_ROWS_PX + _ROW_PX * rows


def _rows_layout(unit: str, number_format: str, rows: int) -> Layout:
    return {
        "barmode": "relative",
        "bargap": 0.35,
        "hovermode": "y unified",
        "legend": LEGEND_ABOVE | {"y": 1 + 8 / (_ROW_PX * max(rows, 1)), "traceorder": "normal"},
        "xaxis": {"title": {"text": unit}, "zeroline": True, "hoverformat": number_format},
        "yaxis": {"type": "category", "automargin": True, "showgrid": False},
    }
