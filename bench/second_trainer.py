#!/usr/bin/env python3
"""The paper's repair with a second trainer: is its harm the method's, or that of how its head is trained?

    bench/second_trainer.py [--seeds N] [--held-out N] [--run-seeds N] [--only PAIR] [--csv FILE]

Searches 500 inputs of pairs of ONNX models by `dflare`, as the authors' code, one finding a seed. Two heads of the paper's kind learn
from the compressed model's probabilities for seeds and findings, with the original's labels: that of `dflare repair --method
drepair`, and scikit-learn's MLPClassifier as it comes. Repaired: findings of held-out seeds that a head sets right, five
folds over the seeds. Induced: held-out seeds that it spoils, a seed. Beside them how the disagreement changes on inputs that
were not searched, as they are and under corruptions (the images of `dflare profile`, the same for both heads).

Needs the shared data ($DFLARE_SHARED, else ../shared beside this repository), what bench/experiments/requirements.txt lists,
onnxruntime, and the package: PYTHONPATH=build/release/python.
"""
from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import warnings
from pathlib import Path

import dflare
import numpy as np
import onnxruntime
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from pairs import SHARED, pairs, show

PAIRS = ["mnist-lenet1-int8", "mnist-lenet5-int8", "mnist-lenet5-prune80", "mnist-cnn-prune80", "cifar10-resnet20-int8",
         "cifar10-resnet20-prune60"]
FOLDS = 5
TRAINERS = ["dflare", "scikit-learn"]
COLUMNS = ["pair", "run seed", "seeds", "findings", "differ, clean, %", "differ, corrupted, %"] + [
    f"{trainer}: {what}" for trainer in TRAINERS
    for what in ("repaired, %", "induced a seed, %", "clean, points", "corrupted, points")]


