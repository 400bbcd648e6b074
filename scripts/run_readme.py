#!/usr/bin/env python3
"""Runs the commands that the documentation shows, each document in an empty folder with a copy of examples/.

A document's ```sh blocks run in order, as a reader would type them, with the built `dflare` on the PATH and the
built package importable.
    README.md, examples/*/README.md   every sh block, unless `<!-- not run: reason -->` stands on the line above
    docs/**/*.md                      the sh blocks below a line `<!-- run -->`
Left out: lines that begin with `./dev` or `git clone` (CI runs those itself).
A command must exit with 0, or with N where its line ends with `# exit N`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARIES = Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare")).parent
BLOCK = re.compile(r"(?:^<!--\s*(?P<mark>.*?)\s*-->[ ]*\n\n?)?^```sh\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"^(?P<command>.*?)\s+# exit (?P<code>\d+)$")


def blocks(document):
    """The scripts that a document asks to run."""
    opt_in = document.is_relative_to(ROOT / "docs")
    for match in BLOCK.finditer(document.read_text()):
        mark = match["mark"] or ""
        if mark == "run" if opt_in else not mark.startswith("not run"):
            yield match["text"]


def script_of(block):
    """A bash script that fails at the first command which ends otherwise than announced."""
    lines = []
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        if re.match(r"\s*(\./dev|git clone)\b", line):
            continue
        if expected := EXIT.match(line):
            line = "rc=0; {command} || rc=$?; [ $rc -eq {code} ]".format(**expected.groupdict())
        lines.append(line)
    return "\n".join(lines)


def run(document):
    """Runs one document. Returns the number of blocks that ran, or raises CalledProcessError."""
    scripts = [s for s in map(script_of, blocks(document)) if s.strip()]
    if not scripts:
        return 0
    with tempfile.TemporaryDirectory(prefix="dflare-readme-") as scratch:
        shutil.copytree(ROOT / "examples", Path(scratch, "examples"))
        Path(scratch, "build").mkdir()
        Path(scratch, "build/release").symlink_to(BINARIES)
        path = os.pathsep.join([str(BINARIES), str(Path(sys.executable).parent), os.environ["PATH"]])
        packages = os.pathsep.join(filter(None, [str(BINARIES / "python"), os.environ.get("PYTHONPATH")]))
        for script in scripts:
            print(f"--- {document.relative_to(ROOT)}\n{script}", flush=True)
            subprocess.run(["bash", "-euxo", "pipefail", "-c", script], cwd=scratch, stdin=subprocess.DEVNULL,
                           env={**os.environ, "PATH": path, "PYTHONPATH": packages}, check=True, timeout=600)
    return len(scripts)


def main():
    documents = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
    try:
        ran = {d: run(d) for d in documents}
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        sys.exit(f"run_readme: {failure}")
    if not ran[ROOT / "README.md"]:
        sys.exit("run_readme: README.md has no sh block to run")
    print(f"run_readme: {sum(ran.values())} blocks of {sum(map(bool, ran.values()))} documents ran")


if __name__ == "__main__":
    main()
