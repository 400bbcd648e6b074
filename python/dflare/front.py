"""Which variants nobody would give up, as a table and a picture. For tuning.py."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_SAME_SIZE, _SAME_TIME = 1.01, 1.05  # what counts as equal: bytes of names, the machine's moods
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _MARGIN = 720.0, 400.0, 70.0, 50.0, 24.0


def on_front(rows: Sequence[Row], measure: str) -> list[bool]:
    """Whether no other is at least as much like the original, as small and as fast, and better in one of these."""
    return [_value(row, measure) is not None and not any(_beats(o, row, measure) for o in rows) for row in rows]


def _beats(a: Row, b: Row, measure: str) -> bool:
    left, right = _value(a, measure), _value(b, measure)
    if left is None or right is None or left > right:
        return False
    if a["bytes"] > _SAME_SIZE * b["bytes"] or a["milliseconds"] > _SAME_TIME * b["milliseconds"]:
        return False
    smaller, faster = b["bytes"] > _SAME_SIZE * a["bytes"], b["milliseconds"] > _SAME_TIME * a["milliseconds"]
    return bool(left < right or smaller or faster)


def _value(row: Row, measure: str) -> float | None:
    estimate = row[measure]
    return None if estimate is None else float(estimate["value"])


def table(rows: Sequence[Row], original: Row, measure: str) -> str:
    """For people; those on the front are marked."""
    held_out = any(row["held_out"] for row in rows)
    heading = ["", "variant", "KB", "ms", "right %", "differ %", "corrupted %", "boundary shift"]
    lines = [heading + (["held out: corrupted %", "boundary shift"] if held_out else [])]
    lines.append(["", "the original", *_costs(original), *[""] * (len(lines[0]) - 4)])
    for row in rows:
        cells = ["*" if row["front"] else "", row["name"], *_costs(row), *_measures(row)]
        if held_out:
            cells += _measures(row["held_out"])[2:] if row["held_out"] else ["", ""]
        lines.append(cells)
    widths = [max(len(line[i]) for line in lines) for i in range(len(heading) + (2 if held_out else 0))]
    text = "\n".join(
        "  ".join(cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    )
    by = "boundary shift" if measure == "boundary_shift" else "disagreement under corruption"
    return (
        f"{text}\n\nMost like the original first, by {by}; in brackets 95 % intervals.\n"
        "* on the front: none is as much like the original, as small and as fast, and better in one.\n"
    )


def _costs(row: Row) -> list[str]:
    return [f"{row['bytes'] / 1000:.0f}", f"{row['milliseconds']:.3g}"]


def _measures(row: Row) -> list[str]:
    return [
        _text(row["accuracy"], 100, False),
        _text(row["disagreement"], 100, False),
        _text(row["corrupted_disagreement"], 100, True),
        _text(row["boundary_shift"], 1, True),
    ]


def _text(estimate: Any, scale: float, interval: bool) -> str:
    if estimate is None:
        return "-"
    value = f"{scale * estimate['value']:.3g}"
    low, high = estimate["interval"]
    return f"{value} ({scale * low:.3g} to {scale * high:.3g})" if interval else value


def picture(rows: Sequence[Row], measure: str) -> str:
    """Size against likeness, as SVG: a point a variant, its interval a line; those on the front are filled, with their
    names."""
    shown = [row for row in rows if row[measure] is not None]
    if not shown:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>\n'
    axes = _Axes(shown, measure)
    scale = 1 if measure == "boundary_shift" else 100
    words = "boundary shift" if scale == 1 else "disagreement under corruption, %"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        axes.frame(words, scale),
        *(_point(row, axes, measure) for row in shown),
        *_names([row for row in shown if row["front"]], axes, measure),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Axes:
    """Kilobytes to the right, the measure up from 0."""

    def __init__(self, rows: Sequence[Row], measure: str) -> None:
        sizes = [row["bytes"] / 1000 for row in rows]
        room = 0.08 * (max(sizes) - min(sizes)) or 0.05 * max(sizes)
        self.low, self.high = min(sizes) - room, max(sizes) + room
        self.most = 1.05 * max(row[measure]["interval"][1] for row in rows) or 1.0

    def x(self, size: float) -> float:
        right = _WIDTH - _MARGIN
        return float(_LEFT + (size / 1000 - self.low) / (self.high - self.low) * (right - _LEFT))

    def y(self, value: float) -> float:
        bottom = _HEIGHT - _BOTTOM
        return float(bottom - value / self.most * (bottom - _MARGIN))

    def frame(self, words: str, scale: float) -> str:
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _MARGIN
        parts = [f'<path d="M{_LEFT},{_MARGIN} V{bottom} H{right}" fill="none" stroke="#888"/>']
        for i in range(5):
            kilobytes, value = self.low + i / 4 * (self.high - self.low), i / 4 * self.most
            x, y = self.x(1000 * kilobytes), self.y(value)
            parts.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{kilobytes:.0f}</text>')
            parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{scale * value:.2g}</text>')
        parts.append(f'<text x="{(_LEFT + right) / 2:.0f}" y="{_HEIGHT - 12}" text-anchor="middle">KB</text>')
        parts.append(f'<text x="{_LEFT}" y="{_MARGIN - 8}" text-anchor="middle">{words}</text>')
        return "\n".join(parts)


def _point(row: Row, axes: _Axes, measure: str) -> str:
    x, y = axes.x(row["bytes"]), axes.y(row[measure]["value"])
    low, high = (axes.y(value) for value in row[measure]["interval"])
    colour = "#d1495b" if row["baseline"] else "#00798c"
    fill = colour if row["front"] else "#fff"
    told = f"{row['name']}: {row['bytes'] / 1000:.0f} KB, {row['milliseconds']:.3g} ms, {row[measure]['value']:.3g}"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" opacity="0.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="{colour}" stroke-width="1.5">'
        f"<title>{html.escape(told)}</title></circle>"
    )


def _names(rows: Sequence[Row], axes: _Axes, measure: str) -> list[str]:
    """Beside their points, from the top, none over another."""
    parts, last = [], 0.0
    for row in sorted(rows, key=lambda row: -row[measure]["value"]):
        x, y = axes.x(row["bytes"]), axes.y(row[measure]["value"]) + 4
        last = max(y, last + 14)
        anchor, beside = ("end", x - 9) if x > _WIDTH / 2 else ("start", x + 9)
        parts.append(f'<text x="{beside:.1f}" y="{last:.1f}" text-anchor="{anchor}">{html.escape(row["name"])}</text>')
    return parts


__all__ = ["on_front", "picture", "table"]
