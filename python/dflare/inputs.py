"""Inputs: folders and files as they are, and whatever holds images in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import BadArgument, BadInput, Error
from .model import Party

Image = npt.NDArray[np.uint8]
#: A folder of images or an .npy file; a uint8 array N x H x W (x C); a list of arrays or PIL images; a torch Dataset or
#: any iterable of images or of (image, label).
InputsLike = Union[str, "os.PathLike[str]", npt.NDArray[np.uint8], Iterable[Any]]
_IMAGE_FILES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".pgm", ".ppm", ".pnm", ".pbm"}


class Inputs:
    """The inputs of a call: a path, or arrays with labels."""

    def __init__(self, seeds: InputsLike, labels: object = None) -> None:
        self.path: str | None = None
        self.labels_path: str | None = None
        self.arrays: list[Image] = []
        self.labels: list[int] = []
        if isinstance(seeds, (str, os.PathLike)):
            self.path = os.fspath(seeds)
        elif isinstance(seeds, np.ndarray):
            self.arrays = [_rows(seeds)]
        else:
            self._gather(seeds)
        if isinstance(labels, (str, os.PathLike)):
            if self.path is None:
                raise BadArgument("labels are a file and inputs are in memory", "give both as arrays, or both as files")
            self.labels_path = os.fspath(labels)
        elif labels is not None:
            if self.path is not None:
                raise BadArgument("labels are in memory and inputs are a path", "give both as arrays, or both as files")
            self.labels = _labels(labels)

    def _gather(self, seeds: Iterable[Any]) -> None:
        try:
            items = iter(_in_order(seeds))
        except TypeError:
            raise BadArgument(f"inputs are {type(seeds).__name__}, expected a path, an array or an iterable") from None
        labels: list[Any] = []
        for number, item in enumerate(items):
            if isinstance(item, (tuple, list)) and len(item) == 2 and np.ndim(item[1]) == 0:
                item, label = item
                labels.append(label)
            self.arrays.append(_image(item, number))
        if labels and len(labels) != len(self.arrays):
            raise BadArgument(f"{len(labels)} of {len(self.arrays)} inputs have labels, expected all or none")
        if labels:
            self.labels = _labels(labels)

    @property
    def in_memory(self) -> bool:
        return self.path is None

    def images(self) -> _core.Images | None:
        return _core.Images(self.arrays, self.labels) if self.in_memory else None

    def keep(self, folder: Path) -> tuple[str, str | None]:
        """Paths of inputs and labels, written into the folder where they are in memory."""
        if self.path is not None:
            return self.path, self.labels_path
        images = [row for array in self.arrays for row in (array if array.ndim == 4 else array[np.newaxis])]
        if len({image.shape for image in images}) > 1:
            raise BadArgument("inputs in memory have several sizes", "resize them, or give them as a folder of files")
        np.save(folder / "inputs.npy", np.stack(images))
        if not self.labels:
            return str(folder / "inputs.npy"), None
        np.save(folder / "labels.npy", np.asarray(self.labels, dtype=np.int64))
        return str(folder / "inputs.npy"), str(folder / "labels.npy")

    def probe(self, models: list[Party]) -> Image | None:
        """An input that tells what callables take and give; None where there is none among the models."""
        if not any(model.function for model in models):
            return None
        if self.in_memory:
            shapes = {array.shape[-3:] for array in self.arrays}
            said = any(model.shape or not model.function for model in models)
            if len(shapes) > 1 and not said:
                raise BadArgument("inputs have several sizes", "say dflare.Model(f, shape=(height, width, channels))")
            first = next((array for array in self.arrays if array.size), None)
            if first is None:
                raise BadArgument("no inputs are given", "give at least one image")
            return np.ascontiguousarray(first[0] if first.ndim == 4 else first)
        return first_image(Path(str(self.path)), models)


def first_image(path: Path, models: list[Party]) -> Image:
    """The first input of a folder or an .npy file."""
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder")
    if path.is_file():
        return np.ascontiguousarray(_rows(np.load(path, mmap_mode="r"))[0])
    if all(model.shape is None for model in models if model.function) and all(model.function for model in models):
        raise BadArgument(
            "which images the callables take is not known", "say dflare.Model(f, shape=(height, width, channels))"
        )
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() not in _IMAGE_FILES:
            continue
        try:
            return _core.decode(file.read_bytes(), file.name)
        except Error:
            continue  # the next may be one; what cannot be read is told later
    raise BadInput(f"{path}: holds no image that can be read")


def _in_order(seeds: Any) -> Any:
    """A torch Dataset has rows by number and need not end by itself."""
    if hasattr(seeds, "__getitem__") and hasattr(seeds, "__len__") and not hasattr(seeds, "__iter__"):
        return (seeds[i] for i in range(len(seeds)))
    return seeds


def _labels(labels: Any) -> list[int]:
    array = np.asarray(labels)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise BadArgument(f"labels are {array.dtype} of {array.ndim} axes, expected one whole number for each input")
    return [int(label) for label in array]


def _rows(array: npt.NDArray[Any]) -> Image:
    """N x H x W x C of an array N x H x W (x C)."""
    if array.dtype != np.uint8:
        raise BadArgument(
            f"inputs are {array.dtype}, expected uint8 pixels from 0 to 255", "scaling belongs to preprocess="
        )
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.ndim != 4 or array.shape[3] not in (1, 3):
        turned = array.ndim == 4 and array.shape[1] in (1, 3)
        raise BadArgument(
            f"inputs have the shape {array.shape}, expected N x H x W or N x H x W x C with 1 or 3 channels",
            "move the channels last: x.transpose(0, 2, 3, 1)" if turned else "",
        )
    return array if isinstance(array, np.memmap) else np.ascontiguousarray(array)


def _image(item: Any, number: int) -> Image:
    """H x W x C of an array, a tensor or a PIL image."""
    if hasattr(item, "getbands") and hasattr(item, "convert"):  # PIL
        item = item.convert("L" if item.mode in ("1", "L", "LA", "I;16") else "RGB")
    array = np.asarray(item)
    if array.dtype != np.uint8:
        raise BadArgument(
            f"input {number} is {type(item).__name__} of {array.dtype}, expected uint8 pixels from 0 to 255",
            "scaling belongs to preprocess=; leave ToTensor and Normalize out of a Dataset",
        )
    if array.ndim == 2:
        array = array[..., np.newaxis]
    if array.ndim != 3 or array.shape[2] not in (1, 3) or array.size == 0:
        turned = array.ndim == 3 and array.shape[0] in (1, 3)
        raise BadArgument(
            f"input {number} has the shape {array.shape}, expected H x W or H x W x C with 1 or 3 channels",
            "move the channels last: x.transpose(1, 2, 0)" if turned else "",
        )
    return np.ascontiguousarray(array)
