"""Runs of one search, joined."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from . import _core
from .errors import BadArgument, as_keywords
from .own import Given
from .run import Run, RunLike


def merge(*runs: RunLike, out: str | os.PathLike[str] | None = None) -> Run:
    """Joins runs of one search into one, as `dflare merge` does: shards (shard="0/4"), finished or not, and copies.

    out: the folder of the run, which must not hold anything; else a temporary one that goes with the Run.

    Returns the run that one machine would have left; Run.complete says whether all of it was searched, and
    dflare.resume goes on. Raises BadInput for runs that are not of the same models, inputs and settings, naming what
    differs; BadArgument; CannotWrite. What is written is there whole, or not at all.
    """
    if not runs:
        raise BadArgument("no run is given", "dflare.merge(*runs)")
    folders = [os.fspath(run.folder) if isinstance(run, Run) else os.fspath(run) for run in runs]
    folder = Path(out).absolute() if out is not None else Path(tempfile.mkdtemp(prefix="dflare-run-"))
    notes = [as_keywords(note) for note in _core.merge(folders, os.fspath(folder))]
    first = next((run for run in runs if isinstance(run, Run)), None)
    return Run(
        folder,
        notes=notes,
        models=first._models if first else None,
        temporary=out is None,
        own=first._own if first else Given(),
    )
