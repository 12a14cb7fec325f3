"""The page of metrics is the code's."""

from pathlib import Path

from validator.telemetry.metrics import render_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_the_metrics_page_lists_every_metric_as_the_code_has_it() -> None:
    """Name, kind, labels and meaning, in the code's order."""
    assert PAGE.read_text(encoding="utf-8").endswith(render_reference())
