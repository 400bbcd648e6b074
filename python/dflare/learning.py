"""Guards and repairs: what is learnt from a run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from .errors import BadArgument, Interrupted
from .inputs import Inputs, InputsLike
from .model import ModelLike
from .options import Pairs, documented, pairs
from .reports import Report, Told
from .run import Run, RunLike
from .search import _models_again, _probe_again, _runtime_given, _warn
from .working import ProgressLike, Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import GuardOptions, RepairOptions


class Learnt(Report):
    """What a guard or a repair is worth, as a dict: what the command's --json prints. The files that ship with the
    compressed model lie in `folder`."""

    def __init__(self, told: Told, folder: str) -> None:
        super().__init__(told)
        self.folder = Path(folder)

    @property
    def files(self) -> list[Path]:
        """guard.json, guard.onnx, ...; of a repair head.json, head.onnx, ... where it was exported."""
        return [self.folder / name for name in self["files"]]


@documented(_core.GUARD, left_out=("out", "held_out"))
def guard(
    run: RunLike,
    original: ModelLike | None = None,
    compressed: ModelLike | None = None,
    *,
    held_out: InputsLike | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[GuardOptions],
) -> Learnt:
    """Learns from a run when the compressed model's answer should not be trusted. docs/guard.md tells how.

    run: a Run or its folder.
    original, compressed: needed where they were callables and `run` is a folder.
    held_out: inputs to measure on, as the seeds of a search; else part of the run's own.
    out: the folder to write to; else `guard` inside the run's, which goes with a run that has no folder of its own.

    Raises BadInput for a run with too few deviations to learn from; Interrupted, whose `report` is the guard by then.
    """
    return _learnt(
        _core.guard,
        run,
        (original, compressed),
        Inputs(held_out) if held_out is not None else None,
        out,
        progress,
        pairs(options),
    )


@documented(_core.REPAIR, left_out=("out", "held_out", "held_out_labels"))
def repair(
    run: RunLike,
    original: ModelLike | None = None,
    compressed: ModelLike | None = None,
    *,
    held_out: InputsLike | None = None,
    held_out_labels: InputsLike | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[RepairOptions],
) -> Learnt:
    """Trains a head that answers, behind the compressed model, as the original would, and measures what it is worth.
    docs/repair.md tells how.

    As guard. A head that raises the disagreement on natural images is not exported unless force=True.
    held_out_labels: true classes of held_out.
    """
    if held_out is None and held_out_labels is not None:
        raise BadArgument("held_out_labels are given without held_out", "give both")
    inputs = Inputs(held_out, held_out_labels) if held_out is not None else None
    return _learnt(_core.repair, run, (original, compressed), inputs, out, progress, pairs(options))


def _learnt(
    verb: Callable[..., tuple[Told, str] | None],
    run: RunLike,
    given_models: tuple[ModelLike | None, ModelLike | None],
    held_out: Inputs | None,
    out: str | os.PathLike[str] | None,
    progress: ProgressLike,
    options: Pairs,
) -> Learnt:
    known = run if isinstance(run, Run) else Run(run)
    models = _models_again(known, *given_models)
    probe: Any = _probe_again(known, models)
    given = [*_runtime_given(models, dict(options)), ("run", str(known.folder)), *options]
    if out is not None:
        given.append(("out", os.fspath(out)))
    functions = [model.function for model in models if model.function]
    work = Work(models, progress)
    with tempfile.TemporaryDirectory(prefix="dflare-") as folder:
        if held_out is not None:
            path, labels = held_out.keep(Path(folder))
            given += [("held-out", path), *([("held-out-labels", labels)] if labels else [])]
        learnt = work.do(lambda: verb(given, functions, probe, work.live))
    if learnt is None:
        raise Interrupted("interrupted before there was enough to learn from: nothing was written")
    report = Learnt(*learnt)
    if work.interrupted:
        raise Interrupted("interrupted: what was learnt by then is `report` of this exception", report=report)
    _warn(report.notes)
    return report
