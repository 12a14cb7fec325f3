"""The page of a node's configuration is the code's."""

from pathlib import Path

from validator.settings.reference import render_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"


def test_the_configuration_page_lists_every_key_as_the_code_has_it() -> None:
    """`wattdag node settings` prints these tables; the page holds them below its introduction."""
    page = PAGE.read_text(encoding="utf-8")
    assert page.endswith(render_reference())
