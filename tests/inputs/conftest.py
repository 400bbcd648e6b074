"""dflare's reading and resizing, beside what Pillow and OpenCV make of the same files."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIT_FOLDER = Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare")).parent / "tests/fit_folder"


@pytest.fixture(scope="session")
def fitted(tmp_path_factory):
    """fitted(FOLDER, (HEIGHT, WIDTH, CHANNELS), PREPROCESS...): for each, {file: u8 image} as a model would get it."""

    def run(folder, shape, *preprocess):
        out = tmp_path_factory.mktemp("fitted") / "fitted.npy"
        ran = subprocess.run([FIT_FOLDER, folder, "x".join(map(str, shape)), out, *preprocess], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        names = sorted(file.name for file in folder.iterdir())
        return [dict(zip(names, images)) for images in np.load(out)]

    return run
