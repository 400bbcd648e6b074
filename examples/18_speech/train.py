"""Makes clips/ and listener.npz, both of this folder: python3 train.py. NumPy alone, a minute.

Words are spoken by a synthesiser of two formants over a buzzing voice, at random pitch, tempo and loudness, with noise.
"""

import pathlib
import struct

import numpy as np
from listener import RATE, SILENCE, STEP, WEIGHTS, WORDS, bands_of

HERE = pathlib.Path(__file__).resolve().parent
# Two formants in Hz at a word's beginning, middle and end.
FORMANTS = {
    "one": [(350, 800), (600, 1200), (400, 1500)],
    "two": [(400, 1900), (320, 1000), (300, 850)],
    "three": [(450, 1300), (300, 2200), (280, 2400)],
    "four": [(500, 1000), (520, 850), (480, 1300)],
    "five": [(700, 1300), (650, 1700), (350, 2100)],
}


def resonated(wave, formant, width):
    """One resonance whose frequency moves: two poles, sample by sample."""
    out = np.zeros(len(wave))
    r = np.exp(-np.pi * width / RATE)
    a1, a2 = 2 * r * np.cos(2 * np.pi * formant / RATE), -r * r
    for i in range(len(wave)):
        out[i] = (1 - r) * wave[i] + a1[i] * out[i - 1] + a2 * out[i - 2]
    return out


def spoken(word, rng):
    n = int(RATE * rng.uniform(0.22, 0.38))
    pitch = rng.uniform(85, 220) * (1 + 0.1 * np.sin(np.linspace(0, rng.uniform(1, 4), n)))
    voice = 2 * (np.cumsum(pitch / RATE) % 1) - 1 + 0.05 * rng.standard_normal(n)
    place = np.linspace(0, 1, n)
    speaker = rng.uniform(0.92, 1.1)
    tracks = [speaker * np.interp(place, [0, 0.45, 1], [point[i] for point in FORMANTS[word]]) for i in range(2)]
    wave = resonated(voice, tracks[0], 80) + 0.8 * resonated(voice, tracks[1], 110)
    return wave * np.sin(np.pi * np.clip(place, 0.02, 0.98)) ** 0.5 / np.abs(wave).max()


def sentence(words, rng, noise):
    """Samples, and what is said at each: a word, or silence."""
    parts, said = [], []
    for word in words:
        gap = np.zeros(int(RATE * rng.uniform(0.06, 0.16)))
        wave = spoken(word, rng)
        parts += [gap, wave]
        said += [np.full(len(gap), SILENCE), np.full(len(wave), WORDS.index(word))]
    parts.append(np.zeros(RATE // 10))
    said.append(np.full(RATE // 10, SILENCE))
    wave = np.concatenate(parts)
    wave = rng.uniform(0.2, 0.7) * wave + noise * rng.standard_normal(len(wave))
    return np.clip(np.round(32767 * wave), -32768, 32767).astype("<i2"), np.concatenate(said)


def write_wav(path, samples):
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + samples.nbytes, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16,
                       b"data", samples.nbytes)
    path.write_bytes(head + samples.tobytes())


def frames_of(count, rng):
    xs, ys = [], []
    for _ in range(count):
        samples, said = sentence(rng.choice(WORDS, rng.integers(2, 6)), rng, 10 ** rng.uniform(-4, -2))
        x = bands_of(samples.astype(float))
        at = np.clip(STEP * np.arange(len(x)) - 100, 0, len(said) - 1)  # the middle of each window
        xs.append(x)
        ys.append(said[at])
    return np.concatenate(xs), np.concatenate(ys)


def trained(x, y, rng, hidden=24, rounds=1500):
    mean, std = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / std
    w = {"w1": rng.standard_normal((x.shape[1], hidden)) / 14, "b1": np.zeros(hidden),
         "w2": rng.standard_normal((hidden, SILENCE + 1)) / 5, "b2": np.zeros(SILENCE + 1)}
    m, v = ({name: np.zeros_like(a) for name, a in w.items()} for _ in range(2))
    for t in range(1, rounds + 1):
        rows = rng.integers(0, len(x), 512)
        h = np.maximum(x[rows] @ w["w1"] + w["b1"], 0)
        z = h @ w["w2"] + w["b2"]
        d = np.exp(z - z.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[np.arange(512), y[rows]] -= 1
        d /= 512
        dh = d @ w["w2"].T * (h > 0)
        slopes = {"w2": h.T @ d, "b2": d.sum(axis=0), "w1": x[rows].T @ dh, "b1": dh.sum(axis=0)}
        for name, slope in slopes.items():  # Adam
            m[name] = 0.9 * m[name] + 0.1 * slope
            v[name] = 0.999 * v[name] + 0.001 * slope**2
            w[name] -= 0.004 * (m[name] / (1 - 0.9**t)) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
    return {**w, "mean": mean, "std": std}


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    weights = trained(*frames_of(400, rng), rng)
    np.savez_compressed(WEIGHTS, **{name: a.astype(np.float32) for name, a in weights.items()})
    (HERE / "clips").mkdir(exist_ok=True)
    for name, words in (("lift", ["four", "one", "two"]), ("door", ["three", "five", "one", "four"])):
        write_wav(HERE / "clips" / f"{name}.wav", sentence(words, rng, 1e-3)[0])
