"""Searching, and what is done with a run."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import _core
from .errors import BadArgument, Error, Interrupted, as_keywords
from .inputs import Inputs, InputsLike, first_image
from .model import ModelLike, Party, parties
from .operators import OperatorsLike
from .options import Pairs, documented, pairs
from .own import Given, Own, again
from .run import Finding, Run, RunLike
from .runtimes import onnxruntime_library
from .strategy import Strategy
from .working import ProgressLike, Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import ExportOptions, ResumeOptions, SearchOptions, ShowOptions, StrategyName

Result = TypeVar("Result")


@documented(_core.SEARCH, left_out=("out", "labels", "strategy", "operators"))
def search(
    original: ModelLike,
    compressed: ModelLike,
    seeds: InputsLike,
    labels: InputsLike | None = None,
    *,
    strategy: StrategyName | type[Strategy] | Callable[[], Strategy] | None = None,
    operators: OperatorsLike | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[SearchOptions],
) -> Run:
    """Finds inputs near `seeds` on which a model and its compressed version disagree, as `dflare search` does.

    original, compressed: a path (.onnx, .tflite, "exec:COMMAND"), a dflare.Model, a torch.nn.Module in evaluation mode,
        or any callable that gets a batch, uint8 N x height x width x channels, and gives N x classes scores. Where
        options or dflare.Model say how pixels are preprocessed, callables get float32 arrays. A torch.nn.Module gets
        float32 N x C x H x W tensors.
    seeds: real inputs: a folder of images or an .npy file; an array uint8 N x H x W (x C); a list of arrays or PIL
        images; a torch Dataset or any iterable of images or of (image, label).
    labels: true classes, whole numbers from 0, one for each seed; a file for seeds that are a path.
    strategy: how the next input is chosen: boundary, dflare, diffchaser or random, or a class of yours that derives
        from dflare.Strategy.
    operators: what mutates inputs, of the strategies that do so: paper, reference, names with commas between; or a list
        of names, of dflare.Operator and of functions (image, rng) -> image.
    out: the folder of the run, which must not hold anything; else a temporary one that goes with the Run.
    progress: a callable that is told a dflare.Progress; True: a bar by tqdm.

    Returns the Run, once every seed was searched or a time limit cut in (Run.complete). Seeds in memory are kept in the
    run's folder. Two models given by path are asked as fast as by the command; the GIL is free meanwhile.

    Raises BadArgument, BadInput, ModelFailed (from what a callable raised), CannotWrite, NoUsableSeed; where a search
    had begun, their `run` is what it had found. Ctrl-C raises Interrupted, whose `run` dflare.resume goes on with.
    """
    inputs = Inputs(seeds, labels)
    models = parties([original, compressed])
    own = Own(strategy, operators)
    given = _models_given(models, options) + pairs({**options, **own.options()})
    folder, temporary = _folder(out)
    given += [("out", str(folder)), ("seeds", inputs.path or str(folder / "inputs.npy"))]
    if inputs.labels_path:
        given += [("labels", inputs.labels_path)]
    elif inputs.labels:
        given += [("labels", str(folder / "labels.npy"))]
    work = Work(models, progress, searches=True, own=own)
    session = _Session(folder, temporary, (original, compressed), work, own.given)
    functions = [model.function for model in models if model.function]
    engine = own.engine
    return session.conduct(
        lambda: _core.search(given, functions, inputs.probe(models), inputs.images(), work.live, engine)
    )


@documented(_core.RESUME)
def resume(
    run: RunLike,
    original: ModelLike | None = None,
    compressed: ModelLike | None = None,
    *,
    strategy: type[Strategy] | Callable[[], Strategy] | None = None,
    operators: OperatorsLike | None = None,
    progress: ProgressLike = None,
    **options: Unpack[ResumeOptions],
) -> Run:
    """Goes on with a run that was stopped, killed or cut by its time limit, and ends with the findings of an
    undisturbed one.

    original, compressed: needed where they were callables and `run` is a folder. Files that have changed are told by
        their hashes; that a callable is the same is yours to see to.
    strategy, operators: likewise, where they were code of yours.

    Raises what search raises; BadInput for models or inputs that are not what they were.
    """
    known = run if isinstance(run, Run) else Run(run)
    models = _models_again(known, original, compressed)
    probe = _probe_again(known, models)
    given = _runtime_given(models, options) + pairs(options)
    own = again(known, strategy, operators)
    engine = own.engine
    work = Work(models, progress, searches=True, own=own)
    session = _Session(known.folder, False, _sources(models), work, own.given)
    functions = [model.function for model in models if model.function]
    newer = session.conduct(lambda: _core.resume(os.fspath(known.folder), given, functions, probe, work.live, engine))
    newer._cleanup, known._cleanup = known._cleanup, None  # a temporary folder goes with the newer run
    if newer._cleanup is None:
        return newer
    newer._cleanup.detach()
    return Run(newer.folder, end=newer.end, notes=newer.notes, models=_sources(models), temporary=True, own=own.given)


@dataclass(frozen=True)
class Shown:
    """A finding told, and searched for once more."""

    finding: Finding
    text: str
    rebuilt: bool
    """Whether a search from its seed alone ended with the same image, bit for bit, and the same labels."""


@documented(_core.SHOW)
def show(
    run: RunLike,
    id: str | int | Finding,
    original: ModelLike | None = None,
    compressed: ModelLike | None = None,
    *,
    strategy: type[Strategy] | Callable[[], Strategy] | None = None,
    operators: OperatorsLike | None = None,
    **options: Unpack[ShowOptions],
) -> Shown:
    """Tells one finding, and rebuilds it from its seed.

    id: a Finding, the number of its input, "12:0" or the name of its image.
    original, compressed, strategy, operators: as for resume.
    """
    known = run if isinstance(run, Run) else Run(run)
    models = _models_again(known, original, compressed)
    wanted = id.id if isinstance(id, Finding) else str(id)
    functions = [model.function for model in models if model.function]
    given = _runtime_given(models, options) + pairs(options)
    probe = _probe_again(known, models)
    own = again(known, strategy, operators)
    engine = own.engine
    work = Work(models, False, own=own)
    text, rebuilt, notes = work.do(lambda: _core.show(os.fspath(known.folder), wanted, given, functions, probe, engine))
    _warn(notes)
    index, _, ordinal = wanted.partition(":")
    found = id if isinstance(id, Finding) else _find(known, index, ordinal, text)
    return Shown(found, text, rebuilt)


@documented(_core.EXPORT, left_out=("out", "format"))
def export(
    run: RunLike,
    out: str | os.PathLike[str] | None = None,
    format: str = "jsonl",
    **options: Unpack[ExportOptions],
) -> int:
    """Writes the confirmed findings, and returns how many they are; of a corpus, how many were not there yet.

    format: jsonl or csv (a file), npy (inputs.npy, seeds.npy, labels.npy in a folder) or png (a folder).
    """
    known = run if isinstance(run, Run) else Run(run)
    to_corpus = options.get("corpus") is not None
    if (out is None) != to_corpus:
        raise BadArgument("where to write is not said, or said twice", "give either out= or corpus=")
    given: dict[str, object] = {**options} if to_corpus else {**options, "out": out, "format": format}
    return _core.export(os.fspath(known.folder), pairs(given))[0]


class _Session:
    """A search and what becomes of its folder, however it ends."""

    def __init__(
        self, folder: Path, temporary: bool, models: tuple[object, object], work: Work, own: Given
    ) -> None:
        self.folder, self.temporary, self.models, self.work = folder, temporary, models, work
        self.own = own

    def conduct(self, call: Callable[[], tuple[str, list[str]] | None]) -> Run:
        try:
            ended = self.work.do(call)
        except Error as error:
            error.run = self._left()
            raise
        except KeyboardInterrupt as second:
            raise Interrupted("interrupted twice: a model may still be asked", self._left()) from second
        except BaseException:
            self._left()
            raise
        if ended is None:
            self._left()
            raise Interrupted("interrupted before the search began")
        if self.work.interrupted:
            run = self._left(ended[1])
            raise Interrupted(f"interrupted: what was found is kept in {self.folder}; dflare.resume goes on", run)
        return self._finished(*ended)

    def _finished(self, end: str, notes: list[str]) -> Run:
        notes = [as_keywords(note) for note in notes]
        _warn(notes)
        return Run(
            self.folder,
            end=end,
            notes=notes,
            models=self.models,
            temporary=self.temporary,
            own=self.own,
        )

    def _left(self, notes: Sequence[str] = ()) -> Run | None:
        """A run that was cut short stays, in a temporary folder too: nothing found is lost."""
        try:
            return Run(self.folder, end="stopped", notes=notes, models=self.models, own=self.own)
        except Error:  # it never began
            if self.temporary:
                shutil.rmtree(self.folder, ignore_errors=True)
            return None


def _folder(out: str | os.PathLike[str] | None) -> tuple[Path, bool]:
    if out is None:
        return Path(tempfile.mkdtemp(prefix="dflare-run-")), True
    return Path(out).absolute(), False


def _models_given(models: list[Party], options: Mapping[str, object]) -> Pairs:
    given = [("original", models[0].path), ("compressed", models[1].path)]
    for side, model in zip(("original", "compressed"), models, strict=True):
        if model.preprocess is None:
            continue
        if options.get(f"{side}_preprocess") is not None:
            raise BadArgument(
                f"{side}_preprocess is given twice: as an option and by the model", "leave one of them out"
            )
        given.append((f"{side}-preprocess", model.preprocess))
    return given + _runtime_given(models, options)


def _runtime_given(models: list[Party], options: Mapping[str, object]) -> Pairs:
    library = onnxruntime_library() if options.get("onnxruntime") is None else None
    return [("onnxruntime", library)] if library and any(not model.function for model in models) else []


def _models_again(run: Run, original: object, compressed: object, others: bool = False) -> list[Party]:
    """The models of a run, callables by those given; `others`: what is given may be other models than the run's."""
    recorded = (run.options["original"], run.options["compressed"])
    given = tuple(
        model if model is not None else was for model, was in zip((original, compressed), run.models, strict=True)
    )
    for side, model, was in zip(("original", "compressed"), given, recorded, strict=True):
        other = others and not str(model).startswith("function:")
        if str(was).startswith("function:") and isinstance(model, (str, os.PathLike)) and not other:
            raise BadArgument(f"the {side} model of {run.folder} was a callable, {was}", f"give it again: {side}=")
    names = [was if str(was).startswith("function:") else None for was in recorded]
    return parties(given, names)


def _probe_again(run: Run, models: list[Party]) -> Any:
    if not any(model.function for model in models):
        return None
    for model in models:
        if model.function and model.shape is None:
            shape = json.loads(run._record["facts"])["shape"]
            model.shape = (shape[0], shape[1], shape[2])
    return first_image(Path(run.options["seeds"]), models)


def _sources(models: list[Party]) -> tuple[object, object]:
    return models[0].source, models[1].source


def _find(run: Run, index: str, ordinal: str, text: str) -> Finding:
    name = Path(index).name  # the name of an image: <seed>_<ordinal>_<kind>.png
    if name.endswith(".png"):
        index, ordinal = name.split("_")[:2]
    for finding in run:
        if finding.seed_index == int(index) and (not ordinal or finding.ordinal == int(ordinal)):
            return finding
    raise BadArgument(f"finding {index} of {run.folder} is flaky: it was not confirmed", text)


def _warn(notes: Sequence[str]) -> None:
    for note in notes:
        warnings.warn(note, stacklevel=5)
