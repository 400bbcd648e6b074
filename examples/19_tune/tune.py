"""Compresses the digits' model in many ways, and tells which of them are worth having."""

from pathlib import Path

import numpy as np
from PIL import Image

import dflare

files = sorted(Path("examples/seeds/digits").glob("*/*.png"))
images = np.stack([np.asarray(Image.open(file).convert("L")) for file in files])
labels = np.array([int(file.parent.name) for file in files])

tuned = dflare.tune(
    "examples/models/digits-lenet5.onnx",
    images[::3],  # ranges of activations are taken from these
    images[1::3],  # variants are ranked by these
    labels[1::3],
    held_out=images[2::3],  # and the best of them looked at once more by these
    held_out_labels=labels[2::3],
    baseline=[("as it was", "examples/models/digits-lenet5-int8.onnx")],
    preprocess="unit",
    max_seeds=40,
    out="build/examples/tune",
)
print(tuned)

was = next(variant for variant in tuned["variants"] if variant["baseline"])
best = tuned.best(max_bytes=1.1 * was["bytes"])
print(f"of at most 1.1 times the size of the model as it was: {best['name']}, {best['file']}")
print(f"boundary shift {best['boundary_shift']['value']:.3f} instead of {was['boundary_shift']['value']:.3f}")
