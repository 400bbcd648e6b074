"""The shapes of the paper's tables and figures: a function each, from stored results to tables and drawings."""
from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import figures
from experiment import Experiment
from measures import Measured, geometric_mean, on_shared_seeds, pearson, plain, ratio, weakest, wilcoxon
from pair_list import Pair
from store import Store
from tables import Bound, Capped, Table


@dataclass
class Shown:
    """What an experiment has to show. Drawings are written by name into a folder."""
    tables: list[Table] = field(default_factory=list)
    drawings: dict[str, Callable[[Path], None]] = field(default_factory=dict)


@dataclass
class Measurements:
    """The stored results of an experiment, by pair and method; pairs of which anything is missing are left out."""
    experiment: Experiment
    of: dict[str, dict[str, Measured]]

    @property
    def pairs(self) -> list[Pair]:
        return [p for p in self.experiment.pairs if p.id in self.of]

    @property
    def methods(self) -> list[str]:
        return [m for m in self.experiment.methods if any(m in by for by in self.of.values())]

    def paper(self, pair: Pair) -> dict:
        """The paper's own figures for that very pair."""
        return self.experiment.paper.get("rows", {}).get(pair.id, {})


def measurements(experiment: Experiment, store: Store) -> Measurements:
    of: dict[str, dict[str, Measured]] = {}
    for pair in experiment.pairs:
        for method in experiment.methods:
            results = [store.result(job) for job in experiment.runs(pair, method)]
            if all(results) and any(r["ends"] for r in results):
                of.setdefault(pair.id, {})[method] = Measured(results)
    return Measurements(experiment, of)


def comparison(m: Measurements) -> Shown:
    """Tables 4, 5 and 10: success, seconds and queries of each method, ratios to the first, the paper's own beside."""
    known = [k for k in ("queries", "seconds", "authors_queries") if any(k in m.paper(p) for p in m.pairs)]
    words = {"queries": ("paper: queries", ".1f"), "seconds": ("paper: s", ".3f"),
             "authors_queries": ("authors' code, run by us: queries", ".1f")}
    alike = all(len({x.searched for x in by.values()}) == 1 for by in m.of.values())  # as often with every method
    columns = {"pair": "", "searches": "d"} if alike else {"pair": ""}
    for name in m.methods:
        columns |= {} if alike else {f"{name}: searches": "d"}
        columns |= {f"{name}: found": "%", f"{name}: s": ".4f", f"{name}: queries": ".1f"}
    table = Table("", columns | dict(words[k] for k in known), bold_last=True)
    for pair in m.pairs:
        by = m.of[pair.id]
        cells = [next(iter(by.values())).searched] if alike else []
        shown = ("success", "mean_seconds", "mean_queries") if alike else ("searched", "success", "mean_seconds",
                                                                         "mean_queries")
        cells += [getattr(by[name], what) if name in by else None for name in m.methods for what in shown]
        table.add(pair.id, *cells, *(m.paper(pair).get(k) for k in known))
    if len(m.pairs) > 1:
        table.add(f"mean of {len(m.pairs)} pairs", *(_column_mean(table, i, form) for i, form in
                                                    enumerate(columns.values()) if i), *(None for _ in known))
    return Shown([table, *([ratios(m)] if len(m.methods) > 1 and not m.experiment.settings.get("no_ratios") else [])])


