#!/usr/bin/env python3
"""Draws regressions: each unchanged input beside the finding, what was done to it, and what both models say.

    scripts/draw_regressions.py -o docs/regressions.png RUN:SEED[:ORDINAL]...

RUN is a run folder, SEED the number that its pictures' names begin with. Needs bench/experiments/requirements.txt and the command
(build/release/dflare, or $DFLARE_BIN).
"""
from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import textwrap
from pathlib import Path

import matplotlib
from PIL import Image

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
DFLARE = os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare")
COLUMNS = 3


@functools.cache
def findings_of(run: str) -> dict[tuple[int, int], dict]:
    """By seed and ordinal, with the run and its class names; a run is exported once."""
    lines = subprocess.run([DFLARE, "export", run, "--format", "jsonl", "-o", "-"], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    classes = json.loads((Path(run) / "summary.json").read_text())["settings"]["classes"]
    names = Path(classes).read_text().split() if classes else []
    found = [json.loads(line) for line in lines]
    return {(f["seed"], f["ordinal"]): {**f, "names": names, "run": Path(run)} for f in found}


def name_of(finding: dict, label: int) -> str:
    return finding["names"][label] if finding["names"] else str(label)


def draw(finding: dict, seeds: Path, axes) -> None:
    pictures = (Image.open(seeds / finding["source"]), Image.open(finding["run"] / finding["png"]))
    says = (("unchanged", "both: " + name_of(finding, finding["seed_label"])),
            (f"original: {name_of(finding, finding['label_original'])} ({finding['p_original']:.0%})",
             f"compressed: {name_of(finding, finding['label_compressed'])} ({finding['p_compressed']:.0%})"))
    for axis, picture, (first, second) in zip(axes, pictures, says):
        axis.imshow(picture, cmap="gray" if picture.mode == "L" else None, vmin=0, vmax=255)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.set_title(f"{first}\n{second}", fontsize=8)
    axes[0].set_xlabel(textwrap.fill(finding["how"]["strength"].replace(" %", "\u00a0%"), 50), fontsize=6.5, loc="left", color="0.3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("findings", nargs="+", metavar="RUN:SEED[:ORDINAL]")
    parser.add_argument("--seeds", nargs="+", type=Path, required=True, help="folder of inputs, one for each finding or one for all")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    folders = args.seeds if len(args.seeds) > 1 else args.seeds * len(args.findings)
    rows = -(-len(args.findings) // COLUMNS)
    columns = min(COLUMNS, len(args.findings))
    figure, grid = pyplot.subplots(rows, 2 * columns, figsize=(3.1 * columns, 2.5 * rows), squeeze=False)
    for i, (text, seeds) in enumerate(zip(args.findings, folders, strict=True)):
        run, seed, *ordinal = text.split(":")
        row, column = divmod(i, COLUMNS)
        draw(findings_of(run)[int(seed), int(ordinal[0]) if ordinal else 0], seeds, grid[row][2 * column:2 * column + 2])
    figure.subplots_adjust(left=0.01, right=0.99, top=1 - 0.16 / rows, bottom=0.3 / rows, wspace=0.06, hspace=0.78)
    figure.savefig(args.output, dpi=130, metadata={"Software": None})


if __name__ == "__main__":
    main()
