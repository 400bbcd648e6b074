"""Makes the example pairs and seeds, and measures them.

    python examples/models/train.py           train, quantise, prune, write models, seeds and measured.json
    python examples/models/train.py --check   measure the committed models again; fails if measured.json differs
"""

import argparse
import csv
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

MODELS = Path(__file__).parent
SEEDS = MODELS.parent / "seeds"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

# name: seeds, original, compressed. Preprocessing goes with the seeds: digits x / 255, patches (x / 255 - mean) / std.
PAIRS = {
    "digits-lenet5-int8": ("digits", "digits-lenet5.onnx", "digits-lenet5-int8.onnx"),
    "digits-lenet5-prune80": ("digits", "digits-lenet5.onnx", "digits-lenet5-prune80.onnx"),
    "patches-cnn-int8": ("patches", "patches-cnn.onnx", "patches-cnn-int8.onnx"),
}


def preprocess(images: np.ndarray) -> np.ndarray:
    """u8 N x H x W x C to float of the same shape: grey as `unit`, colour as `imagenet`."""
    x = images.astype(np.float32) / 255
    return x if images.shape[-1] == 1 else ((x - np.float32(MEAN)) / np.float32(STD)).astype(np.float32)


# Making


def make_digits() -> None:
    import nets
    import pictures

    split = pictures.digits()
    layers = (nets.Conv(6, 5, pad=2), "relu", "pool", nets.Conv(16, 5), "relu", "pool", "flatten")
    head = (nets.Dense(120), "relu", nets.Dense(84), "relu", nets.Dense(10))
    net = nets.Net(28, 28, 1, layers + head)
    x, y = preprocess(split.train_x).transpose(0, 3, 1, 2), split.train_y
    params = nets.train(net, nets.init(net, 1), x, y, augment=shifted, epochs=40, rate=1e-3, seed=2)
    nets.save_onnx(net, params, MODELS / "digits-lenet5.onnx")
    quantise("digits-lenet5", x[:: len(x) // 200])

    pruned, masks = nets.prune(params, 0.8)
    pruned = nets.train(net, pruned, x, y, augment=shifted, epochs=4, rate=5e-4, seed=3, masks=masks)
    nets.save_onnx(net, pruned, MODELS / "digits-lenet5-prune80.onnx")
    write_seeds("digits", split, per_class=30)


def make_patches() -> None:
    import nets
    import pictures

    split = pictures.patches()
    layers = (nets.Conv(8, 3, pad=1), "relu", "pool", nets.Conv(16, 3, pad=1), "relu", "pool")
    head = (nets.Conv(32, 3, pad=1), "relu", "mean", nets.Dense(len(split.classes)))
    net = nets.Net(32, 32, 3, layers + head, nhwc=True, softmax=True)
    x, y = preprocess(split.train_x), split.train_y
    nchw = x.transpose(0, 3, 1, 2)
    params = nets.train(net, nets.init(net, 4), nchw, y, augment=flipped, epochs=300, rate=3e-3, seed=5)
    nets.save_onnx(net, params, MODELS / "patches-cnn.onnx")
    quantise("patches-cnn", x[:: len(x) // 200])
    write_seeds("patches", split, per_class=20)
    (SEEDS / "patches-classes.txt").write_text("".join(f"{name}\n" for name in split.classes))


def shifted(rng: np.random.Generator, batch: np.ndarray) -> np.ndarray:
    """Each image moved by up to two pixels each way."""
    return np.stack([np.roll(image, rng.integers(-2, 3, 2), (1, 2)) for image in batch])


def flipped(rng: np.random.Generator, batch: np.ndarray) -> np.ndarray:
    """Each image mirrored at random, each way."""
    return np.stack([image[:, :: rng.choice((-1, 1)), :: rng.choice((-1, 1))] for image in batch])


def quantise(name: str, calibration: np.ndarray) -> None:
    """Static 8-bit QDQ, per tensor, MinMax, on images of the training part."""
    from onnxruntime import quantization as q

    class Reader(q.CalibrationDataReader):
        rows = iter(calibration[:, None])

        def get_next(self):
            row = next(self.rows, None)
            return None if row is None else {"image": row}

    q.quantize_static(
        MODELS / f"{name}.onnx",
        MODELS / f"{name}-int8.onnx",
        Reader(),
        quant_format=q.QuantFormat.QDQ,
        per_channel=False,
        activation_type=q.QuantType.QUInt8,
        weight_type=q.QuantType.QInt8,
        calibrate_method=q.CalibrationMethod.MinMax,
    )


def write_seeds(name: str, split, per_class: int) -> None:
    """The first held-out images of each class, right or wrong as they come, as <class>/<number>.png."""
    shutil.rmtree(SEEDS / name, ignore_errors=True)
    for label, class_name in enumerate(split.classes):
        folder = SEEDS / name / class_name
        folder.mkdir(parents=True)
        for number, image in enumerate(split.held_x[split.held_y == label][:per_class]):
            Image.fromarray(image.squeeze()).save(folder / f"{number:02}.png", optimize=True)


# Measuring


def read_seeds(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The committed seeds and their labels."""
    listed = SEEDS / f"{name}-classes.txt"
    classes = listed.read_text().split() if listed.exists() else [str(c) for c in range(10)]
    images, labels = [], []
    for file in sorted((SEEDS / name).glob("*/*.png")):
        image = np.asarray(Image.open(file))
        images.append(image if image.ndim == 3 else image[:, :, None])
        labels.append(classes.index(file.parent.name))
    return np.stack(images), np.array(labels)


def answers(model: str, images: np.ndarray) -> np.ndarray:
    """Raw outputs, one image at a time, one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(MODELS / model, options, providers=["CPUExecutionProvider"])
    x = preprocess(images)
    if session.get_inputs()[0].shape[-1] != images.shape[-1]:
        x = x.transpose(0, 3, 1, 2)
    return np.concatenate([session.run(None, {"image": row[None]})[0] for row in x])


def compare(pair: str, images: np.ndarray, labels: np.ndarray) -> dict:
    """Figures of a pair on labelled images; labels by first index where the top value is tied."""
    f, g = (answers(model, images) for model in PAIRS[pair][1:])
    top_f, top_g = f.argmax(1), g.argmax(1)
    tied = sum((out == out.max(1, keepdims=True)).sum(1) > 1 for out in (f, g)) > 0
    return {
        "images": len(images),
        "accuracy_original": round(float((top_f == labels).mean()), 4),
        "accuracy_compressed": round(float((top_g == labels).mean()), 4),
        "disagreements": int((top_f != top_g).sum()),
        "both_right": int(((top_f == labels) & (top_g == labels)).sum()),
        "tied": int(tied.sum()),
    }


def measure(held_out: bool) -> dict:
    """Every pair on the committed seeds; on all held-out images too, where the packages that carry them are there."""
    figures = {}
    for pair, (seeds, _, _) in PAIRS.items():
        figures[pair] = {"seeds": compare(pair, *read_seeds(seeds))}
        if held_out:
            import pictures

            split = getattr(pictures, seeds)()
            figures[pair]["held_out"] = compare(pair, split.held_x, split.held_y)
    return figures


def show(figures: dict) -> None:
    rows = csv.writer(sys.stdout, delimiter="\t")
    rows.writerow(["pair", "on", *next(iter(figures.values()))["seeds"]])
    for pair, sets in figures.items():
        for name, values in sets.items():
            rows.writerow([pair, name, *values.values()])


def check() -> int:
    """0 if the committed models still give the committed figures on the committed seeds."""
    figures = measure(held_out=False)
    show(figures)
    committed = json.loads((MODELS / "measured.json").read_text())
    changed = [pair for pair in PAIRS if committed[pair]["seeds"] != figures[pair]["seeds"]]
    for pair in changed:
        print(f"{pair}: measured.json says {committed[pair]['seeds']}", file=sys.stderr)
    return 1 if changed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only measure the committed models and seeds")
    if parser.parse_args().check:
        return check()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # sums split over more cores round in another way
    make_digits()
    make_patches()
    figures = measure(held_out=True)
    (MODELS / "measured.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
