#!/usr/bin/env python3
"""What a grey level leaves of findings, on ten of the shared pairs, and what it costs to keep only those that outlast it.

    bench/robust_table.py [--run-seeds N] [--seeds N] [--only PAIR] [--csv FILE] [-- OPTIONS of dflare search]

Options as --max-queries 300 keep a pair on which few findings outlast a level from taking an hour.

Searches 30 seeds of every pair with 16 neighbours a finding, as they come and with --min-robust 1, and replays both runs
with TensorFlow Lite's built-in kernels for whatever of the pair is a .tflite: a share is of the run's findings that still
deviate. Exit code 1 where fewer than 95 % of those with --min-robust 1 do.
Needs the shared data ($DFLARE_SHARED, else ../shared beside this repository) and nothing but Python 3.9.
"""
from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pairs import ROOT, SHARED, pairs, show

PAIRS = ["cifar10-resnet20-int8", "mnist-lenet5-int8", "deephunter-lenet5-int8", "st-mnist-v2-int8",
         "st-cifar10-resnet8-v1-int8", "cifar10-resnet20-prune60", "mnist-cnn-prune80", "mnist-lenet5-prune80",
         "deephunter-lenet5-dynrange", "mlperf-ic-resnet8-int8"]
NEIGHBOURS, GOAL = 16, 0.95
COLUMNS = ["pair", "run seed", "searched", "found", "queries", "robust, %", "all deviate, %", "natural", "within severity 5",
           "other kernels, %", "queries a second", "min-robust 1: found", "min-robust 1: queries",
           "min-robust 1: other kernels, %"]


def run(*command: object) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def search(dflare: Path, pair: dict, out: Path, *options: object) -> dict:
    return json.loads(run(dflare, "search", SHARED / pair["original"], SHARED / pair["compressed"], SHARED / pair["images"],
                          "--labels", SHARED / pair["labels"], "--preprocess", pair["preprocess"], "--output",
                          pair["output"], "--label-offset", pair["label_offset"], "-o", out, "--json", "--quiet", *options))


def with_other_kernels(dflare: Path, pair: dict, out: Path) -> tuple[int, int] | None:
    """Findings that still deviate, and of how many; None where neither model has other kernels."""
    sides = [side for side in ("original", "compressed") if pair[side].endswith(".tflite")]
    if not sides:
        return None
    kernels = [text for side in sides for text in (f"--{side}-tflite-kernels", "builtin")]
    told = json.loads(run(dflare, "replay", out, *kernels, "--json", "--quiet"))["replay"]
    return told["still_deviating"], len(told["findings"])


def share(counts: tuple[int, int] | None) -> float | None:
    return 100 * counts[0] / counts[1] if counts and counts[1] else None


def measure(dflare: Path, pair: dict, seeds: int, rng_seed: int, options: list[str]) -> tuple[list, tuple[int, int]]:
    asked = ["--max-seeds", seeds, "--rng-seed", rng_seed, "--robust", NEIGHBOURS, *options]
    with tempfile.TemporaryDirectory() as folder:
        any_of, robust = Path(folder) / "any", Path(folder) / "robust"
        a = search(dflare, pair, any_of, *asked)
        b = search(dflare, pair, robust, *asked, "--min-robust", 1)
        kernels_a, kernels_b = (with_other_kernels(dflare, pair, out) if told["confirmed"] else None
                                for told, out in ((a, any_of), (b, robust)))
    within, beyond = (a["corrupted"][f"{side}_severity_5"] for side in ("within", "beyond"))
    told = a["robust"]
    return [pair["id"], rng_seed, a["searched"], a["found"], a["queries"]["mean"], 100 * told["share"]["value"],
            100 * told["all"] / told["share"]["of"], within + beyond, within, share(kernels_a), a["queries_per_second"],
            b["found"], b["queries"]["mean"], share(kernels_b)], kernels_b or (0, 0)


def write(target: Path, rows: list[list]) -> None:
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([f"{c:.4g}" if isinstance(c, float) else c for c in row] for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dflare", type=Path, default=ROOT / "build/release/dflare", help="the command")
    parser.add_argument("--only", default="", help="pairs whose name contains this")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--run-seeds", type=int, default=1, help="run seeds 0 to N-1")
    parser.add_argument("--csv", type=Path, help="file for the figures")
    parser.add_argument("options", nargs="*", help="of dflare search, after --")
    args = parser.parse_args()
    if not (SHARED / "pairs.json").exists():
        print(f"no pairs.json in {SHARED}: set DFLARE_SHARED", file=sys.stderr)
        return 2
    widths = [28] + [max(8, len(name)) for name in COLUMNS[1:]]
    show(COLUMNS, widths)
    rows, still, of = [], 0, 0
    for pair in sorted((p for p in pairs(args.only) if p["id"] in PAIRS), key=lambda p: PAIRS.index(p["id"])):
        for rng_seed in range(args.run_seeds):
            row, kernels = measure(args.dflare, pair, args.seeds, rng_seed, args.options)
            rows.append(row)
            still, of = still + kernels[0], of + kernels[1]
            show(["-" if cell is None else cell for cell in row], widths)
            if args.csv:
                write(args.csv, rows)
    print(f"\nwith --min-robust 1, {still} of {of} findings still deviate with other kernels")
    return 0 if still >= GOAL * of else 1


if __name__ == "__main__":
    sys.exit(main())
