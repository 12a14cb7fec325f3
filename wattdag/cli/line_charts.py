"""Line charts as one self-contained SVG file: no script, font or library from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

PERMILLE: Final = 1000
PANEL_WIDTH: Final = 300
PANEL_HEIGHT: Final = 220
MARGIN: Final = 60
TITLE_HEIGHT: Final = 70
TICKS_PERMILLE: Final = range(0, PERMILLE + 1, 250)
COLOURS: Final = ("#c2410c", "#1d4ed8", "#15803d", "#7e22ce")
DASHES: Final = ("none", "6 3", "2 3", "9 3 2 3")  # told apart without colours too


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its name and its points (x, y), both in permille of the whole."""

    name: str
    points: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart with its curves; curve k of every panel has the same colour."""

    title: str
    lines: Sequence[Line]


def draw_line_charts(title: str, panels: Sequence[Panel], *, x_label: str, y_label: str) -> str:
    """Return an SVG document with the panels side by side under one title and legend.

    Args:
        title: Shown over all panels.
        panels: At least one; both axes of each run from 0 to 100 %.
        x_label: What the horizontal axes show.
        y_label: What the vertical axes show.
    """
    width = MARGIN + len(panels) * (PANEL_WIDTH + MARGIN)
    height = TITLE_HEIGHT + PANEL_HEIGHT + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    font = 'font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{MARGIN}" y="24" font-size="16">{escape(title)}</text>',
    ]
    for number, line in enumerate(panels[0].lines):
        x = MARGIN + 150 * number
        parts.append(f'<path d="M{x} 40 h30" {stroke(number)}/>')
        parts.append(f'<text x="{x + 36}" y="44">{escape(line.name)}</text>')
    for number, panel in enumerate(panels):
        left = MARGIN + number * (PANEL_WIDTH + MARGIN)
        parts += draw_panel(panel, left, x_label, y_label)
    parts.append("</svg>\n")
    return "\n".join(parts)


def draw_panel(panel: Panel, left: int, x_label: str, y_label: str) -> list[str]:
    """Return the elements of one panel whose plotting area begins ``left`` pixels from the left."""
    top, bottom = TITLE_HEIGHT, TITLE_HEIGHT + PANEL_HEIGHT
    middle = left + PANEL_WIDTH // 2
    upright = f'transform="translate({left - 42} {top + PANEL_HEIGHT // 2}) rotate(-90)"'
    parts = [
        f'<text x="{middle}" y="{top - 8}" text-anchor="middle">{escape(panel.title)}</text>',
        f'<text x="{middle}" y="{bottom + 34}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text {upright} text-anchor="middle">{escape(y_label)}</text>',
    ]
    for tick in TICKS_PERMILLE:
        x, y = place((tick, tick), left)
        parts += [
            f'<path d="M{left} {y} h{PANEL_WIDTH} M{x} {top} v{PANEL_HEIGHT}" stroke="#ddd"/>',
            f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick // 10} %</text>',
            f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tick // 10} %</text>',
        ]
    for number, line in enumerate(panel.lines):
        course = " L".join(f"{x} {y}" for x, y in (place(point, left) for point in line.points))
        if course:
            parts.append(f'<path d="M{course}" {stroke(number)}/>')
    return parts


def place(point: tuple[int, int], left: int) -> tuple[int, int]:
    """Return where a point in permille lies in the document, in pixels from the top left."""
    x_permille, y_permille = point
    x = left + x_permille * PANEL_WIDTH // PERMILLE
    return x, TITLE_HEIGHT + PANEL_HEIGHT - y_permille * PANEL_HEIGHT // PERMILLE


def stroke(number: int) -> str:
    """Return how curve ``number`` is drawn."""
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    return f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
