"""Runs: what a search found, and what can be done with it."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import shutil
import warnings
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, overload

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import BadArgument, BadInput, Error, as_keywords
from .options import documented, pairs
from .own import Given

if TYPE_CHECKING:
    import pandas
    from typing_extensions import Unpack

    from .keywords import ReportOptions

Image = npt.NDArray[np.uint8]
_SHOWN = 12  # findings in a notebook


@dataclass(frozen=True)
class Finding:
    """An input near a real one on which the models disagree, confirmed: asked again, alone, from its stored bytes."""

    seed_index: int
    """Which of the run's inputs it was made from."""
    ordinal: int
    """Counts the findings of one input."""
    source: str
    """The input's file, or "row 12" of an array."""
    label: int | None
    """The input's true class; None: not known."""
    kind: str
    """compressed_lost, original_lost, both_changed or natural (the input itself)."""
    seed_label: int
    """The class that both models give the unmodified input."""
    label_original: int
    label_compressed: int
    p_original: float
    """The original's probability of its own class, 0 to 1."""
    p_compressed: float
    severity: float
    """How decisively they disagree, in natural log units: 0 is a coin toss, 1.39 both 4 to 1."""
    linf: float
    """Largest change of a pixel from the input, in grey levels of 0 to 255."""
    l2: float
    """Euclidean distance from the input on pixel values from 0 to 1."""
    ssim: float
    """Structural similarity to the input, 1 for equal images."""
    queries: int
    """Of the search until here, the unmodified input's included."""
    seconds: float
    how: Any
    """How it was reached, as its strategy tells; None: it does not."""
    facts: dict[str, Any] = field(repr=False)
    """All that the run's store says of it, by the names of `dflare export`."""
    png: bytes = field(repr=False)
    """The image as it is stored."""
    _run: Run = field(repr=False, compare=False)

    @cached_property
    def input(self) -> npt.NDArray[Any]:
        """The input on which the models disagree: an image uint8 height x width x channels, or an array of the inputs'
        type and shape."""
        if self._run.kind == "array":
            return _array_of(self.png)
        return _core.decode(self.png, self.path.name)

    @property
    def seed(self) -> npt.NDArray[Any]:
        """The real input that it was made from, as `input` is. Read from the run's inputs, which must
        be what they were: BadInput."""
        seed: npt.NDArray[Any] = self._run.inputs[self.seed_index]
        return seed

    @property
    def id(self) -> str:
        """What Run.show and `dflare show` know it by."""
        return f"{self.seed_index}:{self.ordinal}"

    @property
    def path(self) -> Path:
        """Its image in the run's folder."""
        return self._run.folder / str(self.facts["png"])


