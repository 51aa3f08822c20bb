"""Small line charts side by side, as one SVG that reads well on a light and a dark page."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, GAP, ACROSS = 210, 120, 42, 4
STYLES = {"zxing-cpp": ("#b35900", "5 3"), "pyzbar": ("#6a737d", "1.5 3"), "ours": ("#0b6e4f", "")}


@dataclass(frozen=True, slots=True)
class Panel:
    """`shares` between 0 and 1, one for each of `values`, by contestant."""

    title: str
    values: list[float]
    shares: dict[str, list[float]]


def drawn(panels: list[Panel]) -> str:
    rows = -(-len(panels) // ACROSS)
    width, height = ACROSS * (WIDTH + GAP) + GAP, rows * (HEIGHT + 2 * GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        'font-family="sans-serif" font-size="11">',
        "<title>Share of prints that are read, by how they are spoilt</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (name, (colour, dashes)) in enumerate(STYLES.items()):
        x = GAP + 110 * number
        parts.append(line([(x, 16), (x + 26, 16)], colour, dashes))
        parts.append(f'<text x="{x + 32}" y="20" fill="#222">{escape(name)}</text>')
    for number, panel in enumerate(panels):
        left, top = GAP + number % ACROSS * (WIDTH + GAP), 2 * GAP + number // ACROSS * (HEIGHT + 2 * GAP)
        parts += chart(panel, left, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def chart(panel: Panel, left: float, top: float) -> list[str]:
    parts = [f'<text x="{left}" y="{top - 8}" fill="#222" font-weight="bold">{escape(panel.title)}</text>']
    for share in (0, 0.5, 1):
        y = top + HEIGHT * (1 - share)
        parts.append(f'<path d="M{left} {y}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 4}" y="{y + 4}" text-anchor="end" fill="#555">{share:.0%}</text>')
    places = [left + WIDTH * (index + 0.5) / len(panel.values) for index in range(len(panel.values))]
    for x, value in zip(places, panel.values, strict=True):
        parts.append(f'<text x="{x}" y="{top + HEIGHT + 14}" text-anchor="middle" fill="#555">{value:g}</text>')
    for name, (colour, dashes) in STYLES.items():
        points = [(x, top + HEIGHT * (1 - share)) for x, share in zip(places, panel.shares[name], strict=True)]
        parts.append(line(points, colour, dashes))
    return parts


def line(points: list[tuple[float, float]], colour: str, dashes: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
