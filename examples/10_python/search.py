"""Searches a pair of models that Python asks: two ONNX Runtime sessions, as callables, on images in memory."""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

import dflare

MODELS = Path("examples/models")
SEEDS = Path("examples/seeds/digits")  # a folder a class


def model(file: str) -> dflare.Model:
    """A session that computes in one thread: the search has its own."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(MODELS / file, options)
    name = session.get_inputs()[0].name

    def ask(batch: np.ndarray) -> np.ndarray:  # float32 N x 1 x 28 x 28 in, N x 10 scores out
        return session.run(None, {name: batch})[0]

    return dflare.Model(ask, preprocess="unit,layout=nchw", name=Path(file).stem, concurrent=True)


images = [(Image.open(file), int(file.parent.name)) for file in sorted(SEEDS.glob("*/*.png"))]
run = dflare.search(
    model("digits-lenet5.onnx"), model("digits-lenet5-prune80.onnx"), images, max_seeds=40, out=sys.argv[1]
)

print(run)
worst = max(run, key=lambda finding: finding.severity)
changed = np.abs(worst.input.astype(int) - worst.seed)
answers = f"{worst.label_original} for the original, {worst.label_compressed} for the compressed model"
print(f"{worst.source} is a {worst.label}: {answers};")
print(f"{np.count_nonzero(changed)} pixels differ from it, reached by {worst.how}")