def ratios(m: Measurements) -> Table:
    """The other methods' queries and seconds over the first's, on seeds that both searched; Wilcoxon's p where the
    experiment asks for it."""
    first, others = m.methods[0], m.methods[1:]
    test = m.experiment.settings.get("wilcoxon", False)
    columns = {"pair": ""}
    for name in others:
        columns |= {f"{name} / {first}: queries": ".2f", f"{name} / {first}: time": ".2f"}
        columns |= {f"{name}: p": ".2g"} if test else {}
    table = Table(f"Ratios to `{first}`", columns, bold_last=True)
    for pair in m.pairs:
        by, cells = m.of[pair.id], []
        for name in others:
            both = on_shared_seeds(by[name], by[first]) if first in by and name in by else None
            if both is None or not both[0].searched:
                cells += [None] * (3 if test else 2)
                continue
            cells += [ratio(both[0].mean_queries, both[1].mean_queries),
                      ratio(both[0].mean_seconds, both[1].mean_seconds)]
            cells += [wilcoxon(*both)] if test else []
        table.add(pair.id, *cells)
    if len(m.pairs) > 1:
        shares = [i for i, form in enumerate(columns.values()) if form == ".2f"]
        table.add(f"geometric mean of {len(m.pairs)} pairs", *(
            _column_geometric_mean(table, i) if i in shares else None for i in range(1, len(columns))))
    return table


def ablation(m: Measurements) -> Shown:
    """Table 6: each group's first method against its others."""
    shown = Shown()
    for title, group in m.experiment.settings["groups"].items():
        part = Measurements(m.experiment, {p: {n: by[n] for n in group if n in by} for p, by in m.of.items()})
        part.of = {p: by for p, by in part.of.items() if by}
        if part.methods and part.methods[0] == group[0]:
            tables = comparison(part).tables
            tables[0].title = title
            for table in tables[1:]:
                table.title = f"{title}: {table.title[0].lower()}{table.title[1:]}"
            shown.tables += tables
    return shown


def histogram(m: Measurements) -> Shown:
    """Figure 4: how queries are spread over seeds."""
    table = Table("", {"pair": "", "method": "", "searches": "d", "mean": ".1f", "median": ".1f", "90 %": ".1f", "most": "d"})
    samples: dict[str, dict[str, list[int]]] = {}
    for pair in m.pairs:
        for name, measured in m.of[pair.id].items():
            q = measured.queries
            table.add(pair.id, name, measured.searched, measured.mean_queries, statistics.median(q), _quantile(q, 0.9),
                      max(q))
            samples.setdefault(name, {})[pair.id] = q
    return Shown([table], {f"{m.experiment.name}-{name.replace(' ', '-')}": lambda file, s=s: figures.histograms(s, file)
                           for name, s in samples.items()})


def family(m: Measurements) -> Shown:
    """Figures 5, 6 and 7: the variants of one original; correlation of each measure with what was changed, or with how
    often the variant disagrees."""
    settings = m.experiment.settings
    columns = {"variant": "", settings["x_name"]: ".4g", "accuracy": "%", "disagreement": "%"}
    for name in m.methods:
        columns |= {f"{name}: found": "%", f"{name}: s": ".4f", f"{name}: queries": ".2f"}
    table = Table("", columns)
    natural = settings["natural"]
    for pair in m.pairs:
        summary = m.of[pair.id][natural].results[0]["summary"]
        label = re.search(settings["label"], pair.id).group(1)
        x = float(re.search(settings["x"], pair.id).group(1)) if "x" in settings else 1 - summary["agreement"]
        cells = [f(m.of[pair.id][n]) for n in m.methods if n in m.of[pair.id] for f in
                 (lambda k: k.success, lambda k: k.mean_seconds, lambda k: k.mean_queries)]
        table.add(label, x if "x" in settings else 100 * x, (summary["accuracy"] or {}).get("compressed"),
                  1 - summary["agreement"], *cells)
    drop = [i for i, c in enumerate(columns) if c.startswith(f"{natural}: ")]  # asked nothing but the images as they are
    table.columns = {c: f for i, (c, f) in enumerate(columns.items()) if i not in drop}
    table.rows = [[v for i, v in enumerate(row) if i not in drop] for row in table.rows]
    return Shown([table, _correlations(table, settings)],
                 {m.experiment.name: lambda file: figures.variants(table, settings, file)})


