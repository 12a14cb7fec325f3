"""The summary's figures are shown in units people use."""

import pytest

from wattdag.demo.summary import figure_label, figure_text


@pytest.mark.parametrize(
    ("key", "value", "label", "text"),
    [
        ("energy_traded_milliwh", 1_234_567_890, "energy traded", "1,234.568 kWh"),
        ("money_moved_uyuan", 1_234_567_890, "money moved", "1,234.57 yuan"),
        ("tokens_minted_utoken", 50_397_000, "tokens minted", "50.397 tokens"),
        ("grid_backstop_share", 0.271415, "grid backstop share", "27.1%"),
        ("trades", 10_413, "trades", "10,413"),
        ("refused_batches", {}, "refused batches", "none"),
        ("conservation", {"money": True, "energy": False}, "conservation", "money yes, energy NO"),
        ("state_root", "ab" * 32, "state root", "ab" * 32),
    ],
)
def test_a_figure_is_shown_with_its_unit(key: str, value: object, label: str, text: str) -> None:
    """The ending of the key says what the whole number counts."""
    assert (figure_label(key), figure_text(key, value)) == (label, text)


def test_what_all_nodes_have_alike_is_shown_once() -> None:
    """Heights and roots that differ stand one after the other."""
    assert figure_text("heights", [12, 12, 12]) == "3 x 12"
    assert figure_text("heights", [12, 13]) == "12, 13"
    assert figure_text("committee", ["node-1"]) == "node-1"
