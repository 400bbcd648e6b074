"""Draws docs/boundary.svg: both models' margins along a blend path, and the gap between their flips.

    pip install numpy pillow onnxruntime matplotlib
    python docs/figures/boundary.py
"""
import pathlib

import matplotlib
import numpy as np
import onnxruntime
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORIGINAL = ROOT / "examples/models/digits-lenet5.onnx"
COMPRESSED = ROOT / "examples/models/digits-lenet5-prune80.onnx"
SEED = ROOT / "examples/seeds/digits/6/20.png"
END_POINT = ROOT / "examples/seeds/digits/5/07.png"
LABEL = 6
STEPS = 4096


def read(path):
    return np.asarray(Image.open(path).convert("L"), dtype=np.int64)


def blend(start, end, t, dither):
    """The path of src/strategy/blend_path.cpp, with a dither of NumPy's."""
    return start + ((np.rint(t * 65536).astype(np.int64) * (end - start) + dither) >> 16)


def logits(model, images):
    session = onnxruntime.InferenceSession(str(model))
    taken = session.get_inputs()[0]
    batch = (images / 255.0).astype(np.float32)
    batch = batch[:, None] if taken.shape[1] == 1 else batch[..., None]
    return np.concatenate([session.run(None, {taken.name: row[None]})[0] for row in batch])


def margin(rows):
    """log p(label) - max over the others: of logits the same as of log-probabilities."""
    if np.allclose(rows.sum(axis=1), 1, atol=0.02) and rows.min() >= 0:
        rows = np.log(np.maximum(rows, 1e-12))
    return rows[:, LABEL] - np.delete(rows, LABEL, axis=1).max(axis=1)


def first_flip(t, margins):
    return t[np.argmax(margins <= 0)]


def thumbnail(figure, image, title, left):
    axes = figure.add_axes((left, 0.77, 0.13, 0.17))
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=8)
    axes.axis("off")


def main():
    start, end = read(SEED), read(END_POINT)
    dither = np.random.default_rng(1).integers(0, 65536, start.shape)
    t = np.linspace(0, 1, STEPS + 1)
    path = np.stack([blend(start, end, at, dither) for at in t])
    original, compressed = logits(ORIGINAL, path), logits(COMPRESSED, path)
    flips = sorted((first_flip(t, margin(original)), first_flip(t, margin(compressed))))
    middle = int(round(STEPS * sum(flips) / 2))
    says = [int(model[middle].argmax()) for model in (original, compressed)]
    print(f"flips at {flips[0]:.4f} and {flips[1]:.4f}; between them the original says {says[0]}, the compressed {says[1]}")

    plt.rcParams.update({"svg.hashsalt": "dflare", "svg.fonttype": "none", "font.size": 9})
    figure = plt.figure(figsize=(7, 4.6))
    axes = figure.add_axes((0.1, 0.11, 0.86, 0.6))
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.axvspan(*flips, color="#f2c14e", alpha=0.6, label=f"the gap: labels differ, t = {flips[0]:.3f} to {flips[1]:.3f}")
    axes.plot(t[::16], margin(original)[::16], color="#1f4e79", label="original")
    axes.plot(t[::16], margin(compressed)[::16], color="#b23a48", label="compressed (80 % pruned)")
    axes.set_xlim(0, 1)
    axes.set_xlabel("t: place on the path from the seed (0) to the end point (1)")
    axes.set_ylabel(f"margin of label {LABEL}, natural log units")
    axes.legend(frameon=False, loc="upper right")
    thumbnail(figure, start, "seed (t = 0)", 0.06)
    thumbnail(figure, path[middle], f"t = {t[middle]:.3f}: original {says[0]}, compressed {says[1]}",
              0.035 + 0.86 * sum(flips) / 2)
    thumbnail(figure, end, "end point (t = 1)", 0.85)
    figure.savefig(ROOT / "docs/boundary.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
