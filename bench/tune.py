#!/usr/bin/env python3
"""What dflare.tune makes of a model, and whether it holds on images that it has not seen: the figures of docs/tuning.md.

    tune.py ORIGINAL.onnx IMAGES.npy --labels LABELS.npy --preprocess ... [--baseline INT8.onnx] -o FOLDER

Images 1200 to 1455 calibrate, those from 1456 on rank, 0 to 999 judge: the baseline and the variants of the front that
are at most --larger times as large, on --corrupted natural corruptions of each, from another random stream. Without a
baseline it is what ONNX Runtime makes per tensor by MinMax, the recipe of the other 8-bit models.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

import dflare


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("original")
    parser.add_argument("images")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--preprocess", required=True)
    parser.add_argument("--baseline")
    parser.add_argument("--larger", type=float, default=1.1)
    parser.add_argument("--corrupted", type=int, default=13)
    parser.add_argument("-o", "--out", required=True)
    return parser.parse_args()


def judged(a, variants, images, labels):
    files = [variant["file"] for variant in variants]
    how = {"search_seeds": 0, "max_seeds": 0, "corrupted": a.corrupted, "rng_seed": 1, "time_limit": 0}
    ranking = dflare.rank(a.original, images, files, labels, preprocess=a.preprocess, **how)
    return {variant["model"]: variant for variant in ranking["variants"]}


def share(estimate):
    low, high = estimate["interval"]
    return f"{100 * estimate['value']:.2f} % ({100 * low:.2f} to {100 * high:.2f})"


def main():
    a = parsed()
    images, labels = np.load(a.images), np.load(a.labels)
    began = time.monotonic()
    tuned = dflare.tune(
        a.original,
        images[1200:1456],
        images[1456:],
        labels[1456:],
        baseline=[("as given", a.baseline)] if a.baseline else [],
        preprocess=a.preprocess,
        out=a.out,
    )
    took = time.monotonic() - began
    print(tuned)
    print(f"{took:.0f} seconds; the files are in {tuned.folder}")
    base = next(v for v in tuned["variants"] if v["name"] == ("as given" if a.baseline else "static-tensor-minmax-plain"))
    small = [v for v in tuned.front if v["bytes"] <= a.larger * base["bytes"] and v is not base]
    measures = judged(a, [base, *small], images[:1000], labels[:1000])
    was = measures[base["file"]]["corrupted_disagreement"]
    print(f"on {was['of']} images not used, corrupted: {base['name']} differs on {share(was)}")
    for variant in small:
        now = measures[variant["file"]]["corrupted_disagreement"]
        print(
            f"  {variant['name']}: {share(now)}, {100 * (1 - now['value'] / was['value']):.0f} % less, "
            f"{variant['bytes'] / base['bytes']:.2f} times the size, {variant['milliseconds']:.3f} ms"
        )
    Path(a.out, "judged.json").write_text(json.dumps(measures, indent=2) + "\n")


if __name__ == "__main__":
    main()
