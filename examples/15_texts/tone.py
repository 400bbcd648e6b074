"""Is a message friendly? Answers dflare from the words it holds: python3 tone.py [STEP]

Each word adds its weight to «friendly»; what is shouted adds to «unfriendly». STEP rounds the weights, as a compression
does. A tokenizer and a network would stand here for yours.
"""

import math
import pathlib
import re
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "08_exec"))
from dflare_exec import serve  # noqa: E402

WEIGHTS = {
    "thanks": 1.7, "thank": 1.6, "great": 1.4, "please": 1.3, "love": 1.9, "lovely": 1.7, "glad": 1.2, "happy": 1.4,
    "kind": 1.1, "welcome": 1.2, "good": 0.9, "nice": 1.1, "well": 0.4, "help": 0.3, "fine": 0.6, "sorry": 0.7,
    "not": -0.6, "never": -0.8, "no": -0.4, "late": -0.9, "broken": -1.3, "wrong": -1.2, "bad": -1.4, "worst": -2.1,
    "useless": -1.8, "angry": -1.6, "again": -0.3, "waiting": -0.7, "still": -0.4, "why": -0.3, "terrible": -1.9,
    "rude": -1.7, "refund": -0.6, "cold": -0.5, "slow": -0.7,
}  # fmt: skip
STEP = float(sys.argv[1]) if len(sys.argv) > 1 else 0


def weight(word):
    exact = WEIGHTS.get(word, 0.0)
    return STEP * round(exact / STEP) if STEP else exact


def friendly(text):
    words = re.findall(r"[^\W\d_]+", text)
    shouted = sum(len(word) > 2 and word.isupper() for word in words) + 0.25 * text.count("!!")
    return sum(weight(word.lower()) for word in words) / math.sqrt(len(words) + 1) - 0.3 * shouted + 0.05


def answer(texts):
    scores = numpy.array([friendly(text) for text in texts])
    return numpy.stack([-scores, scores], axis=1)


serve(answer, shape=(1024,), outputs=[("scores", (2,))], kind="text", runtime=f"tone, step {STEP:g}")
