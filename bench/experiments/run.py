#!/usr/bin/env python3
"""Runs the paper's experiments with the built command and writes their tables and figures.

    bench/experiments/run.py                    every experiment, profile `full`
    bench/experiments/run.py table4 table6      these
    bench/experiments/run.py --profile quick    a few seeds, to see that all works
    bench/experiments/run.py --only-show        no search: the page from what is stored

Each search's result is stored as soon as it is there; what is there is not run again. Needs Python 3.11 and
bench/experiments/requirements.txt.
"""
from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import experiment as experiments
import page
from experiment import Experiment, Job, Limits
from kinds import KINDS, Shown, measurements
from pair_list import Pair, matches, read_pairs
from store import ROOT, Failed, Store, build_of

SHARED = Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data/pairs.json"
EXAMPLES = experiments.HERE / "examples.json"


def main() -> int:
    args = arguments()
    store = Store(args.results, args.dflare, args.torch_python)
    try:
        chosen = load(args)
    except (FileNotFoundError, KeyError) as e:
        print(f"cannot be run: {e}", file=sys.stderr)
        return 2
    jobs = unique([job for e in chosen for job in e.jobs()])
    todo = [job for job in jobs if not store.has(job)]
    if not args.only_show:
        tell_work(jobs, todo, store)
    if args.estimate:
        return 0
    failed = [] if args.only_show else work(todo, store, 60 * args.minutes if args.minutes else None)
    shown = {e: KINDS[e.settings["kind"]](measurements(e, store)) for e in chosen}
    shown = {e: s for e, s in shown.items() if any(t.rows for t in s.tables)}
    files = page.write(args.page, shown, {e: facts(e, store) for e in shown})
    print(f"{args.page} and {len(files) - 1} files beside it")
    tell_missing(chosen, store)
    for why, alike in group(failed).items():
        print(f"failed: {', '.join(alike)}: {why}", file=sys.stderr)
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help=f"of {', '.join(experiments.names())}")
    parser.add_argument("--profile", default="full", help="limits on the work: full or quick (default: full)")
    parser.add_argument("--pairs", type=Path, help="a pairs.json (default: the shared one, else that of the examples)")
    parser.add_argument("--only", default="*", metavar="GLOBS", help="pairs whose name matches one of these, by commas")
    parser.add_argument("--results", type=Path, default=ROOT / "build/experiments", help="folder of stored results")
    parser.add_argument("--page", type=Path, help="page to write (default: results.md in the folder of results)")
    parser.add_argument("--dflare", type=Path, default=ROOT / "build/release/dflare", help="the command")
    parser.add_argument("--torch-python", type=Path, help="interpreter with PyTorch, for attacks (see bench/README.md)")
    parser.add_argument("--minutes", type=float, help="begin no search after this time")
    parser.add_argument("--estimate", action="store_true", help="only tell the work")
    parser.add_argument("--only-show", action="store_true", help="only write the page, from what is stored")
    args = parser.parse_args()
    args.pairs = args.pairs or (SHARED if SHARED.exists() else EXAMPLES)
    args.page = args.page or args.results / "results.md"
    if not args.dflare.exists():
        parser.error(f"{args.dflare} is not there: ./dev build, or --dflare")
    return args


def load(args: argparse.Namespace) -> list[Experiment]:
    pairs, families = read_pairs(args.pairs)
    wanted: list[Pair] = [p for p in pairs if matches(p.id, args.only.split(","))]
    unknown = set(args.experiments) - set(experiments.names())
    if unknown:
        raise KeyError(f"no experiment is called {', '.join(sorted(unknown))}; known: {', '.join(experiments.names())}")
    loaded = [experiments.load(n, args.profile, wanted, families) for n in args.experiments or experiments.names()]
    return [e for e in loaded if e.pairs]


def unique(jobs: list[Job]) -> list[Job]:
    """Experiments share searches: each once, where it is asked for first."""
    return list({job.file(Path()): job for job in jobs}.values())


