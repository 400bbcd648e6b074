"""Drawings as SVG, the same bytes for the same figures."""
from __future__ import annotations

import statistics
from collections.abc import Collection
from pathlib import Path

from measures import plain
from tables import Table


def histograms(samples: dict[str, list[int]], file: Path) -> None:
    """A small histogram a pair; lines at the mean (dashed) and the median (solid)."""
    fig, axes = _grid(samples, 2.6, 1.8)
    for axis, queries in zip(axes, samples.values()):
        axis.hist(queries, bins=30, color="#4477aa", histtype="stepfilled")
        axis.axvline(statistics.mean(queries), color="#cc3311", linestyle="--", linewidth=1)
        axis.axvline(statistics.median(queries), color="#cc3311", linewidth=1)
    fig.supxlabel("queries a seed: mean dashed, median solid", fontsize=8)
    fig.supylabel("seeds", fontsize=8)
    _save(fig, file)


def variants(table: Table, settings: dict, file: Path) -> None:
    """Queries of each method against what was changed, or as bars, one a variant."""
    plt = _pyplot()
    columns = list(table.columns)
    measures = [i for i, c in enumerate(columns) if c.endswith("queries")] + [columns.index("disagreement")]
    fig, axes = plt.subplots(len(measures), 1, figsize=(6.4, 1.9 * len(measures)), squeeze=False, sharex=True)
    for axis, i in zip(axes.flat, measures):
        values = [plain(row[i]) for row in table.rows]
        if "x" in settings:
            axis.plot([row[1] for row in table.rows], values, "o", markersize=4, color="#4477aa")
        else:
            axis.bar([row[0] for row in table.rows], values, color="#4477aa")
        axis.set_ylabel(columns[i], fontsize=7)
        axis.tick_params(labelsize=7)
    if "x" in settings:
        axes.flat[-1].set_xlabel(settings["x_name"], fontsize=8)
    else:
        axes.flat[-1].tick_params(axis="x", rotation=60)
    _save(fig, file)


def changes(points: dict[str, tuple[float, float, float, float]], file: Path) -> None:
    """By pair: share of corrupted images on which the models differ; by how much a repair changes it, relative, with the
    ends of its interval."""
    plt = _pyplot()
    fig, axis = plt.subplots(figsize=(7.5, 4))
    for name, (share, change, low, high) in points.items():
        axis.errorbar(100 * share, change, [[change - low], [high - change]], fmt="o", markersize=4, linewidth=1,
                      color="#228833" if high < 0 else "#cc3311" if low > 0 else "#4477aa")
        axis.annotate(name, (100 * share, change), fontsize=4.5, rotation=35, xytext=(2, 3), textcoords="offset points")
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set_xscale("log")
    axis.set_xlabel("corrupted images on which the models differ before the repair, %", fontsize=8)
    axis.set_ylabel("change by the repair, % of these", fontsize=8)
    axis.tick_params(labelsize=7)
    _save(fig, file)


def curves(lines: dict[str, list[tuple[float, float, float, float]]], file: Path) -> None:
    """By name: places, values and the ends of their intervals."""
    fig, axes = _grid(lines, 2.4, 2.0, sharex=True)
    for axis, points in zip(axes, lines.values()):
        x, y, low, high = zip(*sorted(points))
        axis.fill_between(x, low, high, color="#4477aa", alpha=0.2, linewidth=0)
        axis.plot(x, y, "o-", markersize=3, linewidth=1, color="#4477aa")
        axis.axhline(0, color="black", linewidth=0.6)
        axis.set_xscale("log")
    fig.supxlabel("natural images learnt from", fontsize=8)
    fig.supylabel("change of the disagreement, %", fontsize=8)
    _save(fig, file)


def _grid(names: Collection[str], width: float, height: float, **shared) -> tuple:
    """A figure of small drawings of that size in inches, one a name, at most four across; and their axes."""
    across = min(4, len(names))
    down = -(-len(names) // across)
    fig, axes = _pyplot().subplots(down, across, figsize=(width * across, height * down), squeeze=False, **shared)
    for axis in axes.flat[len(names):]:
        axis.set_axis_off()
    for axis, name in zip(axes.flat, names):
        axis.set_title(name, fontsize=6)
        axis.tick_params(labelsize=6)
    return fig, axes.flat


def _pyplot():
    import matplotlib  # slow to load

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "dflare", "svg.fonttype": "none"}
    import matplotlib.pyplot as plt

    return plt


def _save(fig, file: Path) -> None:
    fig.tight_layout()
    fig.savefig(file, metadata={"Date": None})
    _pyplot().close(fig)
