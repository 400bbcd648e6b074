"""What the tests of the command share: the binary, models, small images, and runs."""
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
DFLARE = pathlib.Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare"))
# Built with AddressSanitizer: several times slower, tells crashes itself and wants to be the first library.
SANITIZED = DFLARE.exists() and b"__asan_init" in DFLARE.read_bytes()
MODELS = ROOT / "tests/models"
OWN_MODELS = pathlib.Path(__file__).parent / "models"
DIGITS = ROOT / "examples/seeds/digits"
LENET = ROOT / "examples/models/digits-lenet5.onnx"
LENET_INT8 = ROOT / "examples/models/digits-lenet5-int8.onnx"
LENET_PRUNED = ROOT / "examples/models/digits-lenet5-prune80.onnx"


class Result:
    """How the command ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def dflare(*arguments, timeout=120, env=None, cwd=None, **kwargs):
    done = subprocess.run([DFLARE, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, cwd=cwd,
                          env={**os.environ, **(env or {})}, **kwargs)
    return Result(done.returncode, done.stdout, done.stderr)


def search(original, compressed, seeds, run, *options, **kwargs):
    return dflare("search", original, compressed, seeds, "-o", run, *options, **kwargs)


def digits_search(run, *options, compressed=LENET_PRUNED, seeds=DIGITS, **kwargs):
    """A search of the example pair, short unless told otherwise; findings follow from the options alone."""
    return search(LENET, compressed, seeds, run, "--preprocess", "unit", "--max-queries", 60, *options, **kwargs)


def summary_of(run):
    return json.loads((pathlib.Path(run) / "summary.json").read_text())


def findings_of(run, target):
    """The confirmed findings, without what depends on the clock."""
    assert dflare("export", run, "--format", "jsonl", "-o", target).code == 0
    rows = [json.loads(line) for line in pathlib.Path(target).read_text().splitlines()]
    for row in rows:
        row.pop("seconds", None)
    return rows


def pixels_of(run, folder):
    """Images, seeds and labels of the confirmed findings, byte for byte."""
    assert dflare("export", run, "--format", "npy", "-o", folder).code == 0
    return [(pathlib.Path(folder) / f"{name}.npy").read_bytes() for name in ("inputs", "seeds", "labels")]


def small_images(folder, count=6, size=8, mode="L"):
    """Noise without bright pixels, as PNG files."""
    rng = np.random.default_rng(1)
    folder.mkdir(parents=True, exist_ok=True)
    channels = () if mode == "L" else (3,)
    for i in range(count):
        array = rng.integers(0, 120, (size, size, *channels), dtype=np.uint8)
        Image.fromarray(array).save(folder / f"{i:02}.png")
    return folder


@pytest.fixture(scope="session", autouse=True)
def the_binary_is_there():
    if not DFLARE.exists():
        pytest.exit(f"{DFLARE} is not there: build it, or set DFLARE_BIN", returncode=2)


@pytest.fixture
def seeds(tmp_path):
    return small_images(tmp_path / "seeds")


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A complete search of the example pair."""
    run = tmp_path_factory.mktemp("finished") / "run"
    result = digits_search(run, "--max-seeds", 60, "--quiet")
    assert result.code == 0, result
    return run
