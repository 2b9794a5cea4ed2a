"""Curves as SVG, without a library: two axes from 0 to 1, lines and points."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 560, 400, 62, 52, 34, 150
"""Size of the picture and its margins, in pixels."""

COLOURS = ("#1b6ca8", "#c8553d", "#5b8e3e", "#7d5ba6")
"""Colours of the curves, in their order."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a picture.

    Attributes:
        name: in the legend.
        points: x and y, each from 0 to 1.
        marks: whether the points are drawn, too.
    """

    name: str
    points: Sequence[tuple[float, float]]
    marks: bool = False


def write_plot(
    path: Path, title: str, x_axis: str, y_axis: str, curves: Sequence[Curve], *, diagonal: bool = False
) -> None:
    """Write a picture; `diagonal` draws the line from 0,0 to 1,1."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
            ' font-size="12">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for tenth in range(0, 11, 2):
        x, y = _to_pixels((tenth / 10, tenth / 10))
        parts += [
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tenth / 10:.1f}</text>',
        ]
    if diagonal:
        parts.append(_line([(0.0, 0.0), (1.0, 1.0)], "#999", dashes="4 4"))
    for curve, colour in zip(curves, COLOURS, strict=False):
        parts.append(_line(curve.points, colour))
        if curve.marks:
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in map(_to_pixels, curve.points)
            ]
    for row, (curve, colour) in enumerate(zip(curves, COLOURS, strict=False)):
        y = TOP + 14 + 20 * row
        parts += [
            f'<rect x="{WIDTH - RIGHT + 12}" y="{y - 9}" width="12" height="12" fill="{colour}"/>',
            f'<text x="{WIDTH - RIGHT + 30}" y="{y + 1}">{escape(curve.name)}</text>',
        ]
    middle_x, middle_y = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    parts += [
        f'<text x="{middle_x}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_axis)}</text>',
        (
            f'<text x="16" y="{middle_y}" text-anchor="middle" transform="rotate(-90 16 {middle_y})">'
            f"{escape(y_axis)}</text>"
        ),
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _to_pixels(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return LEFT + x * (WIDTH - RIGHT - LEFT), HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP)


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> str:
    pixels = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_to_pixels, points))
    return f'<polyline points="{pixels}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
