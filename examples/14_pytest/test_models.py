"""What a team's tests say of a compressed model that it ships."""

import os
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1]
ORIGINAL = EXAMPLES / "models/digits-lenet5.onnx"
SHIPPED = EXAMPLES / "models" / os.environ.get("SHIPPED", "digits-lenet5-int8.onnx")
DIGITS = EXAMPLES / "seeds/digits"


def test_it_says_what_the_original_says(dflare):
    dflare.check(ORIGINAL, SHIPPED, seeds=DIGITS, preprocess="unit", max_disagreement=0.02)


def test_what_is_known_of_it_still_holds(dflare):
    search = {"strategy": "boundary", "max_seeds": 10, "max_queries": 60}
    dflare.check(ORIGINAL, SHIPPED, seeds=DIGITS, preprocess="unit", corpus="build/examples/14/corpus", search=search)