def _correlations(table: Table, settings: dict) -> Table:
    columns = list(table.columns)
    result = Table(f"Pearson correlation with {settings['x_name']}", {"measure": "", "r": ".3f", "p": ".2g"})
    for i, name in enumerate(columns):
        if i >= 2 and len(table.rows) > 2 and ("x" in settings or name != "disagreement"):
            r = pearson([row[1] for row in table.rows], [plain(row[i] or 0.0) for row in table.rows])
            result.add(name, *(r or (None, None)))
    return result


def uniqueness(m: Measurements) -> Shown:
    """Section 6.3: distinct images among the findings, within a run."""
    table = Table("", {"pair": "", **{f"{name}: unique": "%" for name in m.methods},
                       **{f"{name}: findings": "d" for name in m.methods}})
    for pair in m.pairs:
        by = m.of[pair.id]
        rate = [statistics.mean(r["summary"]["unique_rate"] or 0 for r in by[n].results) if n in by else None
                for n in m.methods]
        table.add(pair.id, *rate, *(sum(r["summary"]["confirmed"] for r in by[n].results) if n in by else None
                                    for n in m.methods))
    return Shown([table])


def natural(m: Measurements) -> Shown:
    """Table 1: inputs of the test set on which the models differ as they are."""
    table = Table("", {"pair": "", "images": "d", "differ": "d", "share": "%", "original right": "%",
                       "compressed right": "%", "whole test set": "d", "differ there": "d"})
    for pair in m.pairs:
        s = next(iter(m.of[pair.id].values())).results[0]["summary"]
        accuracy, listed = s["accuracy"] or {}, pair.listed or {}
        table.add(pair.id, s["seeds"], round((1 - s["agreement"]) * s["seeds"]), 1 - s["agreement"],
                  accuracy.get("original"), accuracy.get("compressed"), listed.get("n"), listed.get("disagreements"))
    return Shown([table])


def adversarial(m: Measurements) -> Shown:
    """Section 2.6: adversarial images of the original, and on how many of them the two models differ."""
    table = Table("", {"pair": "", "attack": "", "attacked": "d", "fool the original": "d", "models differ": "d",
                       "share": "%", "median L∞": ".1f", "median L2": ".2f"})
    for pair in m.pairs:
        for r in next(iter(m.of[pair.id].values())).results:
            s, a = r["summary"], r["attack"]
            table.add(pair.id, a["name"], a["attacked"], a["fooled"], round((1 - s["agreement"]) * s["seeds"]),
                      1 - s["agreement"], a["median_linf"], a["median_l2"])
    return Shown([table])


def repair(m: Measurements) -> Shown:
    """Table 7: what a repair head is worth on findings of seeds it has not seen, and on natural images. Table 8: the
    search of the repaired pair."""
    tables = [_repairs(m, name) for name in m.methods]
    drawn = [name for name in m.methods if name.startswith("natural")]
    return Shown([*tables, *([_searched_again(m)] if m.experiment.again else [])],
                 {f"{m.experiment.name}-natural": lambda file: figures.changes(_relative_changes(m, drawn[0]), file)}
                 if drawn else {})


def learning_curve(m: Measurements) -> Shown:
    """What `natural` gains from more images."""
    table = Table("", {"pair": "", "learnt from": "d", "differ before": "d", "change, %": "+.1f", "low": "+.1f",
                       "high": "+.1f"})
    lines: dict[str, list[tuple[float, float, float, float]]] = {}
    for pair in m.pairs:
        for name, measured in m.of[pair.id].items():
            change = _relative_change(measured)
            if change is None:
                continue
            images = statistics.mean(r["repair"]["learnt_from"]["natural"] for r in measured.results)
            differ = sum(r["repair"]["natural"]["corrupted"]["differ_before"] for r in measured.results)
            table.add(pair.id, round(images), differ, *change[1:])
            lines.setdefault(pair.id, []).append((images, *change[1:]))
    return Shown([table], {m.experiment.name: lambda file: figures.curves(lines, file)} if lines else {})


def _relative_changes(m: Measurements, name: str) -> dict[str, tuple[float, float, float, float]]:
    changes = {pair.id: _relative_change(m.of[pair.id][name]) for pair in m.pairs if name in m.of[pair.id]}
    return {pair: change for pair, change in changes.items() if change}


