"""Profiles, the gate, replays of known findings, and comparisons."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Union

from . import _core
from .errors import BadArgument, BadInput
from .inputs import Image, Inputs, InputsLike
from .model import ModelLike, Party, parties
from .options import Pairs, documented, pairs
from .reports import AnyReport, Report, Told, measured, with_inputs
from .run import Run, RunLike
from .search import _models_again, _models_given, _probe_again
from .working import ProgressLike, Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import CheckOptions, CompareOptions, ProfileOptions, ReplayOptions

#: A Run or its folder; a profile, or its JSON file.
ComparedLike = Union[Run, Report, str, "os.PathLike[str]"]


class Verdict(Report):
    """What a check or a replay found, as a dict: what `dflare check --json` prints."""

    @property
    def verdict(self) -> str | None:
        """ "pass", "fail" or "inconclusive": the worst of the limits, an inconclusive one as `inconclusive=` decided.
        None: there was no limit."""
        ends_as: str | None = self["ends_as"]
        return ends_as

    @property
    def passed(self) -> bool:
        """Whether every limit is shown to hold. Without limits there is nothing that would."""
        return self.verdict == "pass"

    @property
    def still_deviating(self) -> list[str]:
        """Names of the known findings on which the models still differ."""
        return self.known("still deviates")

    def known(self, outcome: str) -> list[str]:
        """Names of the known findings with that outcome: "still deviates", "fixed", "gone", "flaky" or "not asked"."""
        findings = (self["replay"] or {"findings": []})["findings"]
        return [finding["name"] for finding in findings if finding["outcome"] == outcome]


@documented(_core.PROFILE, left_out=("out", "labels"))
def profile(
    original: ModelLike,
    compressed: ModelLike,
    seeds: InputsLike,
    labels: InputsLike | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[ProfileOptions],
) -> Report:
    """Where the compressed model answers otherwise in the field: by natural corruption, severity and label.
    docs/profile.md tells what is measured.

    original, compressed, seeds, labels: as for search.
    out: a file for the profile as JSON, which compare() takes; svg: one for its heat map.
    """
    models = parties([original, compressed])
    given = [*_models_given(models, options), *_out(out), *pairs(options)]
    return _asked(_core.profile, models, Inputs(seeds, labels), given, progress, Report)


@documented(_core.CHECK, left_out=("out", "labels"))
def check(
    original: ModelLike,
    compressed: ModelLike,
    seeds: InputsLike,
    labels: InputsLike | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[CheckOptions],
) -> Verdict:
    """The gate: whether a compressed model may ship, by the limits given. docs/check.md tells what a verdict means.

    original, compressed, seeds, labels: as for search.
    out: a file for the verdict as JSON.

    Returns the Verdict, whatever it is; raises for what `dflare check` calls wrong: no limit, no labels, damaged files.
    """
    models = parties([original, compressed])
    given = [*_models_given(models, options), *_out(out), *pairs(options)]
    return _asked(_core.check, models, Inputs(seeds, labels), given, progress, Verdict)


@documented(_core.REPLAY, left_out=("out", "original", "compressed"))
def replay(
    run: RunLike,
    original: ModelLike | None = None,
    compressed: ModelLike | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[ReplayOptions],
) -> Verdict:
    """Known findings asked again, of models as they are now: which still deviate, which are fixed.

    run: a Run or its folder; or the folder of a corpus, made by export(run, corpus=folder).
    original, compressed: of a run the ones that it had, unless others are given; a corpus does not know where they are.
    out: a file for the verdict as JSON.
    """
    folder = run.folder if isinstance(run, Run) else Path(run)
    if (folder / "dflare-corpus.json").exists():
        if original is None or compressed is None:
            raise BadArgument(f"{folder}: a corpus does not know where models are", "give both: original=, compressed=")
        models = parties([original, compressed])
        probe = _image_of(folder) if any(model.function for model in models) else None
    else:
        known = run if isinstance(run, Run) else Run(folder)
        models = _models_again(known, original, compressed, others=True)
        probe = _probe_again(known, models)
    given = _models_given(models, options)
    for side, model in (("original", original), ("compressed", compressed)):
        if model is None:  # the run's: what it records of it holds
            given = [pair for pair in given if pair[0] != side]
    given += [("run", str(folder)), *_out(out), *pairs(options)]
    functions = [model.function for model in models if model.function]
    work = Work(models, progress)
    return measured(work, lambda: _core.replay(given, functions, probe, work.live), Verdict)


@documented(_core.COMPARE, left_out=("out",))
def compare(
    before: ComparedLike,
    after: ComparedLike,
    *,
    out: str | os.PathLike[str] | None = None,
    **options: Unpack[CompareOptions],
) -> Report:
    """What changed between two runs, or two profiles, of the same inputs: which are fixed, which are new, and whether
    it is by more than chance."""
    with tempfile.TemporaryDirectory(prefix="dflare-") as folder:
        given = [
            ("before", _file_of(before, Path(folder, "before.json"))),
            ("after", _file_of(after, Path(folder, "after.json"))),
        ]
        given += [*_out(out), *pairs(options)]
        return measured(Work([], False), lambda: _core.compare(given))


def _image_of(corpus: Path) -> Image:
    """All its images are of the size that models take."""
    file = next(iter(sorted(corpus.glob("images/*.png"))), None)
    if file is None:
        raise BadInput(f"{corpus}: holds no image", "callables are asked images alone")
    return _core.decode(file.read_bytes(), str(file))


def _file_of(compared: ComparedLike, target: Path) -> str:
    if isinstance(compared, Run):
        return str(compared.folder)
    if isinstance(compared, Report):
        target.write_text(json.dumps(compared))
        return str(target)
    return os.fspath(compared)


def _out(out: str | os.PathLike[str] | None) -> Pairs:
    return [] if out is None else [("out", os.fspath(out))]


def _asked(
    verb: Callable[..., Told],
    models: list[Party],
    inputs: Inputs,
    given: Pairs,
    progress: ProgressLike,
    kind: type[AnyReport],
) -> AnyReport:
    work = Work(models, progress)

    def ask(given: Pairs, functions: list[_core.Function], probe: Image | None) -> Told:
        return verb(given, functions, probe, work.live)

    return with_inputs(models, inputs, given, work, ask, kind)
