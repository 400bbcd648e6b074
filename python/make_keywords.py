#!/usr/bin/env python3
"""Writes the options of each verb as typed keywords, from the table in the extension beside the file to write."""

import importlib.util
import sys
from pathlib import Path

VERBS = ["SEARCH", "RESUME", "INSPECT", "EXPORT", "SHOW", "RANK", "REPAIR", "GUARD", "PROFILE", "CHECK", "REPLAY"]
VERBS += ["COMPARE", "REPORT"]
TYPES = {"int": "int", "float": "float", "bool": "bool", "path": "str | os.PathLike[str]"}
# What the functions take by parameters of their own.
OWN = {"out", "labels", "seeds", "format", "held_out", "held_out_labels", "original", "compressed", "strategy", "operators"}


def core_beside(target):
    (file,) = target.parent.glob("_core.*so")
    spec = importlib.util.spec_from_file_location("_core", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def type_of(row):
    if row["choices"]:
        return "Literal[" + ", ".join(f'"{choice}"' for choice in row["choices"]) + "]"
    if row["metavar"] in ("FILE", "FOLDER"):
        return TYPES["path"]
    return "str | float" if row["keyword"] == "linf" else TYPES.get(row["kind"], "str")


def main():
    target = Path(sys.argv[1])
    core = core_beside(target)
    lines = [
        '"""The options of each verb as typed keywords; written by make_keywords.py from the table of options."""',
        "",
        "from __future__ import annotations",
        "",
        "import os",
        "from typing import Literal, TypedDict",
    ]
    strategies = next(row for row in core.options_of(core.SEARCH) if row["keyword"] == "strategy")
    lines += ["", f"StrategyName = {type_of(strategies)}"]
    for verb in VERBS:
        lines += ["", "", f"class {verb.title()}Options(TypedDict, total=False):"]
        rows = [
            row for row in core.options_of(getattr(core, verb)) if not row["argument"] and row["keyword"] not in OWN
        ]
        lines += [f"    {row['keyword']}: {type_of(row)} | None  # {row['brief']}" for row in rows] or ["    pass"]
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
