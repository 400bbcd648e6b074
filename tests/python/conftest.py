"""The package is the one that `./dev` builds in build/release/python, unless dflare can be imported already."""

import importlib.util
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
if importlib.util.find_spec("dflare") is None:
    sys.path.insert(0, str(ROOT / "build/release/python"))
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], os.environ.get("PYTHONPATH", "")])

from dflare.runtimes import onnxruntime_library  # noqa: E402

# Findings are compared with the command's and with sessions of this Python's onnxruntime: one library for all.
if library := onnxruntime_library():
    os.environ["DFLARE_ONNXRUNTIME"] = library

MODELS = ROOT / "examples/models"
DIGITS = ROOT / "examples/seeds/digits"
ORIGINAL = MODELS / "digits-lenet5.onnx"
COMPRESSED = MODELS / "digits-lenet5-int8.onnx"


@pytest.fixture(autouse=True)
def heard_interrupts():
    """As in a terminal, also where whoever runs the tests ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def digits():
    """60 images, uint8 60 x 28 x 28, and their labels."""
    from PIL import Image

    files = sorted(DIGITS.glob("*/*.png"))[::5]
    images = np.stack([np.asarray(Image.open(file).convert("L")) for file in files])
    return images, np.array([int(file.parent.name) for file in files])


@pytest.fixture(scope="session")
def command():
    return Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare"))


def linear(coarse=0.0, shape=(8, 8, 1), classes=4):
    """Scores of a fixed random linear map, its weights rounded to steps of `coarse`: two disagree near a boundary."""
    weights = np.random.default_rng(1).normal(size=(int(np.prod(shape)), classes))
    if coarse:
        weights = np.round(weights / coarse) * coarse

    def scores(batch):
        # One row at a time: a product of matrices may round a row otherwise beside others.
        return np.stack([row.reshape(-1).astype(np.float64) @ weights for row in batch]) / 256

    return scores


@pytest.fixture
def images():
    return np.random.default_rng(2).integers(0, 256, size=(12, 8, 8, 1), dtype=np.uint8)


@pytest.fixture
def toys():
    return linear(), linear(coarse=0.37)
