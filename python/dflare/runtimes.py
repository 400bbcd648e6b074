"""The runtimes' libraries that this Python has."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def onnxruntime_library() -> str | None:
    """The library inside the installed package onnxruntime, unless $DFLARE_ONNXRUNTIME names another. It is not
    imported: its library is opened by itself, once more where the package is in use too."""
    if os.environ.get("DFLARE_ONNXRUNTIME"):
        return None
    spec = importlib.util.find_spec("onnxruntime")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder, "capi").glob("libonnxruntime.so.*"), reverse=True):
            return str(file)
    return None
