"""A plot as plain data: Plotly's traces and layout, without colours of the page, which the browser adds."""

from dataclasses import dataclass
from typing import Final

Trace = dict[str, object]
"""One of Plotly's traces, as in its JSON schema."""

Layout = dict[str, object]
"""Plotly's layout, as in its JSON schema."""


LEGEND_ABOVE: Final[Layout] = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot and what a reader has to know to read it.

    Without traces there is nothing to draw; the page then says ``nothing``.
    """

    name: str  # its place in the page: letters and hyphens
    title: str
    caption: str
    traces: tuple[Trace, ...]
    layout: Layout
    height_px: int = 380
    nothing: str = "Nothing was traded."
