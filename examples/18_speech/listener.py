"""A very small listener: five words, 8000 samples a second. What it hears with is trained by train.py."""

import pathlib

import numpy as np

RATE, STEP, WINDOW, BANDS, AROUND = 8000, 80, 200, 20, 4
WORDS = ["one", "two", "three", "four", "five"]
SILENCE = len(WORDS)
WEIGHTS = pathlib.Path(__file__).resolve().parent / "listener.npz"


def bands_of(samples):
    """Log energies in 20 bands, every 10 ms, each frame with four on either side: frames x 180."""
    samples = np.concatenate([np.zeros(WINDOW), samples, np.zeros(WINDOW)]) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::STEP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames, 256)) ** 2
    edges = np.round(np.geomspace(4, 128, BANDS + 1)).astype(int)
    logs = np.log(np.stack([power[:, a:max(b, a + 1)].sum(axis=1) for a, b in zip(edges[:-1], edges[1:])], axis=1) + 1e-4)
    padded = np.pad(logs, ((AROUND, AROUND), (0, 0)), mode="edge")
    return np.concatenate([padded[i : i + len(logs)] for i in range(2 * AROUND + 1)], axis=1)


def rounded(weights, bits):
    """As whole multiples of one step, 2 ** bits of them: what a quantised model stores."""
    step = np.abs(weights).max() / (2 ** (bits - 1) - 1)
    return np.round(weights / step) * step


class Listener:
    def __init__(self, bits=None):
        self._w = dict(np.load(WEIGHTS))
        if bits:
            self._w = {name: rounded(w, bits) if w.ndim == 2 else w for name, w in self._w.items()}

    def log_p(self, samples):
        """Of each word and of silence, frame by frame."""
        x = (bands_of(np.asarray(samples, float)) - self._w["mean"]) / self._w["std"]
        z = np.maximum(x @ self._w["w1"] + self._w["b1"], 0) @ self._w["w2"] + self._w["b2"]
        z -= z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    def __call__(self, samples):
        """The words, as CTC is read greedily (repeats are one, silence is none), and how sure it is: mean log p."""
        log_p = self.log_p(samples)
        best = log_p.argmax(axis=1)
        heard = [WORDS[b] for i, b in enumerate(best) if b != SILENCE and (i == 0 or best[i - 1] != b)]
        return " ".join(heard), float(log_p.max(axis=1).mean())
