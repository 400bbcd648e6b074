"""How far a written digit leans, as one number: 0 upright, 0.5 by half a column a row. A model of a quantity.

    python3 slant.py [LEVELS]    # with LEVELS, of pixels rounded to so many grey levels: a compressed version
"""
import pathlib
import sys

import numpy

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "08_exec"))
from dflare_exec import serve

LEVELS = int(sys.argv[1]) if len(sys.argv) > 1 else 256
ROWS, COLUMNS = numpy.mgrid[0:28, 0:28]


def answer(images):
    ink = numpy.round(images[..., 0] / 255 * (LEVELS - 1)) / (LEVELS - 1)
    weight = ink / numpy.maximum(ink.sum((1, 2), keepdims=True), 1e-6)
    rows = ROWS - (weight * ROWS).sum((1, 2), keepdims=True)
    columns = COLUMNS - (weight * COLUMNS).sum((1, 2), keepdims=True)
    along = (weight * rows * columns).sum((1, 2))
    spread = numpy.maximum((weight * rows * rows).sum((1, 2)), 1e-6)
    return -(along / spread)[:, None]


serve(answer, shape=(28, 28, 1), outputs=[("slant", (1,))], kind="u8")
