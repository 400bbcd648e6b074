"""The README's figures are those of docs/results, to the digits that it gives."""
import csv
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
FIGURES = README[README.index("## Figures"):README.index("## Platforms")]


def column(name, heading, only=lambda pair: True):
    """A column of single pairs: not the mean below them."""
    with open(ROOT / f"docs/results/{name}.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if " of " not in row["pair"]]
    return [float(row[heading]) for row in rows if only(row["pair"])]


def mean(name, heading, only=lambda pair: True):
    values = column(name, heading, only)
    return sum(values) / len(values)


def is_pruned(pair):
    return "prune" in pair


def is_distilled(pair):
    return "-kd-" in pair


def is_8_bit(pair):
    return not is_pruned(pair) and not is_distilled(pair)


def spread(values, digits):
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def saved(only=lambda pair: True):
    shrunk, before = column("refine", "shrink: median L2", only), column("refine", "none: median L2", only)
    return [100 * (1 - s / b) for s, b in zip(shrunk, before)]


ROWS = {
    "defaults": lambda: [f"{mean('queries', 'defaults: queries'):.1f} on average",
                         f"{max(column('queries', 'defaults: queries')) + 1e-9:.1f} on the worst pair",  # 25.25
                         f"{mean('queries', 'defaults: natural, %'):.0f} % by one natural corruption",
                         f"{100 * mean('robust', 'within severity 5') / mean('robust', 'natural'):.0f} % are within "
                         "severity 5"],
    "--ties count": lambda: [f"{mean('queries', 'blend, ties count: queries'):.1f};",
                             f"{max(column('queries', 'blend, ties count: queries')):.1f} on the worst pair"],
    "the paper's rules": lambda: [f"{mean('table4', 'boundary: queries'):.1f};",
                                  f"at least {mean('table4', 'dflare: queries'):.0f} "
                                  f"({100 * mean('table4', 'dflare: found'):.1f} % found)",
                                  f"at least {mean('table4', 'diffchaser: queries'):.0f} "
                                  f"({100 * mean('table4', 'diffchaser: found'):.1f} %)"],
    "within L-infinity": lambda: [f"{mean('linf', 'queries', lambda pair: 'lenet' not in pair):.0f} queries"],
    "--refine climb": lambda: [f"{min(column('refine', 'climb: median severity', is_8_bit)):.2f} to "
                               f"{max(column('refine', 'climb: median severity', is_8_bit)):.1f} on 8-bit",
                               f"{min(column('refine', 'climb: median severity', is_pruned)):.1f} to "
                               f"{max(column('refine', 'climb: median severity', is_pruned)):.0f} on pruned"],
    "--refine shrink": lambda: [f"{spread(saved(), 0)} % of the L2 distance"],
    "guards that promise": lambda: [
        "catch " + spread(column("guard", "caught of the 90 % promised, %"), 0) + " %",
        "deferring " + spread(column("guard", "deferred, clean, %", lambda p: not is_distilled(p)), 0) + " %",
        "%.1f to %.0f %% of the corrupted" % (
            min(column("guard", "deferred, corrupted, %", lambda p: not is_distilled(p))),
            max(column("guard", "deferred, corrupted, %", lambda p: not is_distilled(p)))),
        "%.0f and %.0f %% on a distilled" % (column("guard", "deferred, clean, %", is_distilled)[0],
                                             column("guard", "deferred, corrupted, %", is_distilled)[0])],
    "the paper's repair": lambda: [f"improves {100 * mean('table7', 'improved'):.0f} %",
                                   f"rises on all {sum(c > 0 for c in column('table7', 'corrupted: change'))} pairs",
                                   f"by {mean('table7', 'corrupted: change'):.1f} points",
                                   f"from {100 * mean('table7', 'corrupted: differ'):.1f} %"],
    "the default repair": lambda: [f"falls on {sum(c < 0 for c in column('table7-3', 'corrupted: change'))} of "
                                   f"{len(column('table7-3', 'corrupted: change'))} pairs",
                                   f"by {-mean('table7-3', 'corrupted: change'):.1f} points"],
}


@pytest.mark.parametrize("question", ROWS)
def test_a_figure_is_what_was_measured(question):
    line = next(line for line in FIGURES.splitlines() if question in line)
    for figure in ROWS[question]():
        assert figure in line, f"{figure!r} is not in {line!r}"
