"""The results page: one section an experiment, between marker comments; what stands outside them is written by hand."""
from __future__ import annotations

import os
import re
from pathlib import Path

from experiment import Experiment, Limits, common, limits_of, names, options_of, words
from kinds import Shown
from tables import Table

OPENING = """# Results: the paper's experiments

The tables and figures of the DFLARE paper (Tian et al., «Finding Deviated Behaviors of the Compressed DNN Models for Image
Classifications», ACM TOSEM 2023, arXiv 2112.02819), run here. [bench/README.md](../bench/README.md) tells how to run them again.
"""


READING = """Queries are without the seed's own, as the paper counts: one less than elsewhere in these pages. Seconds are what a seed
was charged: its share of its batches. `searches` counts seeds times run seeds; means are over all of them, found or not.

- ≥: some searches ended at their limit without a finding, so that the mean is a lower bound.
- (1.2): a ratio of such means; what it would be without a limit is not known.
- –: not measured; or a figure of the paper that we do not know for sure. No figure of the paper is guessed.
"""


def write(page: Path, shown: dict[Experiment, Shown], facts: dict[Experiment, str]) -> list[Path]:
    """Replaces these experiments' sections, CSV files and drawings, which lie in a folder beside the page, named like
    it. Returns every file written."""
    folder = page.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    text = page.read_text() if page.exists() else OPENING
    for name in ["reading", *names()]:
        text = text if f"<!-- begin {name} -->" in text else replace(text, name, "")
    text, written = replace(text, "reading", READING + "\n" + methods()), [page]
    for experiment, what in shown.items():
        lines, files = section(experiment, what, folder)
        text = replace(text, experiment.name, "\n".join([*heading(experiment), facts[experiment] + "\n", *lines]))
        written += files
    whole = page.with_suffix(".tmp")
    whole.write_text(text)
    os.replace(whole, page)
    return written


def section(experiment: Experiment, what: Shown, folder: Path) -> tuple[list[str], list[Path]]:
    """Writes the tables as CSV and the drawings. Returns Markdown paragraphs, and the files."""
    lines, files = [], []
    for i, table in enumerate(what.tables):
        files.append(folder / f"{experiment.name}{'-' + str(i + 1) if i else ''}.csv")
        files[-1].write_text(table.csv())
        link = f"[CSV]({folder.name}/{files[-1].name})"
        lines += [f"**{table.title}** ({link})\n" if table.title else f"{link}\n", table.markdown()]
    for name, draw in what.drawings.items():
        files.append(folder / f"{name}.svg")
        draw(files[-1])
        lines.append(f"![{experiment.settings['title']}]({folder.name}/{files[-1].name})\n")
    return lines, files


def methods() -> str:
    """A table of the methods that experiments share."""
    known = common()["methods"]
    table = Table("", {"method": "", "options of `dflare search`": ""})
    for name, entry in known.items():
        if not entry.get("hidden"):
            table.add(name, f"`{' '.join(words(options_of(name, known)))}`")
    return table.markdown()


def heading(experiment: Experiment) -> list[str]:
    settings, shared = experiment.settings, common()["methods"]
    then = {n: f", then `dflare repair RUN {' '.join(r)}`" for n, r in experiment.repairs.items()}
    own = [f"- `{n}`: `{' '.join(o)}`{then.get(n, '')}" for n, o in experiment.methods.items() if n not in shared]
    notes = [f"- {note}" for note in settings.get("notes", [])]
    paper = [f"- The paper says: {said}" for said in experiment.paper.get("says", [])]
    bullets = [*own, *notes, *paper]
    return [f"## {settings['title']}\n", settings["about"].strip() + "\n", *bullets, *([""] if bullets else []),
            limits(experiment)]


def limits(experiment: Experiment) -> str:
    """The limits that most searches had, then those of the others, methods with where they hold."""
    whose: dict[Limits, dict[str, list[str]]] = {}
    for method in experiment.methods:
        for pair in experiment.pairs:
            whose.setdefault(limits_of(experiment.profile, pair, method), {}).setdefault(method, []).append(pair.id)
    ordered = sorted(whose, key=lambda limit: -sum(map(len, whose[limit].values())))
    lines = [f"{l.max_seeds or 'all'} seeds a pair, at most {l.max_queries} queries a seed" for l in ordered]
    for i, limit in enumerate(ordered[1:], 1):
        alike: dict[str, list[str]] = {}  # methods by their pairs
        for method, names in whose[limit].items():
            some = len(names) < len(experiment.pairs)
            alike.setdefault(f" on {limit.where or ', '.join(names)}" if some else "", []).append(f"`{method}`")
        for place, methods in alike.items():
            every = len(methods) == len(experiment.methods)
            lines[i] += (place or " for all") if every else f" for {', '.join(methods)}{place}"
    runs = experiment.profile["run_seeds"]
    text = f"Run seeds: {runs}. Limits: {lines[0]}"
    return text + (", but:\n\n" + "\n".join(f"- {line}" for line in lines[1:]) + "\n" if lines[1:] else ".")


def replace(text: str, name: str, section: str) -> str:
    """The text with that section in the place of the one of that name, or at its end."""
    block = f"<!-- begin {name} -->\n{section.strip()}\n<!-- end {name} -->\n"
    found = re.compile(rf"<!-- begin {re.escape(name)} -->\n.*?<!-- end {re.escape(name)} -->\n", re.DOTALL)
    return found.sub(lambda _: block, text) if found.search(text) else f"{text.rstrip()}\n\n{block}"
