"""Inspections and rankings."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import _core
from .errors import BadArgument, Interrupted, as_keywords
from .inputs import Image, Inputs, InputsLike
from .model import ModelLike, Party, parties
from .options import Pairs, documented, pairs
from .search import _runtime_given, _warn
from .working import ProgressLike, Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import InspectOptions, RankOptions

Told = tuple[str, str, list[str]]
AnyReport = TypeVar("AnyReport", bound="Report")


class Report(dict[str, Any]):
    """What the command's --json prints, as a dict; str() is what it prints for people."""

    def __init__(self, told: Told) -> None:
        text, self._text, notes = told
        super().__init__(json.loads(text))
        #: What looked wrong with the models or the inputs.
        self.notes = [as_keywords(note) for note in notes]

    def __str__(self) -> str:
        return self._text


@documented(_core.INSPECT, left_out=("seeds", "labels"))
def inspect(
    *models: ModelLike,
    seeds: InputsLike | None = None,
    labels: InputsLike | None = None,
    **options: Unpack[InspectOptions],
) -> Report:
    """What models take and give; with inputs: accuracy and agreement. The first model is the original.

    seeds, labels: as for search; callables need seeds, which tell what they take and give.
    """
    if not models:
        raise BadArgument("no model is given", "dflare.inspect(original, compressed, seeds=...)")
    found = parties(models)
    if seeds is None and any(model.function for model in found):
        raise BadArgument("what a callable takes and gives is told by inputs", "give some: seeds=")
    given = _one_preprocess(found, options) + [("models", model.path) for model in found]
    work = Work(found, False)
    if seeds is None:
        return measured(work, lambda: _core.inspect(given + pairs(options), [], None))
    return with_inputs(found, Inputs(seeds, labels), given + pairs(options), work, _core.inspect)


@documented(_core.RANK, left_out=("labels",))
def rank(
    original: ModelLike,
    seeds: InputsLike,
    variants: Sequence[ModelLike],
    labels: InputsLike | None = None,
    *,
    progress: ProgressLike = None,
    **options: Unpack[RankOptions],
) -> Report:
    """Which of several compressed variants behaves most like the original. docs/ranking.md tells what is measured.

    original, variants, seeds, labels: as for search.
    """
    if not variants:
        raise BadArgument("no variant is given", "dflare.rank(original, seeds, [variant, ...])")
    found = parties([original, *variants])
    given = _one_preprocess(found, options) + [("original", found[0].path)]
    given += [("variants", model.path) for model in found[1:]]
    work = Work(found, progress)

    def call(given: Pairs, functions: list[_core.Function], probe: Image | None) -> Told:
        return _core.rank(given, functions, probe, work.live)

    return with_inputs(found, Inputs(seeds, labels), given + pairs(options), work, call)


def with_inputs(
    models: list[Party],
    inputs: Inputs,
    given: Pairs,
    work: Work,
    call: Callable[..., Told],
    kind: type[AnyReport] = Report,  # type: ignore[assignment]
) -> AnyReport:
    """What a verb says of these models and inputs."""
    functions = [model.function for model in models if model.function]
    probe = inputs.probe(models)
    with tempfile.TemporaryDirectory(prefix="dflare-") as folder:
        path, labels = inputs.keep(Path(folder))
        given = [*given, ("seeds", path), *([("labels", labels)] if labels else [])]
        return measured(work, lambda: call(given, functions, probe), kind)


def measured(work: Work, call: Callable[[], Told], kind: type[AnyReport] = Report) -> AnyReport:  # type: ignore[assignment]
    """What the call tells; after Ctrl-C Interrupted, with what was measured by then."""
    report = kind(work.do(call))
    if work.interrupted:
        raise Interrupted("interrupted: what was measured by then is `report` of this exception", report=report)
    _warn(report.notes)
    return report


def _one_preprocess(models: list[Party], options: Mapping[str, object]) -> Pairs:
    """Preprocessing of callables as options: the original's own, and one for all others."""
    given: Pairs = []
    if models[0].preprocess is not None:
        given.append(("original-preprocess" if len(models) > 1 else "preprocess", models[0].preprocess))
    others = {model.preprocess for model in models[1:] if model.function}
    if others - {None}:
        if len(others) > 1 or any(not model.function for model in models[1:]):
            raise BadArgument(
                "variants want different preprocessing", "give the same one to all, or call uint8 models of your own"
            )
        given.append(("compressed-preprocess", str(next(iter(others)))))
    names = {name.replace("-", "_") for name, _ in given}
    for name in names & set(options):
        raise BadArgument(f"{name} is given twice: as an option and by the model", "leave one of them out")
    return given + _runtime_given(models, options)


__all__ = ["Report", "inspect", "measured", "rank", "with_inputs"]