class Recorded:
    """A model that keeps the probabilities of every image that it was asked, by the image's bytes."""

    def __init__(self, path: Path, preprocess: str, output: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0]
        self.logits = output == "logits"
        self.preprocess = preprocess
        self.answers: dict[bytes, np.ndarray] = {}

    def __call__(self, images: np.ndarray) -> np.ndarray:
        scores = self.session.run(None, {self.input.name: self._filled(images)})[0].reshape(len(images), -1)
        p = scores
        if self.logits:
            e = np.exp(scores - scores.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
        self.answers.update(zip((image.tobytes() for image in images), p))
        return scores

    def _filled(self, images: np.ndarray) -> np.ndarray:
        numbers = {}
        for part in self.preprocess.split(","):
            name, _, value = part.partition("=")
            numbers[name] = np.array([float(v) for v in value.split(":")], np.float32)
        x = (images.astype(np.float32) / numbers["scale"] - numbers.get("mean", 0)) / numbers.get("std", 1)
        return np.ascontiguousarray(x.transpose(0, 3, 1, 2) if self.input.shape[1] in (1, 3) else x, np.float32)

    def of(self, images: list[np.ndarray]) -> np.ndarray:
        for first in range(0, len(images), 64):
            self(np.stack(images[first:first + 64]))
        return np.stack([self.answers[image.tobytes()] for image in images])


def search(pair: dict, seeds: int, rng_seed: int, out: Path) -> dflare.Run:
    return dflare.search(str(SHARED / pair["original"]), str(SHARED / pair["compressed"]), str(SHARED / pair["images"]),
                         str(SHARED / pair["labels"]), out=out, max_seeds=seeds, strategy="dflare", fitness="reference",
                         selection="reference", operators="reference", ties="count", seed_filter="agree",
                         max_queries=1000, rng_seed=rng_seed, preprocess=pair["preprocess"],
                         output=pair["output"])


def perceptron(p: np.ndarray, labels: np.ndarray, rng_seed: int) -> MLPClassifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # as it comes, it stops after 200 rounds
        return MLPClassifier(random_state=rng_seed).fit(p, labels)


def cross_validated(p: np.ndarray, labels: np.ndarray, seed_of: np.ndarray, is_finding: np.ndarray,
                    rng_seed: int) -> tuple[float, float]:
    """Shares of the findings that held-out heads set right, and of the seeds that they spoil, in percent."""
    seeds = np.random.default_rng(rng_seed).permutation(np.unique(seed_of))
    said = np.empty_like(labels)
    for fold in range(FOLDS):
        held = np.isin(seed_of, seeds[fold::FOLDS])
        said[held] = perceptron(p[~held], labels[~held], rng_seed).predict(p[held])
    agreed = ~is_finding & (p.argmax(axis=1) == labels)
    return 100 * np.mean(said[is_finding] == labels[is_finding]), 100 * np.mean(said[agreed] != labels[agreed])


def stored_head(file: Path):
    layers = json.loads(file.read_text())["layers"]

    def label(p: np.ndarray) -> np.ndarray:
        x = p.astype(np.float64)
        for layer in layers:
            x = x @ np.reshape(layer["weights"], (layer["outputs"], layer["inputs"])).T + layer["bias"]
            x = {"none": lambda v: v, "relu": lambda v: np.maximum(v, 0), "tanh": np.tanh}[layer["activation"]](x)
        return x.argmax(axis=1)

    return label


def measure(pair: dict, seeds: int, held_out: int, rng_seed: int) -> list:
    original, compressed = (Recorded(SHARED / pair[side], pair["preprocess"], pair["output"])
                            for side in ("original", "compressed"))
    with tempfile.TemporaryDirectory() as folder:
        run = search(pair, seeds, rng_seed, Path(folder) / "run")
        found = [f for f in run if f.kind != "natural"]
        searched = sorted({f.seed_index for f in found})
        rows = [run.inputs[i] for i in searched] + [f.input for f in found]
        seed_of = np.array(searched + [f.seed_index for f in found])
        is_finding = np.arange(len(rows)) >= len(searched)
        ours = dflare.repair(run, method="drepair", repeats=1, corrupted=1, force=True, out=Path(folder) / "repair")
        head = stored_head(Path(folder) / "repair" / "head.json")
    labels, p = original.of(rows).argmax(axis=1), compressed.of(rows)
    paper = ours["paper"]["repeats"][0]
    theirs = perceptron(p, labels, rng_seed)
    images = np.load(SHARED / pair["images"])[-held_out:]
    if len(run.inputs) - held_out <= max(searched):
        raise SystemExit(f"{pair['id']}: inputs held out were searched; use fewer by --held-out or --seeds")
    for model in (original, compressed):
        model.answers.clear()
    dflare.profile(original, compressed, images, output=pair["output"], rng_seed=rng_seed, time_limit=0)
    clean = {image.tobytes() for image in images}
    shares, changes = [], {trainer: [] for trainer in TRAINERS}
    for wanted in (True, False):
        keys = [key for key in compressed.answers if (key in clean) == wanted and key in original.answers]
        truth = np.stack([original.answers[k] for k in keys]).argmax(axis=1)
        answer = np.stack([compressed.answers[k] for k in keys])
        before = np.mean(answer.argmax(axis=1) != truth)
        shares.append(100 * before)
        for trainer, label in (("dflare", head), ("scikit-learn", theirs.predict)):
            changes[trainer].append(100 * (np.mean(label(answer) != truth) - before))
    measured = {"dflare": (100 * paper["repaired"] / paper["deviations"], 100 * paper["induced"] / paper["seeds"]),
                "scikit-learn": cross_validated(p, labels, seed_of, is_finding, rng_seed)}
    return [pair["id"], rng_seed, len(searched), len(found), *shares] + [
        value for trainer in TRAINERS for value in (*measured[trainer], *changes[trainer])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="pairs whose name contains this")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--held-out", type=int, default=100, help="inputs that the harm is measured on, the last of the set")
    parser.add_argument("--run-seeds", type=int, default=1, help="run seeds 0 to N-1")
    parser.add_argument("--csv", type=Path, help="file for the figures")
    args = parser.parse_args()
    if not (SHARED / "pairs.json").exists():
        print(f"no pairs.json in {SHARED}: set DFLARE_SHARED", file=sys.stderr)
        return 2
    widths = [26] + [max(8, len(name)) for name in COLUMNS[1:]]
    show(COLUMNS, widths)
    rows = []
    for pair in sorted((p for p in pairs(args.only) if p["id"] in PAIRS), key=lambda p: PAIRS.index(p["id"])):
        for rng_seed in range(args.run_seeds):
            rows.append(measure(pair, args.seeds, args.held_out, rng_seed))
            show([float(c) if isinstance(c, np.floating) else c for c in rows[-1]], widths)
    if args.csv:
        with args.csv.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([f"{c:.4g}" if isinstance(c, float) else c for c in row] for row in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
