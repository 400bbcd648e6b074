#!/usr/bin/env python3
"""How well each measure of `dflare rank` orders variants whose true likeness is known from many held-out images.

    bench/rank_families.py [--family ID] [--runs N] [--out FOLDER]

The truth is the disagreement on corruptions of images 1000 to 1999, 26 of each (`dflare rank --max-seeds 0`); every run ranks
by images 0 to 999 at the default settings, with a run seed of its own that the truth does not share. Prints, per family and
measure, Spearman's correlation with the truth in every run. Answers are kept in FOLDER and not asked again: `--out` of an
earlier run only prints.

Needs the shared data ($DFLARE_SHARED, else ../shared beside this repository), NumPy, and nothing else.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data"
HELD_OUT = slice(1000, 2000)
RANKED = slice(0, 1000)
TRUTH_SEED = 777
MEASURES = {  # those that fall as likeness rises; the others grow with it
    "boundary_shift": 1, "corrupted_disagreement": 1, "disagreement": 1, "severity": 1,
    "queries_boundary": -1, "queries_dflare": -1, "accuracy": -1,
}


def ranks(values: list[float]) -> np.ndarray:
    """From 1, equal values sharing the mean of theirs."""
    array = np.asarray(values, float)
    return np.array([(array < v).sum() + ((array == v).sum() + 1) / 2 for v in array])


def spearman(a: list[float], b: list[float]) -> float:
    x, y = ranks(a), ranks(b)
    return 0.0 if x.std() == 0 or y.std() == 0 else float(np.corrcoef(x, y)[0, 1])


def rank(dflare: Path, family: dict, part: slice, out: Path, *options: str) -> dict:
    """The answer of `dflare rank` on a part of the family's images, from `out` where it is there."""
    if out.exists():
        return json.loads(out.read_text())
    images, labels = out.with_suffix(".images.npy"), out.with_suffix(".labels.npy")
    np.save(images, np.load(SHARED / family["images"])[part])
    np.save(labels, np.load(SHARED / family["labels"])[part])
    command = [dflare, "rank", SHARED / family["original"], images, *(SHARED / v for v in family["variants"])]
    command += ["--labels", labels, "--preprocess", family["preprocess"], "--output", family["output"], "--json", "--quiet"]
    began = time.monotonic()
    result = subprocess.run([str(c) for c in [*command, *options]], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"exit {result.returncode}: {result.stderr.strip()}")
    answer = {**json.loads(result.stdout), "wall_seconds": time.monotonic() - began}
    out.write_text(json.dumps(answer))
    images.unlink()
    labels.unlink()
    return answer


def values(answer: dict, measure: str, models: list[str]) -> list[float] | None:
    of = {v["model"]: v[measure] for v in answer["variants"]}
    found = [of[m] for m in models]
    return None if None in found else [v["value"] for v in found]


def judge(dflare: Path, family: dict, runs: int, out: Path) -> bool:
    """Prints the family's table; whether the measure that the order goes by reaches 0.9 and beats accuracy."""
    models = [str(SHARED / v) for v in family["variants"]]
    truth_answer = rank(dflare, family, HELD_OUT, out / f"{family['id']}-truth.json", "--max-seeds", "0", "--corrupted", "26",
                        "--search-seeds", "0", "--seed-filter", "agree", "--time-limit", "0", "--rng-seed", str(TRUTH_SEED))
    truth = values(truth_answer, "corrupted_disagreement", models)
    answers = [rank(dflare, family, RANKED, out / f"{family['id']}-{seed}.json", "--rng-seed", str(seed)) for seed in range(runs)]
    print(f"\n{family['id']}: {len(models)} variants that differ on {100 * min(truth):.2f} to {100 * max(truth):.2f} % of "
          f"{26 * truth_answer['seeds']} held-out images")
    print(f"  seconds a run: {', '.join(format(a['wall_seconds'], '.0f') for a in answers)}; "
          f"seeds searched: {', '.join(str(a['searched']) for a in answers)} of {answers[0]['seeds']}")
    means = {}
    for measure, sign in MEASURES.items():
        found = [values(a, measure, models) for a in answers]
        each = [spearman([sign * v for v in f], truth) for f in found if f is not None]
        if not each:
            print(f"  {measure:<24}  not measured in time")
            continue
        means[measure] = statistics.mean(each)
        print(f"  {measure:<24}  mean {means[measure]:.3f}   {'  '.join(f'{e:.3f}' for e in each)}")
    used = answers[0]["measure"]
    return means[used] >= 0.9 and means[used] > means.get("accuracy", -1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dflare", type=Path, default=ROOT / "build" / "release" / "dflare")
    parser.add_argument("--family", default="", help="part of a family's id")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "rank-families")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    families = [f for f in json.loads((SHARED / "pairs.json").read_text())["families"] if args.family in f["id"]]
    return 0 if all([judge(args.dflare, f, args.runs, args.out) for f in families]) else 1


if __name__ == "__main__":
    sys.exit(main())