def _relative_change(measured: Measured) -> tuple[float, float, float, float] | None:
    """The disagreement on corrupted images, its change by the repair in percent of it, and the ends of the change's
    interval: means over the run seeds, whose held-out inputs are the same, so that the interval is one run's. None
    where the models never differ."""
    effects = [r["repair"]["natural"]["corrupted"] for r in measured.results]
    before = statistics.mean(e["disagreement_before"]["value"] for e in effects)
    if before == 0:
        return None
    return (before, *(100 * statistics.mean(e["change"][key] for e in effects) / before
                      for key in ("value", "low", "high")))


def _repairs(m: Measurements, name: str) -> Table:
    table = Table(f"Table 7, {name}", {
        "pair": "", "deviations": "d", "repaired": "%", "induced": "%", "improved": "%", "clean: differ": "%",
        "clean: change": "+.2f", "corrupted: differ": "%", "corrupted: change": "+.2f", "fell": "d", "rose": "d"},
        bold_last=True)
    for pair in m.pairs:
        if name not in m.of[pair.id]:
            continue
        reports = [r["repair"] for r in m.of[pair.id][name].results]
        ratios = [statistics.mean(r["paper"]["mean"][key] for r in reports)
                  for key in ("repair_ratio", "inducing_ratio", "improvement_ratio")]
        cells = [f([r["natural"][images][key]["value"] for r in reports]) for images in ("clean", "corrupted")
                 for key, f in (("disagreement_before", statistics.mean), ("change", _points))]
        changes = [r["natural"]["corrupted"]["change"] for r in reports]
        table.add(pair.id, sum(r["paper"]["repeats"][0]["deviations"] for r in reports), *ratios, *cells,
                  sum(c["high"] < 0 for c in changes), sum(c["low"] > 0 for c in changes))
    _add_mean(table)
    return table


def _points(changes: list[float]) -> float:
    return 100 * statistics.mean(changes)


def _searched_again(m: Measurements) -> Table:
    """The first method's own search beside those of each repaired pair, on as many seeds."""
    before, repaired = m.methods[0], [n for n in m.methods if n.startswith("drepair")]
    columns = {"pair": ""} | {f"{name}: {what}": form for name in ("before", *repaired)
                              for what, form in (("found", "%"), ("s", ".4f"), ("queries", ".1f"))}
    table = Table("Table 8, the repaired pair searched again", columns, bold_last=True)
    for pair in m.pairs:
        by = m.of[pair.id]
        searches = [by.get(before)] + [Measured([r["again"] for r in by[n].results]) if n in by else None
                                       for n in repaired]
        table.add(pair.id, *(getattr(s, what) if s else None for s in searches
                             for what in ("success", "mean_seconds", "mean_queries")))
    _add_mean(table)
    return table


def _add_mean(table: Table) -> None:
    """A last row with the mean of every column, where there are several pairs."""
    if len(table.rows) > 1:
        table.add(f"mean of {len(table.rows)} pairs", *(_column_mean(table, i, form) for i, form in
                                                        enumerate(table.columns.values()) if i))


def _column_mean(table: Table, i: int, form: str) -> float | int | Bound | None:
    """The mean over pairs; of counts the sum."""
    values = [row[i] for row in table.rows if row[i] is not None]
    if form == "d" or not values:
        return sum(values) if values else None
    return weakest(statistics.mean(map(plain, values)), values)


def _column_geometric_mean(table: Table, i: int) -> float | Bound | Capped | None:
    values = [row[i] for row in table.rows if row[i] is not None]
    mean = geometric_mean([plain(v) for v in values])
    return None if mean is None else weakest(mean, values)


def _quantile(values: list[int], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


KINDS = {f.__name__: f for f in (comparison, ablation, histogram, family, uniqueness, natural, adversarial,
                                 repair, learning_curve)}
