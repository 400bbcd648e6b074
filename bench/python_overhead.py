#!/usr/bin/env python3
"""What Python costs a search: queries a second by paths, by callables around ONNX Runtime sessions and by the command,
and what a callable that does nothing costs a batch.

    python_overhead.py ORIGINAL.onnx COMPRESSED.onnx INPUTS.npy --labels LABELS.npy --preprocess cifar10 [--seeds 200]

All ask the same library by one thread a worker, one after another, `--rounds` times, by wall clock; medians are told. Needs the
packages dflare and onnxruntime; --dflare names the command.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np

import dflare
from dflare.runtimes import onnxruntime_library


def session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    opened = onnxruntime.InferenceSession(path, options)
    name = opened.get_inputs()[0].name
    return lambda batch: opened.run(None, {name: batch})[0]


def rate(summary):
    return summary["queries_per_second"]


def cpu_seconds():
    """Of this process and of those that it ran, all threads together."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measured(way, a):
    before = cpu_seconds()
    summary = way(a)
    queries = summary["queries"]["total"]
    return rate(summary), (cpu_seconds() - before) / queries * 1e6


def by_command(a):
    with tempfile.TemporaryDirectory() as folder:
        command = [a.dflare, "search", a.original, a.compressed, a.inputs, "--preprocess", a.preprocess, "--json", "-q"]
        command += ["--labels", a.labels, "--max-seeds", str(a.seeds), "-o", f"{folder}/run"]
        environment = {**os.environ, "DFLARE_ONNXRUNTIME": onnxruntime_library() or ""}
        return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


def by_paths(a):
    run = dflare.search(
        a.original, a.compressed, a.inputs, a.labels, preprocess=a.preprocess, max_seeds=a.seeds, progress=False
    )
    return run.summary


def by_callables(a):
    how = {"preprocess": f"{a.preprocess},layout={a.layout}", "concurrent": True}
    models = [dflare.Model(session(path), name=name, **how) for path, name in ((a.original, "o"), (a.compressed, "c"))]
    run = dflare.search(*models, np.load(a.inputs), np.load(a.labels), max_seeds=a.seeds, progress=False)
    return run.summary


def empty_batch_microseconds(rows):
    """Of a batch of `rows` images of 32 x 32 x 3 asked of a callable that gives the same zeros: the time beyond the
    search's own, which a search by two functions of the engine's would need too, included."""
    counted = []
    tied = np.zeros((4096, 10), np.float32)
    tied[:, 0] = 1

    def nothing(batch):
        counted.append(time.perf_counter())
        return tied[: len(batch)]

    images = np.zeros((rows * 4, 32, 32, 3), np.uint8)
    dflare.search(
        nothing,
        nothing,
        images,
        strategy="random",
        batch=rows,
        workers=1,
        max_queries=500,
        progress=False,
        seed_filter="agree",
    )
    # Two calls follow each other without the search's work between them: the compressed model is asked right after the
    # original.
    gaps = [later - earlier for earlier, later in zip(counted, counted[1:], strict=False)]
    return statistics.median(sorted(gaps)[: len(gaps) // 2]) * 1e6


def main():
    warnings.simplefilter("ignore")  # two equal models have nothing to find
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("original", "compressed", "inputs"):
        parser.add_argument(name)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--preprocess", default="raw")
    parser.add_argument("--layout", default="nchw")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dflare", default="build/release/dflare")
    a = parser.parse_args()
    ways = {"command": by_command, "paths": by_paths, "callables": by_callables}
    rates = {name: [] for name in ways}
    costs = {name: [] for name in ways}
    for _ in range(a.rounds):
        for name, way in ways.items():
            a_second, cost = measured(way, a)
            rates[name].append(a_second)
            costs[name].append(cost)
    for name, found in rates.items():
        shares = [100 * rate / native for rate, native in zip(found, rates["command"], strict=True)]
        share, cost = statistics.median(shares), statistics.median(costs[name])
        print(f"{name:10} {statistics.median(found):8.0f} queries/s {sorted(map(round, found))}")
        print(f"{'':10} {share:8.1f} % of the command's in the same round {sorted(round(s, 1) for s in shares)}")
        print(f"{'':10} {cost:8.0f} microseconds of CPU a query, start-up included")
    for rows in (1, 16, 64):
        print(f"a callable that does nothing: {empty_batch_microseconds(rows):6.1f} microseconds a batch of {rows}")


if __name__ == "__main__":
    main()
