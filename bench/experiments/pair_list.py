"""Pairs of models, read from a pairs.json. Paths in it are relative to its folder."""
from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, eq=False)
class Pair:
    id: str
    original: Path
    compressed: Path
    images: Path  # a folder of images or a .npy array
    labels: Path | None
    classes: Path | None
    preprocess: str
    output: str = "auto"
    label_offset: int = 0
    method: str = ""
    usable: float = math.inf  # seeds, by the list's count
    listed: dict | None = None  # "whole_test_set" of the list: n, disagreements, ...

    def arguments(self, images: Path | None = None, labels: Path | None = None) -> list[str]:
        """What `dflare search` is given, beside what to do."""
        words = [self.original, self.compressed, images or self.images, "--preprocess", self.preprocess,
                 "--output", self.output, "--label-offset", self.label_offset]
        if images is None and self.classes:
            words += ["--classes", self.classes]
        if labels or self.labels:
            words += ["--labels", labels or self.labels]
        return [str(w) for w in words]

    def facts(self) -> dict:
        """What identifies it in a stored result."""
        return {"pair": self.id, "original": self.original.name, "compressed": self.compressed.name,
                "images": self.images.name, "preprocess": self.preprocess}


def read_pairs(file: Path) -> tuple[list[Pair], dict[str, list[Pair]]]:
    """The pairs, and the families: an original with each of its variants, ids `family/variant`."""
    listed = json.loads(file.read_text())
    return ([_pair(p, p["id"], p["compressed"], file.parent) for p in listed["pairs"]],
            {f["id"]: [_pair(f, f"{f['id']}/{Path(v).stem}", v, file.parent) for v in f["variants"]]
             for f in listed.get("families", [])})


def _pair(entry: dict, name: str, compressed: str, folder: Path) -> Pair:
    optional = {key: folder / entry[key] if entry.get(key) else None for key in ("labels", "classes")}
    return Pair(id=name, original=folder / entry["original"], compressed=folder / compressed,
                images=folder / entry["images"], preprocess=entry["preprocess"], output=entry.get("output", "auto"),
                label_offset=entry.get("label_offset", 0), method=entry.get("method", ""),
                usable=entry.get("measured", {}).get("usable_seeds", math.inf), listed=entry.get("whole_test_set"), **optional)


def matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
