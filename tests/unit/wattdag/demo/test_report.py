"""The report shows what the ledger holds, in one file that loads nothing."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import plotly.graph_objects as go
import pytest

from tests.helpers.demo_runs import play_microgrid, play_paper_case
from transaction_families.accounts.state import ParticipantId
from wattdag.demo.errors import ReportUnavailableError
from wattdag.demo.report import SIMBENCH_NOTICE, Origin, render_report
from wattdag.demo.results import Results
from wattdag.demo.scenarios import Finished

ORIGIN = Origin("simbench_utc_summer.csv", SIMBENCH_NOTICE, "wattdag demo --scenario microgrid")
BYTES_MAX = 6_000_000
LOADING_ATTRIBUTES = {"src", "srcset", "href", "data", "poster", "action", "background", "xlink:href"}
HOSTILE = ParticipantId("</script><img src=x onerror=alert(1)>\"'&<b>")


class Page(HTMLParser):
    """A page's elements, its text outside scripts, and its figures."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.figures: list[dict[str, Any]] = []
        self._open = ("", "")
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open = (tag, dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = ("", "")

    def handle_data(self, data: str) -> None:
        match self._open:
            case ("script", "figures"):
                self.figures = json.loads(data)
            case ("script", _):
                pass
            case ("style", _):
                self.styles.append(data)
            case _:
                self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@pytest.fixture(scope="module")
def microgrid() -> Iterator[Finished]:
    """Eight quarter-hours of a microgrid, settled."""
    with play_microgrid(8) as finished:
        yield finished


@pytest.fixture(scope="module")
def paper() -> Iterator[Finished]:
    """The paper's single trading period, with its mining week rolled."""
    with play_paper_case() as finished:
        yield finished


@pytest.fixture(scope="module")
def page(microgrid: Finished) -> Page:
    return Page(render_report(microgrid.summary, microgrid.results, ORIGIN))


def test_the_report_says_what_was_played_and_how_to_play_it_again(page: Page, microgrid: Finished) -> None:
    """Scenario, data with its licence, command, state root and the checks stand on the page."""
    for text in (
        "Scenario microgrid",
        ORIGIN.profiles,
        "Open Database License (ODbL) 1.0",
        ORIGIN.command,
        str(microgrid.summary["state_root"]),
        "money conserved",
        "energy conserved",
        "tokens conserved",
        "2016-06-06 00:00 to 2016-06-06 02:00 UTC",
    ):
        assert text in page.text


def test_the_report_names_every_participant(page: Page, microgrid: Finished) -> None:
    """Also those who only watch over the ledger."""
    for participant in microgrid.results.participants:
        assert participant.participant_id in page.texts


def test_the_report_loads_nothing_and_lets_nothing_load(page: Page) -> None:
    """No element, style or policy reaches for another file; the browser would refuse it besides."""
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert not LOADING_ATTRIBUTES & {name for name, _ in page.attributes}
    assert not any("url(" in style or "@import" in style for style in page.styles)
    policy = (
        dict(page.attributes)["content"]
        if False
        else next(v for n, v in page.attributes if "default-src" in v)
    )
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_the_report_is_small_enough_to_send(microgrid: Finished) -> None:
    """Plotly is in it once; what a run adds is small."""
    report = render_report(microgrid.summary, microgrid.results, ORIGIN)
    assert report.count("plotly.js v") == 1
    assert len(report.encode()) < BYTES_MAX


def test_equal_runs_give_equal_reports(microgrid: Finished) -> None:
    """Nothing in the page is random or of the day."""
    first = render_report(microgrid.summary, microgrid.results, ORIGIN)
    assert render_report(microgrid.summary, microgrid.results, ORIGIN) == first


@pytest.mark.parametrize("run", ["microgrid", "paper"])
def test_every_figure_keeps_to_the_schema_of_plotly(run: str, request: pytest.FixtureRequest) -> None:
    """A misspelt attribute would be passed over in the browser without a word."""
    finished: Finished = request.getfixturevalue(run)
    figures = Page(render_report(finished.summary, finished.results, ORIGIN)).figures
    assert figures
    for figure in figures:
        go.Figure(data=figure["traces"], layout=figure["layout"])


def test_every_drawn_figure_has_its_place_on_the_page(page: Page) -> None:
    """The script draws each figure into the element of its name."""
    places = {value for name, value in page.attributes if name == "id"} - {"figures"}
    assert {figure["name"] for figure in page.figures} == places
    assert {"market", "supply", "imbalance", "flows", "money"} <= places


def test_a_single_period_and_its_mining_week_are_drawn(paper: Finished) -> None:
    """One period is enough for a line; the mining week brings the two token figures."""
    page = Page(render_report(paper.summary, paper.results, ORIGIN))
    drawn = {str(figure["name"]): figure for figure in page.figures}
    assert {"market", "supply", "flows", "money", "rewards", "mining"} == set(drawn)
    assert "Every trade was delivered and taken in full." in page.texts
    price = drawn["market"]["traces"][1]
    assert price["x"] == ["2021-06-01 12:00", "2021-06-01 12:15"]
    assert price["y"] == [0.4, 0.4]


def test_a_run_without_trades_is_reported_in_words(paper: Finished) -> None:
    """Where there is nothing to draw, the page says so."""
    idle = Results(paper.results.participants, (), (), ())
    page = Page(render_report(paper.summary, idle, ORIGIN))
    assert page.figures == []
    for text in ("Nothing was traded.", "Nothing is settled yet.", "No mining week ended in this run."):
        assert text in page.texts


def test_what_is_not_conserved_is_said_plainly(microgrid: Finished) -> None:
    """A failed check is no decoration."""
    summary = microgrid.summary | {"conservation": {"money": False, "energy": True, "tokens": True}}
    page = Page(render_report(summary, microgrid.results, ORIGIN))
    assert ("class", "broken") in page.attributes
    assert "money not conserved" in page.texts


def test_hostile_names_stay_text_in_page_and_plots(microgrid: Finished) -> None:
    """Whatever a participant is called, it opens no element, ends no script and marks up no label."""
    seller_id = microgrid.results.periods[-1].trades[0].seller_id
    results = renamed(microgrid.results, seller_id, HOSTILE)
    report = render_report(
        microgrid.summary | {"scenario": HOSTILE}, results, Origin(HOSTILE, HOSTILE, HOSTILE)
    )
    page = Page(report)
    assert HOSTILE not in report
    assert not {"img", "b"} & set(page.tags)
    assert HOSTILE in page.texts
    (flows,) = (figure for figure in page.figures if figure["name"] == "flows")
    labels = flows["traces"][0]["node"]["label"]
    assert not any("<" in label for label in labels)
    assert HOSTILE in map(unescape, labels)


def test_without_plotly_the_reason_and_the_remedy_are_told(
    microgrid: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is optional; a demonstration goes on without its report."""
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ReportUnavailableError, match=r"pip install 'wattdag\[report\]'"):
        render_report(microgrid.summary, microgrid.results, ORIGIN)


def renamed(results: Results, old: ParticipantId, new: ParticipantId) -> Results:
    """Return results in which a participant has another name."""

    def name(participant_id: ParticipantId) -> ParticipantId:
        return new if participant_id == old else participant_id

    return replace(
        results,
        participants=tuple(
            replace(one, participant_id=name(one.participant_id)) for one in results.participants
        ),
        periods=tuple(
            replace(
                period,
                trades=tuple(
                    replace(trade, seller_id=name(trade.seller_id), buyer_id=name(trade.buyer_id))
                    for trade in period.trades
                ),
                statements=tuple(
                    replace(one, participant_id=name(one.participant_id)) for one in period.statements
                ),
            )
            for period in results.periods
        ),
    )
