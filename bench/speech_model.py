"""Whisper in CTranslate2 as a model for dflare: sounds in, words and how sure it is of them out.

    dflare search "exec:python3 bench/speech_model.py FOLDER float32" "exec:python3 bench/speech_model.py FOLDER int8" clips/ \
        --oracle transcript

FOLDER holds a Whisper of English as CTranslate2 reads it (model.bin, config.json, tokenizer.json, vocabulary.txt). Greedy, one
thread, without time stamps. Needs faster-whisper."""

import math
import sys
from pathlib import Path

import ctranslate2
import faster_whisper
import numpy as np
from faster_whisper import WhisperModel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples/08_exec"))
from dflare_exec import serve

RATE, SECONDS, LONGEST_TEXT = 16000, 30, 1024


class Listener:
    def __init__(self, folder, compute_type):
        self._model = WhisperModel(folder, device="cpu", compute_type=compute_type, cpu_threads=1)

    def __call__(self, sounds):
        """What is said in each, and the mean log-probability of its tokens (0 where nothing is)."""
        said, log_p = [], []
        for samples in sounds:
            segments, _ = self._model.transcribe(
                samples.astype(np.float32) / 32768, language="en", beam_size=1, temperature=0.0,
                without_timestamps=True, condition_on_previous_text=False)
            segments = list(segments)
            tokens = sum(len(s.tokens) for s in segments)
            said.append(" ".join(s.text.strip() for s in segments))
            sure = sum(s.avg_logprob * len(s.tokens) for s in segments) / max(tokens, 1)
            log_p.append([sure if math.isfinite(sure) else 0.0])
        return said, log_p


if __name__ == "__main__":
    listener = Listener(sys.argv[1], sys.argv[2])
    serve(listener, shape=(RATE * SECONDS,), outputs=[("said", (LONGEST_TEXT,), "text"), ("log_p", (1,))], kind="audio",
          rate=RATE, runtime=f"faster-whisper {faster_whisper.__version__}, CTranslate2 {ctranslate2.__version__}")
