"""The report's page: header, plots and tables put together as one HTML file.

The file's content security policy forbids every load, so that what it shows is what it contains.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from wattdag.demo.errors import ReportUnavailableError
from wattdag.demo.report.figures import Figure
from wattdag.demo.report.party_figures import flow_figure, mining_figure, money_figure, rewards_figure
from wattdag.demo.report.series import Slice, delivered_flows, slice_time, sum_accounts, traded_flows
from wattdag.demo.report.tables import account_table, summary_rows, trade_matrix
from wattdag.demo.report.time_figures import imbalance_figure, market_figure, supply_figure, utc
from wattdag.demo.results import Results
from wattdag.demo.summary import Summary, figure_label, figure_text

SIMBENCH_NOTICE: Final = (
    "Profiles: slices of SimBench (Meinecke et al., SimBench: A Benchmark Dataset of Electric Power Systems "
    "to Compare Innovative Solutions based on Power Flow Analysis, Energies 13, 2020), made available under "
    "the Open Database License (ODbL) 1.0; contents under the Database Contents License (DbCL) 1.0."
)
"""What ODbL asks to be said of figures that come from the packaged profiles."""

_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_TILES: Final = (
    "trades",
    "energy_traded_milliwh",
    "energy_delivered_milliwh",
    "energy_imbalance_milliwh",
    "money_moved_uyuan",
    "grid_backstop_share",
    "tokens_minted_utoken",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run's figures come from."""

    profiles: str  # the file's name, or what else decided loads and outputs
    notice: str  # whose data that is, and its licence; may be empty
    command: str  # plays the same again


def render_report(summary: Summary, results: Results, origin: Origin) -> str:
    """Return the report of a finished demonstration as one HTML document that loads nothing.

    The same input gives the same document.

    Args:
        summary: The run's figures.
        results: What its ledger holds.
        origin: What to say about its data, and how to run it again.

    Raises:
        ReportUnavailableError: Plotly is not installed.
    """
    plotly = _plotly_javascript()
    accounts, slices = sum_accounts(results), slice_time(results)
    market, supply, imbalance = market_figure(slices), supply_figure(slices), imbalance_figure(slices)
    flow = flow_figure(delivered_flows(results), accounts)
    money, rewards = money_figure(accounts), rewards_figure(accounts)
    mining = mining_figure(results.weeks)
    matrix = _table_card(
        "Who sold to whom",
        "Traded energy in kWh, as matched: sellers down, buyers across.",
        trade_matrix(traded_flows(results), accounts),
    )
    account_card = _table_card(
        "Participants",
        "Energy as traded; shortfall and surplus as metered; to and from the grid company what no trade "
        "covered; money after settlement.",
        account_table(accounts),
    )
    cards = (
        _plot_card(market, wide=True),
        _plot_card(supply, wide=True),
        matrix,
        _plot_card(flow),
        _plot_card(money),
        _plot_card(imbalance, wide=True),
        _plot_card(rewards),
        _plot_card(mining),
        account_card,
        _table_card("Summary", "As in summary.json.", summary_rows(summary)),
    )
    scenario = escape(str(summary["scenario"]))
    page = Template(_part("page.html"))
    return page.substitute(
        policy=_POLICY,
        title=f"WattDAG: {scenario}",
        style=_part("page.css"),
        heading=f"Scenario {scenario}",
        lead=_lead(results),
        checks=_checks(summary),
        tiles=_tiles(summary),
        cards="\n".join(cards),
        origin=_origin(summary, origin),
        units=_units(slices),
        figures=_script_data([market, supply, flow, money, imbalance, rewards, mining]),
        plotly=plotly,
        script=_part("page.js"),
    )


def _plotly_javascript() -> str:
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise ReportUnavailableError from error
    return str(get_plotlyjs())


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _lead(results: Results) -> str:
    periods, parties = results.periods, len(results.participants)
    if not periods:
        return f"{parties} participants, no delivery period."
    minutes = periods[0].period.minutes
    began, ended = utc(periods[0].period.start_s), utc(periods[-1].period.end_s)
    some = "one delivery period" if len(periods) == 1 else f"{len(periods):,} delivery periods"
    return f"{parties} participants, {some} of {minutes} minutes, from {began} to {ended} UTC."


def _checks(summary: Summary) -> str:
    conservation = summary["conservation"]
    assert isinstance(conservation, dict)
    return "".join(
        f"<li>{escape(name)} conserved</li>"
        if holds
        else f'<li class="broken">{escape(name)} not conserved</li>'
        for name, holds in conservation.items()
    )


def _tiles(summary: Summary) -> str:
    return "".join(
        f"<div><dt>{escape(figure_label(key))}</dt><dd>{escape(figure_text(key, summary[key]))}</dd></div>"
        for key in _TILES
    )


def _origin(summary: Summary, origin: Origin) -> str:
    data = f"Played on {escape(origin.profiles)}. {escape(origin.notice)}"
    again = (
        f"To play it again: <code>{escape(origin.command)}</code>. On every machine it ends in state root "
        f"<code>{escape(str(summary['state_root']))}</code>."
    )
    return f"<p>{data}</p><p>{again}</p>"


def _units(slices: Sequence[Slice]) -> str:
    minutes = max((one.end_s - one.start_s for one in slices), default=0) // 60
    return (
        "The ledger counts energy in milliwatt-hours, money in micro-yuan and tokens in millionths, as whole "
        "numbers; this page shows kWh, yuan and tokens, rounded. Energy over time is the energy of "
        f"{minutes:,} minutes. All times are UTC."
    )


def _plot_card(figure: Figure, *, wide: bool = False) -> str:
    body = (
        f'<div class="plot" id="{figure.name}" role="img" aria-label="{escape(figure.title)}" '
        f'style="flex-basis: {figure.height_px}px"></div>'
        if figure.traces
        else f'<p class="nothing">{escape(figure.nothing)}</p>'
    )
    return _card(figure.title, figure.caption, body, wide=wide)


def _table_card(title: str, caption: str, table: str) -> str:
    return _card(title, caption, f'<div class="scroll">{table}</div>', wide=True)


def _card(title: str, caption: str, body: str, *, wide: bool) -> str:
    return (
        f'<section class="card{" wide" if wide else ""}"><h2>{escape(title)}</h2>'
        f'<p class="caption">{escape(caption)}</p>{body}</section>'
    )


def _script_data(figures: Sequence[Figure]) -> str:
    """Return the figures as JSON that cannot end the element it stands in."""
    drawn = [
        {"name": figure.name, "traces": figure.traces, "layout": figure.layout}
        for figure in figures
        if figure.traces
    ]
    text = json.dumps(drawn, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