class Run(Sequence[Finding]):
    """The confirmed findings of a search, in the order of their inputs, and the folder they lie in.

    A run without `out` lies in a temporary folder, which goes with this object; keep() moves it.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        end: str | None = None,
        notes: Sequence[str] = (),
        models: tuple[object, object] | None = None,
        temporary: bool = False,
        own: Given = Given(),  # noqa: B008 immutable
    ) -> None:
        self.folder = Path(folder).absolute()
        #: How the last session ended: "complete", "time_limit" or "stopped"; None: read from its folder.
        self.end = end
        #: What looked wrong with the models or the inputs.
        self.notes = list(notes)
        self._models = models
        self._own = own
        self._record = _core.record(os.fspath(self.folder))
        self._cleanup = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True) if temporary else None

    # ---- findings

    @cached_property
    def _findings(self) -> list[Finding]:
        lines, images = _core.findings(os.fspath(self.folder))
        seeds = json.loads(self._record["seeds"])
        found = []
        for line, png in zip(lines.splitlines(), images, strict=True):
            facts = json.loads(line)
            index = facts["seed"]
            label = seeds[index]["label"]
            same = {name: facts[name] for name in _SAME}
            found.append(
                Finding(
                    **same,
                    seed_index=index,
                    label=label if label >= 0 else None,
                    facts=facts,
                    png=png,
                    _run=self,
                )
            )
        return found

    def __len__(self) -> int:
        return len(self._findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self._findings[index]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    @property
    def kind(self) -> str:
        """What the inputs are: "image" or "array"."""
        return str(json.loads(self._record["facts"]).get("kind", "image"))

    @cached_property
    def inputs(self) -> npt.NDArray[Any]:
        """All inputs of the run as the models saw them: images uint8 N x height x width x channels, zeros where one
        could not be read; arrays as their file holds them. Raises BadInput where they are gone or have changed."""
        facts = json.loads(self._record["facts"])
        if self.kind == "array":
            return _arrays_in(Path(self.options["seeds"]))
        height, width, channels = facts["shape"]
        return _core.inputs(os.fspath(self.folder), height, width, channels, facts["models"]["original"]["classes"])

    # ---- figures

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What summary.json says: counts, rates, the models. Docs: summary-json.md."""
        file = self.folder / "summary.json"
        text = file.read_text() if file.exists() else _core.summary(os.fspath(self.folder))
        summary: dict[str, Any] = json.loads(text)
        return summary

    @property
    def complete(self) -> bool:
        """Whether every planned input was searched to its end."""
        return bool(self.summary["complete"])

    @property
    def options(self) -> dict[str, Any]:
        """What was asked, by the names of the options."""
        options: dict[str, Any] = json.loads(self._record["settings"])
        return {name.replace("-", "_"): value for name, value in options.items()}

    def to_pandas(self) -> pandas.DataFrame:
        """A row a finding, the columns of `dflare export`. Needs pandas."""
        import pandas

        return pandas.DataFrame([finding.facts for finding in self._findings])

    def report(self, out: str | os.PathLike[str] | None = None, **options: Unpack[ReportOptions]) -> Path:
        """Writes the run as one page for a browser: verdict, charts, every finding beside its input. Returns the file:
        `out`, else report.html in the run's folder."""
        return report(self, out=out if out is not None else self.folder / "report.html", **options)

    def keep(self, folder: str | os.PathLike[str]) -> Run:
        """Copies the run to a folder that is not there yet, and is the run there."""
        target = Path(folder).absolute()
        shutil.copytree(self.folder, target)
        return Run(target, end=self.end, notes=self.notes, models=self._models, own=self._own)

    # ---- for people

    def __repr__(self) -> str:
        return f"<dflare.Run of {len(self)} findings in {self.folder}>"

    def __str__(self) -> str:
        return _core.text(os.fspath(self.folder))

    def _repr_html_(self) -> str:
        shown = self._findings if self.kind == "image" else []
        best = sorted(shown, key=lambda finding: -finding.severity)[:_SHOWN]
        cards = "".join(_card(finding) for finding in best)
        more = f"<p>the {len(best)} most decisive of {len(self)} findings</p>" if 0 < len(best) < len(self) else ""
        return f"<pre>{html.escape(str(self))}</pre>{more}<div style='display:flex;flex-wrap:wrap'>{cards}</div>"

    # ---- for what comes after (search.py gives these their meaning)

    @property
    def models(self) -> tuple[object, object]:
        """Original and compressed, as they were given or as the run records them."""
        options = self.options
        return self._models or (options["original"], options["compressed"])


_SAME = (
    "ordinal source kind seed_label label_original label_compressed p_original p_compressed severity linf l2 ssim "
    "queries seconds how"
).split()

RunLike = Union[Run, str, "os.PathLike[str]"]


def load(folder: str | os.PathLike[str]) -> Run:
    """The run in a folder, of the command's or of dflare.search. Raises BadInput where there is none."""
    return Run(folder)


@documented(_core.REPORT, left_out=("out",))
def report(*runs: RunLike, out: str | os.PathLike[str] = "report.html", **options: Unpack[ReportOptions]) -> Path:
    """Writes runs as one page for a browser, and returns its file. docs/report.md tells what it shows.

    out: the file to write; one that is there must be such a page.
    """
    if not runs:
        raise BadArgument("no run is given", "dflare.report(run)")
    folders = [str(run.folder) if isinstance(run, Run) else os.fspath(run) for run in runs]
    given = [("runs", folder) for folder in folders]
    for note in _core.report(given + pairs(options), os.fspath(out)):
        warnings.warn(as_keywords(note), stacklevel=2)
    return Path(out)


def _array_of(npy: bytes) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(io.BytesIO(npy))
    return array


def _arrays_in(file: Path) -> npt.NDArray[Any]:
    try:
        arrays: npt.NDArray[Any] = np.load(file)
    except (OSError, ValueError) as error:
        raise BadInput(f"{file}: {error}") from error
    return arrays


def _picture(png: bytes, title: str) -> str:
    data = base64.b64encode(png).decode()
    style = "width:96px;image-rendering:pixelated;margin-right:2px"
    return f"<img style='{style}' title='{html.escape(title)}' src='data:image/png;base64,{data}'>"


def _card(finding: Finding) -> str:
    try:
        seed = _picture(_core.encode(np.ascontiguousarray(finding.seed)), f"input {finding.source}")
    except Error:  # the inputs have moved: what was found is shown all the same
        seed = ""
    words = f"{finding.label_original} &rarr; {finding.label_compressed}, severity {finding.severity:.2f}"
    found = _picture(finding.png, f"finding {finding.id}")
    return f"<div style='margin:4px'>{seed}{found}<br><small>{html.escape(finding.source)}: {words}</small></div>"
