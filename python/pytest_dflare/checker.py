"""What the fixture `dflare` does: a corpus replayed, limits checked, and the worst findings told where that fails."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dflare
from dflare import _core

if TYPE_CHECKING:
    from dflare.inputs import InputsLike
    from dflare.model import ModelLike

_SHOWN = 5  # findings in a failure
_OTHERWISE = {
    _core.CHECK: {"max_still_deviating", "corpus"},
    _core.SEARCH: {"refine_queries", "config"},
    _core.REPLAY: {"config"},
}
_LIMITS = (
    "max_disagreement max_corrupted_disagreement max_regressions max_accuracy_drop max_severity min_queries"
).split()


class Checker:
    """The fixture. Beside `check` it has what the package dflare has."""

    def __init__(self, folder: Callable[[], Path], update: bool, tell: Callable[[str, str], None]) -> None:
        self._folder = folder
        self._update = update
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(dflare, name)

    def check(
        self,
        original: ModelLike,
        compressed: ModelLike,
        seeds: InputsLike,
        labels: InputsLike | None = None,
        *,
        corpus: str | os.PathLike[str] | None = None,
        search: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> dflare.Verdict | None:
        """Fails the test where a limit is not shown to hold, or where a corpus says otherwise than the models.

        original, compressed, seeds, labels: as for dflare.search.
        options: of dflare.check: max_disagreement=0.01, max_accuracy_drop=..., inconclusive="pass", preprocess=...
        corpus: a folder of known findings, committed beside the test. They are asked again first: those that no longer
            deviate fail the test until `pytest --dflare-update` rewrites the folder. With max_still_deviating=N more
            than N that still deviate fail it too.
        search: options of the search that shows the worst findings of a failure, by default of all seeds within a
            minute, and of the one that fills a corpus, by default of 20 seeds; of 200 queries each.

        Returns the verdict on the limits; None where none is given.
        """
        __tracebackhide__ = True
        pair = _Pair(original, compressed, seeds, labels, options, dict(search or {}))
        if corpus is None and not pair.has_limits and "config" not in options:
            raise dflare.BadArgument("there is neither a limit nor a corpus to check", "say max_disagreement=0.01")
        told = []
        if corpus is not None:
            told += self._update_corpus(pair, Path(corpus)) if self._update else _replayed(pair, Path(corpus))
        verdict = None
        if pair.has_limits or "config" in options:
            verdict = dflare.check(original, compressed, seeds, labels, progress=False, **pair.of(_core.CHECK))
            if not verdict.passed:
                told += [str(verdict).rstrip(), *self._worst(pair)]
        if told:
            pytest.fail("\n".join(told))
        return verdict

    def _worst(self, pair: _Pair) -> list[str]:
        """The worst findings of a search, where their pictures are, and what shows each."""
        try:
            run = pair.search(self._folder(), time_limit=60, ties="count")
        except dflare.Error as error:
            return ["", f"no finding can be shown: {error}"]
        self._tell("dflare_run", str(run.folder))
        page = run.report()
        worst = sorted(run, key=lambda finding: -finding.severity)[:_SHOWN]
        if not worst:
            return ["", f"a search of {run.summary['searched']} seeds found no deviation: {run.folder}"]
        told = ["", f"the worst of {len(run)} findings of a search, and what shows each:"]
        for finding in worst:
            told += [
                f"  {finding.source}: the original says {finding.label_original}, the compressed model"
                f" {finding.label_compressed}, severity {finding.severity:.2f}",
                f"    {finding.path}",
                f"    {pair.to_show(run, finding)}",
            ]
        return [*told, f"all of them: {page}"]

    def _update_corpus(self, pair: _Pair, corpus: Path) -> list[str]:
        """What no longer deviates goes, and what a search finds now comes."""
        if (corpus / "dflare-corpus.json").exists() and any(corpus.glob("findings/*.json")):
            replayed = pair.replay(corpus)
            _forget(corpus, {f["name"] for f in _known(replayed) if f["outcome"] in ("fixed", "gone", "flaky")})
        run = pair.search(self._folder(), max_seeds=20)
        if len(run):
            dflare.export(run, corpus=corpus)
        if not any(corpus.glob("findings/*.json")):
            return [f"{corpus}: no finding is known, and a search of {run.summary['searched']} seeds found none"]
        return []


class _Pair:
    """Models and inputs, and the options given for all that is asked of them."""

    def __init__(
        self,
        original: ModelLike,
        compressed: ModelLike,
        seeds: InputsLike,
        labels: InputsLike | None,
        options: Mapping[str, Any],
        search: dict[str, Any],
    ) -> None:
        self.original, self.compressed, self.seeds, self.labels = original, compressed, seeds, labels
        self.options, self.searched = options, search
        self.has_limits = any(options.get(limit) is not None for limit in _LIMITS)
        known = _names(_core.CHECK) | _names(_core.REPLAY)
        for name in options:
            if name not in known:  # says which is the nearest
                dflare.check(original, compressed, seeds, labels, **{name: options[name]})

    def of(self, verb: int) -> dict[str, Any]:
        """Those that the verb has, and means the same by. Known findings are asked by a replay of their own."""
        names = _names(verb) - _OTHERWISE.get(verb, set())
        return {name: value for name, value in self.options.items() if name in names}

    def search(self, folder: Path, **usual: Any) -> dflare.Run:
        asked: dict[str, Any] = {"max_queries": 200, **usual, **self.of(_core.SEARCH), **self.searched}
        return dflare.search(
            self.original, self.compressed, self.seeds, self.labels, out=folder, progress=False, **asked
        )

    def replay(self, corpus: Path) -> dflare.Verdict:
        return dflare.replay(corpus, self.original, self.compressed, progress=False, **self.of(_core.REPLAY))

    def to_show(self, run: dflare.Run, finding: dflare.Finding) -> str:
        """What shows the finding: a command, where models are files."""
        if all(isinstance(model, (str, os.PathLike)) for model in (self.original, self.compressed)):
            return f"dflare show {shlex.quote(str(run.folder))} {finding.id}"
        return f"dflare.show({str(run.folder)!r}, {finding.id!r}, original, compressed)"


def _names(verb: int) -> set[str]:
    return {row["keyword"] for row in _core.options_of(verb) if not row["argument"]}


def _known(verdict: dflare.Verdict) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = verdict["replay"]["findings"]
    return findings


def _replayed(pair: _Pair, corpus: Path) -> list[str]:
    """What a corpus has to say against the models."""
    if not (corpus / "dflare-corpus.json").exists():
        return [f"{corpus}: there is no corpus; `pytest --dflare-update` makes it of what a search finds"]
    verdict = pair.replay(corpus)
    told = []
    stale = [finding for finding in _known(verdict) if finding["outcome"] in ("fixed", "gone")]
    if stale:
        told.append(f"{len(stale)} of {len(_known(verdict))} known findings of {corpus} no longer deviate:")
        for finding in stale:
            (was, other), now = finding["was"], finding["is"][0]
            told.append(f"  {finding['source']}: {was} and {other} then, both {now} now ({finding['name']}.json)")
        told.append("if that is meant, `pytest --dflare-update` rewrites the corpus")
    if verdict.verdict == "fail" or (verdict.verdict is not None and not stale and not verdict.passed):
        told.append(str(verdict).rstrip())
    if verdict.known("not asked"):
        told.append(f"{len(verdict.known('not asked'))} known findings of {corpus} were not asked: no time was left")
    return told


def _forget(corpus: Path, names: set[str]) -> None:
    """Takes findings out of a corpus, and images that none of the others needs."""
    for name in names:
        (corpus / "findings" / f"{name}.json").unlink()
    needed = set()
    for file in corpus.glob("findings/*.json"):
        finding = json.loads(file.read_text())
        needed |= {finding["image"][:16], finding["seed"]["image"][:16]}
    for image in [*corpus.glob("images/*"), *corpus.glob("seeds/*")]:
        if image.stem not in needed:
            image.unlink()