def tell_work(jobs: list[Job], todo: list[Job], store: Store) -> None:
    """An upper bound: every seed spends all its queries or time, at the speed of a short search of each pair."""
    print(f"{len(jobs)} searches, {len(jobs) - len(todo)} of them stored", flush=True)
    if not todo:
        return
    probes = {job.pair: probe(job.pair, store) for job in todo}
    bounds = [bound(job, probes[job.pair]) for job in todo if not job.attack and probes[job.pair]]
    queries, seconds = (sum(part) for part in zip(*bounds)) if bounds else (0, 0)
    attacks = sum(bool(job.attack) for job in todo)
    print(f"to do: {len(todo)} searches, at most {queries:,.0f} queries and {seconds / 60:.0f} minutes; most seeds end far "
          f"earlier{f'. {attacks} need adversarial images first, minutes each' if attacks else ''}", flush=True)


def probe(pair: Pair, store: Store) -> dict | None:
    """The summary of a short search, which is stored as well. None: it failed; the searches themselves will say why."""
    job = Job(pair, "probe", ("--seed-filter", "agree", "--strategy", "random"), 1000, Limits(10, 20))
    try:
        return (store.result(job) or store.do(job))["summary"]
    except Failed:
        return None


def bound(job: Job, probed: dict) -> tuple[float, float]:
    """Queries and seconds that the search takes at most; about so, since the speed is that of a moment."""
    seeds, speed = job.limits.max_seeds or probed["seeds"], probed["queries_per_second"]
    if "--timeout" in job.options:
        seconds = seeds * float(job.options[job.options.index("--timeout") + 1]) / probed["workers"]
        return seconds * speed, seconds
    return seeds * job.limits.max_queries, seeds * job.limits.max_queries / speed


def work(todo: list[Job], store: Store, limit: float | None) -> list[tuple[Job, str]]:
    """Does the jobs, one after the other. Returns those that failed, and why."""
    failed, began = [], time.monotonic()
    for i, job in enumerate(todo):
        if limit and time.monotonic() - began > limit:
            print(f"time is up: {len(todo) - i} searches are left for the next run")
            break
        try:
            r = store.do(job)
        except Failed as e:
            failed.append((job, str(e)))
            print(f"[{i + 1}/{len(todo)}] {job.pair.id} {job.method} FAILED", flush=True)
            continue
        s = r["summary"]
        print(f"[{i + 1}/{len(todo)}] {job.pair.id} {job.method} {job.attack} seed {job.run_seed}: {s['found']} of "
              f"{s['searched']} in {s['queries']['mean'] or 0:.1f} queries, {r['command_seconds']:.1f} s; "
              f"{(time.monotonic() - began) / 60:.1f} min so far", flush=True)
    return failed


def group(failed: list[tuple[Job, str]]) -> dict[str, list[str]]:
    """Pairs and methods by what went wrong."""
    alike: dict[str, list[str]] = {}
    for job, why in failed:
        alike.setdefault(why, []).append(f"{job.pair.id} ({job.method})")
    return {why: list(dict.fromkeys(names)) for why, names in alike.items()}


def facts(experiment: Experiment, store: Store) -> str:
    """Where, when and with what its stored results were measured."""
    results = [r for job in experiment.jobs() if (r := store.result(job))]
    machines = sorted({f"{r['summary']['machine']['cores']} cores of {r['summary']['machine']['cpu']}" for r in results})
    runtimes = sorted({name for r in results for name in r["runtimes"]})
    dates, builds = sorted({r["date"] for r in results}), {r["build"] for r in results}
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    several = f" The results come from {len(builds)} builds of the command." if len(builds) > 1 else ""
    others = sum(r["build"] != build_of(store.dflare) for r in results)
    if others:
        print(f"{experiment.name}: {others} stored results come from another build of the command; another --results "
              "folder measures anew", file=sys.stderr)
    return f"Measured on {', '.join(machines)} with {', '.join(runtimes)}, {when}.{several}"


def tell_missing(chosen: list[Experiment], store: Store) -> None:
    for e in chosen:
        missing = [job for job in e.jobs() if not store.has(job)]
        if missing:
            methods = sorted({job.method for job in missing})
            print(f"{e.name}: {len(missing)} results are missing, of {', '.join(methods)}")


if __name__ == "__main__":
    sys.exit(main())
