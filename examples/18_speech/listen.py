"""Answers dflare what it hears: python3 listen.py [BITS]. BITS rounds the weights, as a compression does."""

import pathlib
import sys

from listener import RATE, Listener

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "08_exec"))
from dflare_exec import serve  # noqa: E402

bits = int(sys.argv[1]) if len(sys.argv) > 1 else None
listener = Listener(bits)


def answer(sounds):
    heard = [listener(samples) for samples in sounds]
    return [words for words, _ in heard], [[sure] for _, sure in heard]


serve(answer, shape=(4 * RATE,), outputs=[("said", (128,), "text"), ("log_p", (1,))], kind="audio", rate=RATE,
      runtime=f"listener, {bits or 32} bits")
