"""Models: paths, and whatever maps a batch of images to scores."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import BadArgument

Batch = npt.NDArray[Any]
#: A path (.onnx, .tflite, "exec:COMMAND"), a Model, a torch.nn.Module, or any callable from a batch to its scores.
ModelLike = Union[str, "os.PathLike[str]", "Model", Callable[[Batch], Any]]


class Model:
    """A callable as a model, with what cannot be read off it.

    call: gets a batch of N images and gives N rows, row i from image i alone: N x classes scores (probabilities or
        logits), or what the oracle compares. Nothing is to be remembered between calls. The batch is a new array each
        time, uint8 N x height x width x channels with values 0 to 255, channels in the order R, G, B.
    preprocess: with it the batch is float32 instead, what the command's --preprocess makes of pixels: a preset such as
        "unit" (0 to 1) or "imagenet", amended as in "imagenet,layout=nchw". N x H x W x C unless `layout` says
        otherwise.
    shape: (height, width, channels) of an image; needed where neither the inputs nor the other model tell.
    name: in messages and in the run's record.
    concurrent: it may be called from several threads at once. An onnxruntime.InferenceSession may; a TensorFlow Lite
        interpreter may not. Otherwise calls come one at a time.
    """

    def __init__(
        self,
        call: Callable[[Batch], Any],
        *,
        preprocess: str | None = None,
        shape: Sequence[int] | None = None,
        name: str | None = None,
        concurrent: bool = False,
    ) -> None:
        if not callable(call):
            raise BadArgument(f"a model is {call!r}, expected a callable")
        if shape is not None and (len(shape) != 3 or any(int(n) < 1 for n in shape) or shape[2] not in (1, 3)):
            raise BadArgument(f"shape is {shape!r}, expected (height, width, channels) with 1 or 3 channels")
        self.call = call
        self.preprocess = preprocess
        self.shape = None if shape is None else (int(shape[0]), int(shape[1]), int(shape[2]))
        self.name = name or _name_of(call)
        self.concurrent = concurrent

    def __repr__(self) -> str:
        return f"dflare.Model({self.name})"


def _name_of(call: object) -> str:
    name = getattr(call, "__name__", None) or type(call).__name__
    return re.sub(r"[^\w.-]+", "_", str(name)).strip("_") or "callable"


class Asked:
    """What the engine calls: checks every answer, and keeps what a callable raised with its traceback."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.raised: BaseException | None = None
        self.on_exit: Callable[[], None] = lambda: None  # for exceptions that are to end the program
        self._call = model.call
        self._width: tuple[int, ...] = ()

    def first(self, batch: Batch, form: str) -> list[int]:
        """Extents of one answer."""
        return list(self._watched(self._first, batch, form))

    def ask(self, batch: Batch) -> npt.NDArray[np.float32]:
        answers: npt.NDArray[np.float32] = self._watched(self._ask, batch)
        return answers

    def _watched(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BaseException as error:
            self.raised = error
            if not isinstance(error, Exception):
                self.on_exit()
            raise

    def _first(self, batch: Batch, form: str) -> tuple[int, ...]:
        answers = self._answers(batch)
        width = answers.shape[1:]
        if form == "scores" and (len(width) != 1 or width[0] < 2):
            raise ValueError(
                f"gave {_shape(answers)} for 1 image, expected 1 x classes: a row of two or more scores "
                "(other outputs are compared by oracle=)"
            )
        if form == "score" and int(np.prod(width)) != 1:
            raise ValueError(f"gave {_shape(answers)} for 1 image, expected one score")
        if answers.size == 0:
            raise ValueError(f"gave no values: {_shape(answers)} for 1 image")
        self._width = width
        return width

    def _ask(self, batch: Batch) -> npt.NDArray[np.float32]:
        answers = self._answers(batch)
        if answers.shape[1:] != self._width:
            wanted = " x ".join(map(str, (len(batch), *self._width)))
            raise ValueError(f"gave {_shape(answers)} for {len(batch)} images, expected {wanted}")
        return np.ascontiguousarray(answers.reshape(len(batch), -1), dtype=np.float32)

    def _answers(self, batch: Batch) -> npt.NDArray[Any]:
        rows = len(batch)
        result = self._call(batch)
        if result is None:
            raise TypeError(f"gave None for {rows} images, expected an array of scores: is a return missing?")
        answers = np.asarray(result)
        if answers.dtype.kind not in "fiu":
            raise TypeError(f"gave {type(result).__name__} of {answers.dtype}, expected numbers")
        if answers.ndim == 0 or len(answers) != rows:
            raise ValueError(f"gave {_shape(answers)} for {rows} images, expected a row for each")
        return answers


def _shape(array: npt.NDArray[Any]) -> str:
    return " x ".join(map(str, array.shape)) or "one value"


class Party:
    """A model of a call: how options name it, and what is asked where it is a callable."""

    def __init__(self, path: str, model: Model | None = None, floats: bool = False, nchw: bool = False) -> None:
        self.path = path
        self.preprocess = model.preprocess if model else None
        self.shape = model.shape if model else None
        self.asked = Asked(model) if model else None
        self.source: object = path if model is None else model
        self.function: _core.Function | None = None
        if model is not None and self.asked is not None:
            self.function = _core.Function(
                path, model.shape, floats, nchw, model.concurrent, self.asked.first, self.asked.ask
            )

    def release(self) -> BaseException | None:
        """What the callable raised; it is not asked any more. Breaks the circle of engine, callable and traceback."""
        raised = self.asked.raised if self.asked else None
        self.function = self.asked = None
        return raised


def parties(models: Iterable[object], names: Sequence[str | None] = ()) -> list[Party]:
    """The models of a call, callables under names of their own; `names`: those that a run knows them by."""
    found: list[Party] = []
    taken: set[str] = set()
    for place, model in enumerate(models):
        known = names[place] if place < len(names) else None
        party = _party(model, taken, known)
        taken.add(party.path)
        found.append(party)
    return found


def _party(model: object, taken: set[str], known: str | None) -> Party:
    if isinstance(model, (str, os.PathLike)):
        return Party(os.fspath(model))
    if isinstance(model, type):
        raise BadArgument(f"a model is the class {model.__name__}, expected an instance of it")
    declared = model if isinstance(model, Model) else None
    call = declared.call if declared else model
    if not callable(call):
        raise BadArgument(f"a model is {type(model).__name__}, expected a path or a callable")
    nchw = _is_torch_module(call)
    if declared is None:
        declared = Model(_torch_call(call) if nchw else call, name=_name_of(call))
    elif nchw:
        declared = Model(
            _torch_call(call),
            preprocess=declared.preprocess,
            shape=declared.shape,
            name=declared.name,
            concurrent=declared.concurrent,
        )
    path = known or _free(f"function:{declared.name}", taken)
    party = Party(path, declared, floats=nchw, nchw=nchw)
    party.source = model
    return party


def _free(path: str, taken: set[str]) -> str:
    name, number = path, 1
    while name in taken:
        number += 1
        name = f"{path}-{number}"
    return name


def _is_torch_module(call: object) -> bool:
    return any(c.__module__.startswith("torch.nn") and c.__name__ == "Module" for c in type(call).__mro__)


def _torch_call(module: Any) -> Callable[[Batch], Any]:
    """Asks a torch.nn.Module, in evaluation mode, on the device of its weights."""
    if getattr(module, "training", False):
        raise BadArgument(
            f"{type(module).__name__} is in training mode: its answers would depend on the batch and on chance",
            "call model.eval() first",
        )
    torch: Any = sys.modules["torch"]

    def call(batch: Batch) -> Any:
        weight = next(iter(module.parameters()), None)
        with torch.inference_mode():
            tensor = torch.from_numpy(batch)
            if weight is not None:
                tensor = tensor.to(device=weight.device, dtype=weight.dtype)
            return module(tensor).float().cpu().numpy()

    return call
