#!/usr/bin/env python3
"""How much faster two actors of Ray search than one, on this machine: wall clock of whole calls, actors' start included,
in turns; and that both leave the same findings.

    ray_actors.py ORIGINAL.onnx COMPRESSED.onnx INPUTS.npy --labels LABELS.npy --preprocess unit [--rounds 5]

Needs the packages dflare and ray.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import ray

import dflare


def seconds(a, actors, out):
    began = time.perf_counter()
    run = dflare.ray.search(
        a.original,
        a.compressed,
        a.inputs,
        a.labels,
        out=out,
        actors=actors,
        preprocess=a.preprocess,
        max_seeds=a.seeds,
        max_queries=a.queries,
        strategy=a.strategy,
        progress=False,
    )
    took = time.perf_counter() - began
    found = [(f.seed_index, f.png) for f in run]
    shutil.rmtree(out)
    return took, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("original", "compressed", "inputs"):
        parser.add_argument(name)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--preprocess", default="raw")
    parser.add_argument("--strategy", default="dflare")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    a = parser.parse_args()
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    times = {1: [], 2: []}
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        seconds(a, 2, Path(folder, "first"))  # what Ray starts once
        for _ in range(a.rounds):
            for actors, took in times.items():
                one, found = seconds(a, actors, Path(folder, "run"))
                took.append(one)
                findings.append(found)
    assert all(found == findings[0] for found in findings), "findings differ"
    for actors, took in times.items():
        print(f"{actors} actors: {statistics.median(took):6.1f} s {sorted(round(t, 1) for t in took)}")
    ratios = [one / two for one, two in zip(*times.values(), strict=True)]
    print(f"speed-up of two: {statistics.median(ratios):.2f} {sorted(round(r, 2) for r in ratios)}")
    print(f"{len(findings[0])} findings, the same each time")


if __name__ == "__main__":
    main()
