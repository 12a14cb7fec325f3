"""The report's words and colours: one colour per kind in every plot, readable on light and on dark."""

from collections.abc import Mapping
from html import escape
from typing import Final

from transaction_families.accounts.state import ParticipantKind
from transaction_families.units import MILLIWH_PER_KWH

KIND_NAMES: Final[Mapping[ParticipantKind, str]] = {
    ParticipantKind.GAS_TURBINE: "gas turbine",
    ParticipantKind.WIND: "wind",
    ParticipantKind.PHOTOVOLTAIC: "photovoltaic",
    ParticipantKind.COMBINED_COOLING_HEATING_POWER: "combined cooling, heating, power",
    ParticipantKind.STORAGE: "storage",
    ParticipantKind.RESIDENTIAL_CONSUMER: "residential",
    ParticipantKind.COMMERCIAL_CONSUMER: "commercial",
    ParticipantKind.INDUSTRIAL_CONSUMER: "industrial",
    ParticipantKind.AGRICULTURAL_CONSUMER: "agricultural",
    ParticipantKind.GRID_COMPANY: "grid company",
    ParticipantKind.REGULATOR: "regulator",
    ParticipantKind.METER_OPERATOR: "meter operator",
    ParticipantKind.MARKET_OPERATOR: "market operator",
    ParticipantKind.VALIDATOR_OPERATOR: "validator operator",
}

KIND_COLOURS: Final[Mapping[ParticipantKind, str]] = {
    ParticipantKind.GAS_TURBINE: "#c0623f",
    ParticipantKind.WIND: "#3f8fc0",
    ParticipantKind.PHOTOVOLTAIC: "#e3ab2f",
    ParticipantKind.COMBINED_COOLING_HEATING_POWER: "#9a6fb8",
    ParticipantKind.STORAGE: "#3fa27c",
    ParticipantKind.RESIDENTIAL_CONSUMER: "#6f84d6",
    ParticipantKind.COMMERCIAL_CONSUMER: "#cf6f94",
    ParticipantKind.INDUSTRIAL_CONSUMER: "#a1785a",
    ParticipantKind.AGRICULTURAL_CONSUMER: "#8ba83f",
    ParticipantKind.GRID_COMPANY: "#848d99",
    ParticipantKind.REGULATOR: "#a9b0ba",
    ParticipantKind.METER_OPERATOR: "#a9b0ba",
    ParticipantKind.MARKET_OPERATOR: "#a9b0ba",
    ParticipantKind.VALIDATOR_OPERATOR: "#a9b0ba",
}

ACCENT: Final = "#2f8f83"
MUTED: Final = "#848d99"
RECEIVED: Final = "#2f9a78"
PAID: Final = "#c75b5b"
FEES: Final = "#7a6fc4"
IMBALANCE: Final = "#dd9233"

_UNITS_PER_YUAN: Final = 1_000_000
_UNITS_PER_TOKEN: Final = 1_000_000


def kwh(energy_milliwh: int) -> float:
    """Return kilowatt-hours to be shown, to the watt-hour."""
    return round(energy_milliwh / MILLIWH_PER_KWH, 3)


def yuan(amount_uyuan: int) -> float:
    """Return yuan to be shown, to a hundredth of a fen."""
    return round(amount_uyuan / _UNITS_PER_YUAN, 4)


def tokens(amount_utoken: int) -> float:
    """Return tokens to be shown."""
    return round(amount_utoken / _UNITS_PER_TOKEN, 4)


def plot_label(text: str) -> str:
    """Return a text that a plot shows as it stands: Plotly reads labels as a kind of HTML."""
    return escape(text)


def translucent(colour: str, percent: int) -> str:
    """Return a colour ``#rrggbb`` that lets through what lies behind it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{percent / 100})"
