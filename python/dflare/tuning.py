"""Which way of compressing a model changes it least: variants made, ranked, and those that nobody would give up."""

from __future__ import annotations

import html
import os
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from . import _core, front
from .errors import BadArgument, Error, Interrupted
from .inputs import Inputs, InputsLike
from .options import documented
from .quantising import Setting
from .reports import Report, Told
from .run import RunLike
from .tuner import Asked, Tuner
from .working import ProgressLike

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import RankOptions

Named = Union[str, "os.PathLike[str]", tuple[str, Union[str, "os.PathLike[str]"]]]
#: Model files, or (name, file); or what makes them, called with the folder to write to.
VariantsLike = Union[Iterable[Named], Callable[[Path], Iterable[Named]]]

class Tuning(Report):
    """Variants of a model beside each other, as a dict; str() is a table. `variants`, most like the original first, are
    dicts: name, file, setting, bytes, milliseconds (an input), boundary_shift, corrupted_disagreement and whatever else
    `dflare rank --json` says, front (whether it is on the front), held_out (the same measures on inputs not used)."""

    def __init__(self, told: Told, folder: Path, temporary: bool = False) -> None:
        super().__init__(told)
        #: Where the files lie.
        self.folder = folder
        self._cleanup = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True) if temporary else None

    @property
    def front(self) -> list[dict[str, Any]]:
        """Those to choose from: no other is at least as much like the original, as small and as fast, and better in one
        of these. Sizes within 1 % and times within 5 % count as equal."""
        return [variant for variant in self["variants"] if variant["front"]]

    def best(self, max_bytes: float | None = None, max_milliseconds: float | None = None) -> dict[str, Any]:
        """The variant most like the original within these limits. Raises BadArgument where there is none."""
        for variant in self["variants"]:
            small = max_bytes is None or variant["bytes"] <= max_bytes
            fast = max_milliseconds is None or variant["milliseconds"] <= max_milliseconds
            if small and fast and variant["rank"] is not None:
                found: dict[str, Any] = variant
                return found
        raise BadArgument("no variant is within these limits", "the smallest and the fastest are in `front`")

    @property
    def plot(self) -> str:
        """Size against likeness, as SVG; front.svg in the folder."""
        return front.picture(self["variants"], self["measure"])

    def _repr_html_(self) -> str:
        return f"{self.plot}<pre>{html.escape(str(self))}</pre>"


@documented(_core.RANK, left_out=("labels", "time_limit"))
def tune(
    original: str | os.PathLike[str],
    calibration: InputsLike | None,
    seeds: InputsLike,
    labels: InputsLike | None = None,
    *,
    settings: Iterable[Setting] | None = None,
    variants: VariantsLike | None = None,
    baseline: Sequence[Named] = (),
    findings: RunLike | bool = True,
    held_out: InputsLike | None = None,
    held_out_labels: InputsLike | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[RankOptions],
) -> Tuning:
    """Compresses a model in many ways, ranks what comes out by how much it is like the original, and tells which are
    worth having: docs/tuning.md.

    original: a model file; of settings a float ONNX model.
    calibration: inputs that ranges of activations are taken from, as the seeds of a search; pixels or numbers as they
        are, preprocessing belongs to the options. None where only `variants` are given. A few hundred will do.
    seeds, labels: inputs that variants are ranked by, as for search; others than those of calibration.
    settings: what ONNX Runtime's quantisation is to do. None: a round of settings that differ in one thing, then what
        did best together, with the layers that suffer most left in float.
    variants: files that something else made, or a callable that makes them: it gets a folder, and gives files or (name,
        file). Where they are given, `settings` are tried only where they are given too.
    baseline: compressed models that there are already, to compare with.
    findings: a run whose findings calibration sees too, in one of the settings; True: tune searches some itself; False:
        there is no such setting.
    held_out: inputs used for nothing else, by which those on the front, and the baseline, are measured once more: what
        came out first of many looks better than it is.
    out: the folder to write to: tune.json, front.svg, variants/. The same call goes on with what an earlier one left
        there. Else a temporary one, which goes with the Tuning.
    time_limit: seconds for all of it, 600 unless given, 0 for none. Half of it is the most that making variants takes.

    Returns the Tuning; Tuning["complete"] tells whether time cut in. Ctrl-C raises Interrupted, whose `report` is the
    Tuning by then, or None; what was made is kept.
    """
    given: dict[str, Any] = {"search_seeds": 0, "regression_queries": 0, **options}
    limit = given.pop("time_limit", None)
    chosen = _chosen(settings, variants)
    if held_out is None and held_out_labels is not None:
        raise BadArgument("held_out_labels are given without held_out", "give both")
    aside = Inputs(held_out, held_out_labels) if held_out is not None else None
    if calibration is None and chosen != ():
        raise BadArgument("calibration is None", "ranges of activations are taken from inputs: give some")
    asked = Asked(original, calibration, Inputs(seeds, labels), aside, given)
    folder = Path(out).absolute() if out is not None else Path(tempfile.mkdtemp(prefix="dflare-tune-"))
    tuner = Tuner(asked, folder, 600.0 if limit is None else float(limit), progress)
    try:
        tuner.claim([_pair(each) for each in baseline])
        if variants is not None:
            made = variants(folder / "variants") if callable(variants) else variants
            tuner.take(_pair(each) for each in made)
        if chosen != ():
            tuner.quantise(chosen, findings)
        tuning = Tuning(tuner.measured(), folder, temporary=out is None)
    except KeyboardInterrupt as stop:
        told = tuner.left(stop)
        raise Interrupted(
            f"interrupted: what was made is kept in {folder}; the same call with out={str(folder)!r} goes on",
            report=Tuning(told, folder) if told else None,
        ) from stop
    except Error:
        if out is None and not any(folder.glob("variants/*.json")):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    for note in tuning.notes:
        warnings.warn(note, stacklevel=2)
    return tuning


def _chosen(settings: Iterable[Setting] | None, variants: VariantsLike | None) -> tuple[Setting, ...] | None:
    """None: those that tune chooses itself."""
    if settings is None:
        return () if variants is not None else None
    chosen = tuple(settings)
    wrong = next((setting for setting in chosen if not isinstance(setting, Setting)), None)
    if wrong is not None:
        raise BadArgument(f"settings hold {wrong!r}, expected dflare.Setting(...)")
    if not chosen and variants is None:
        raise BadArgument("settings are empty", "leave settings= out, or give variants=")
    return chosen


def _pair(named: Named) -> tuple[str, str]:
    """Name and file."""
    if isinstance(named, tuple) and len(named) == 2:
        return str(named[0]), os.fspath(named[1])
    if not isinstance(named, (str, os.PathLike)):
        raise BadArgument(f"a variant is {named!r}, expected a model file or (name, file)")
    return Path(named).stem, os.fspath(named)


__all__ = ["Setting", "Tuning", "tune"]
