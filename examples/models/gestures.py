"""Makes the gesture models and inputs of the examples: python gestures.py (numpy, onnx, onnxruntime; some seconds).

A gesture is 32 readings of a three-axis accelerometer, in g: made up, with random size, speed, turn and noise.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

HERE = pathlib.Path(__file__).parent
SEEDS = HERE.parent / "seeds"
CLASSES = ["rest", "tap", "shake", "circle", "circle back", "lift"]
ROWS, AXES, HIDDEN = 32, 3, 24


def gesture(rng, kind):
    t = np.linspace(0, 1, ROWS)
    size, speed, begin = rng.uniform(0.5, 1.5), rng.uniform(0.8, 1.25), rng.uniform(-0.15, 0.15)
    turns = 2 * np.pi * (2 * speed * t + begin)
    at = np.exp(-((t - 0.5 - begin) / 0.08) ** 2)
    x, y, z = {
        "rest": (0 * t, 0 * t, 0 * t),
        "tap": (0 * t, 0 * t, -2 * at),
        "shake": (np.sin(3 * turns), 0 * t, 0 * t),
        "circle": (np.cos(turns), np.sin(turns), 0 * t),
        "circle back": (np.cos(turns), -np.sin(turns), 0 * t),
        "lift": (0 * t, 0 * t, np.sin(np.pi * np.clip(speed * (t - begin), 0, 1) * 2)),
    }[CLASSES[kind]]
    tilt = rng.normal(0, 0.2, 2)
    readings = size * np.stack([x, y, z], 1) + [tilt[0], tilt[1], 1]
    return readings + rng.normal(0, 0.15, readings.shape)


def gestures(seed, count):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(CLASSES), count)
    return np.array([gesture(rng, k) for k in labels], np.float32), labels.astype(np.int64)


def train(x, labels, seed, steps=1500, rate=0.003):
    """Two dense layers, by Adam."""
    rng = np.random.default_rng(seed)
    x = x.reshape(len(x), -1)
    w = [rng.normal(0, 0.1, (x.shape[1], HIDDEN)), np.zeros(HIDDEN), rng.normal(0, 0.1, (HIDDEN, len(CLASSES))),
         np.zeros(len(CLASSES))]
    first, second = [np.zeros_like(p) for p in w], [np.zeros_like(p) for p in w]
    for step in range(1, steps + 1):
        pick = rng.integers(0, len(x), 64)
        hidden = np.maximum(x[pick] @ w[0] + w[1], 0)
        scores = hidden @ w[2] + w[3]
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(64), labels[pick]] -= 1
        back = (p @ w[2].T) * (hidden > 0)
        for i, g in enumerate([x[pick].T @ back, back.sum(0), hidden.T @ p, p.sum(0)]):
            g = g / 64 + 1e-4 * w[i]
            first[i] = 0.9 * first[i] + 0.1 * g
            second[i] = 0.999 * second[i] + 0.001 * g * g
            w[i] -= rate * (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
    return [p.astype(np.float32) for p in w]


def model_of(weights):
    names = ["w1", "b1", "w2", "b2"]
    nodes = [
        helper.make_node("Flatten", ["readings"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w1", "b1"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Gemm", ["r", "w2", "b2"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes, "gestures", [helper.make_tensor_value_info("readings", TensorProto.FLOAT, ["N", ROWS, AXES])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", len(CLASSES)])],
        [numpy_helper.from_array(w, n) for w, n in zip(weights, names)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Calibration(CalibrationDataReader):
    def __init__(self, x):
        self.rows = iter(x)

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"readings": row[None]}


def main():
    x, labels = gestures(1, 4000)
    original, compressed = HERE / "gestures-mlp.onnx", HERE / "gestures-mlp-int8.onnx"
    onnx.save(model_of(train(x, labels, 2)), original)
    quantize_static(original, compressed, Calibration(x[:200]), quant_format=QuantFormat.QDQ,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    seeds, truth = gestures(3, 60)
    np.save(SEEDS / "gestures.npy", seeds)
    np.save(SEEDS / "gestures-labels.npy", truth)
    (SEEDS / "gestures-classes.txt").write_text("\n".join(CLASSES) + "\n")


if __name__ == "__main__":
    main()
