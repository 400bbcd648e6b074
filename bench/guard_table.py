#!/usr/bin/env python3
"""The guard on the shared pairs: AUC, price of 90 % caught, and whether its promise is kept on held-out inputs.

    bench/guard_table.py [--run-seeds N] [--catch SHARE] [--only PAIR] [--json FILE]

Searches 100 seeds of every pair, learns a guard and measures it on inputs that it did not learn from; a pair counts with
100 usable seeds and 30 natural deviations held out. Exit code 1 where the score does worse than the margin on one of
those, or the promise is broken by more than 5 points on more than a fifth of them.
Needs the shared data ($DFLARE_SHARED, else ../shared beside this repository) and nothing but Python 3.9.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pairs import ROOT, SHARED, pairs, show

SEEDS, DEVIATIONS, POINTS = 100, 30, 0.05
WIDTHS = [42, 5, 6, 7, 12, 8, 8, 8, 8, 7, 16, 8, 8, 6]
HEADINGS = ["pair", "seeds", "finds", "devs", "score", "AUC m", "AUC", "90% m", "90%", "caught", "interval", "clean %",
            "corr %", "s"]


def run(*command: object) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def guard_of(dflare: Path, pair: dict, rng_seed: int, catch: float) -> dict:
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        summary = json.loads(run(dflare, "search", SHARED / pair["original"], SHARED / pair["compressed"],
                                 SHARED / pair["images"], "--labels", SHARED / pair["labels"], "--preprocess",
                                 pair["preprocess"], "--output", pair["output"], "--label-offset", pair["label_offset"],
                                 "-o", out, "--max-seeds", SEEDS, "--rng-seed", rng_seed, "--json", "--quiet"))
        report = json.loads(run(dflare, "guard", out, "--catch", catch, "--rng-seed", rng_seed, "--json", "--quiet"))
    held, margin = report["held_out"], report["margin_instead"]["held_out"]
    return {"pair": pair["id"], "run_seed": rng_seed, "seeds": summary["searched"], "found": summary["found"],
            "learnt_deviations": report["learnt_from"]["deviations"], "deviations": held["deviations"],
            "threshold_from": report["threshold_from"], "score": report["score"],
            "auc_margin": margin["auc"], "auc": held["auc"], "at_90_margin": margin["deferred_at_90_caught"],
            "at_90": held["deferred_at_90_caught"], "promised": catch, "caught": held["caught"]["share"],
            "interval": held["caught"]["interval"], "caught_margin": margin["caught"]["share"],
            "deferred_clean": held["deferred_clean"]["share"], "deferred_corrupted": held["deferred_corrupted"]["share"],
            "differ_clean": held["differ_clean"]["share"], "differ_corrupted": held["differ_corrupted"]["share"],
            "counts": summary["searched"] >= SEEDS and held["deviations"] >= DEVIATIONS,
            "seconds": time.monotonic() - start}


def show_row(row: dict) -> None:
    low, high = (100 * x for x in row["interval"])
    show([row["pair"], row["seeds"], row["found"], row["deviations"], row["score"], f"{row['auc_margin']:.4f}",
          f"{row['auc']:.4f}", f"{100 * row['at_90_margin']:.2f}", f"{100 * row['at_90']:.2f}",
          f"{100 * row['caught']:.1f}", f"{low:.1f}-{high:.1f}", f"{100 * row['deferred_clean']:.2f}",
          f"{100 * row['deferred_corrupted']:.2f}", f"{row['seconds']:.0f}"]
         + ([] if row["counts"] else ["does not count"]), WIDTHS + [14])


def verdict(rows: list[dict]) -> bool:
    counted = [r for r in rows if r["counts"]]
    worse = [r["pair"] for r in counted if r["auc"] < r["auc_margin"] or r["at_90"] > r["at_90_margin"]]
    kept = [r for r in counted if r["caught"] >= r["promised"] - POINTS]
    near = [r for r in counted if abs(r["caught"] - r["promised"]) <= POINTS]
    print(f"\n{len(counted)} rows count: worse than the margin on {len(worse)} {worse}; promise kept within "
          f"{100 * POINTS:.0f} points on {len(kept)}, neither broken nor exceeded by more on {len(near)}; by the margin "
          f"kept on {sum(r['caught_margin'] >= r['promised'] - POINTS for r in counted)}")
    return bool(counted) and not worse and len(kept) >= 0.8 * len(counted)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dflare", type=Path, default=ROOT / "build/release/dflare", help="the command")
    parser.add_argument("--only", default="", help="pairs whose name contains this")
    parser.add_argument("--run-seeds", type=int, default=1, help="run seeds 0 to N-1, or from --first-seed on")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--catch", type=float, default=0.9)
    parser.add_argument("--json", type=Path, help="file for the figures")
    args = parser.parse_args()
    if not (SHARED / "pairs.json").exists():
        print(f"no pairs.json in {SHARED}: set DFLARE_SHARED", file=sys.stderr)
        return 2
    show(HEADINGS, WIDTHS)
    rows, good = [], True
    for pair in pairs(args.only):
        for seed in range(args.first_seed, args.first_seed + args.run_seeds):
            try:
                rows.append(guard_of(args.dflare, pair, seed, args.catch))
            except RuntimeError as e:
                good = False
                print(f"{pair['id']}: FAILED {e}", flush=True)
                continue
            show_row(rows[-1])
    good = verdict(rows) and good
    if args.json:
        args.json.write_text(json.dumps({"what": "guard", "results": rows}, indent=2) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
