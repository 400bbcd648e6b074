"""Training and test images: u8, N x H x W x C, with integer labels."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

PREPROCESS = {"mnist": "scale=255", "cifar10": "scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225"}
PARTS = ("train", "train_labels", "test", "test_labels")


@dataclass(frozen=True)
class Data:
    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            np.save(folder / f"{part}.npy", getattr(self, part))


def from_folder(folder: Path) -> Data:
    """train.npy, train_labels.npy, test.npy and test_labels.npy."""
    missing = [f"{part}.npy" for part in PARTS if not (folder / f"{part}.npy").exists()]
    if missing:
        raise SystemExit(f"{folder} has no {', '.join(missing)}")
    return Data(*(np.load(folder / f"{part}.npy") for part in PARTS))


def from_array(images: Path, labels: Path, held_out: int) -> Data:
    """The last `held_out` images for testing, the others for training."""
    x, y = np.load(images), np.load(labels)
    if not 0 < held_out < len(x):
        raise SystemExit(f"--held-out {held_out} of the {len(x)} images of {images}")
    return Data(x[:-held_out], y[:-held_out], x[-held_out:], y[-held_out:])


def downloaded(name: str, folder: Path) -> Data:
    """By torchvision, which needs the network."""
    from torchvision import datasets

    kind = {"mnist": datasets.MNIST, "cifar10": datasets.CIFAR10}[name]
    parts = []
    for train in (True, False):
        found = kind(folder, train=train, download=True)
        x, y = np.asarray(found.data, dtype=np.uint8), np.asarray(found.targets, dtype=np.int64)
        parts += [x[..., None] if x.ndim == 3 else x, y]
    return Data(*parts)


def preprocessed(images: np.ndarray, preprocess: str) -> np.ndarray:
    """float32, N x C x H x W."""
    keys = dict(part.split("=") for part in preprocess.split(","))
    mean, std = (np.float32([float(v) for v in keys.get(k, d).split(":")]) for k, d in (("mean", "0"), ("std", "1")))
    x = (images.astype(np.float32) / np.float32(keys.get("scale", 1)) - mean) / std
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2), dtype=np.float32)
