"""Results of searches, a JSON file each: written at once and whole, so that a run killed at any moment goes on."""
from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree

from experiment import HERE, Job

ROOT = HERE.parents[1]
KEPT = ("seeds", "searched", "natural", "agreement", "accuracy", "found", "success_rate", "queries", "seconds",
        "queries_per_second", "confirmed", "flaky", "ties", "unique_rate", "severity", "distance", "kinds", "skipped",
        "batch", "workers", "rows_exact", "machine")  # of summary.json
FINDING = ("seed", "kind", "queries", "seconds", "severity", "linf", "l2", "ssim", "tie")  # of an exported finding


class Failed(Exception):
    """A search or an attack that did not run; the message says why."""


class Store:
    """Results in a folder. One program at a time does a job; several may read."""

    def __init__(self, folder: Path, dflare: Path, torch_python: Path | None = None):
        self.folder, self.dflare, self.torch_python = folder, dflare, torch_python
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("running-*"):
            if not _alive(int(left.name.split("-")[1])):
                rmtree(left, ignore_errors=True)

    def has(self, job: Job) -> bool:
        return job.file(self.folder).exists()

    def result(self, job: Job) -> dict | None:
        """None: not there yet."""
        file = job.file(self.folder)
        return json.loads(file.read_text()) if file.exists() else None

    def do(self, job: Job) -> dict:
        """Runs the job and stores its result. Raises Failed."""
        with self._scratch() as scratch:
            images, labels = self._attacked(job) if job.attack else (None, None)
            result = {"spec": job.spec(), "method": job.method, "build": build_of(self.dflare),
                      "date": time.strftime("%Y-%m-%d"), **search(self.dflare, job, scratch / "run", images, labels)}
            if images:
                result["attack"] = json.loads((images.parent / "facts.json").read_text())
            whole = scratch / "result.json"
            whole.write_text(json.dumps(result) + "\n")
            target = job.file(self.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(whole, target)
        return result

    def _attacked(self, job: Job) -> tuple[Path, Path]:
        """Adversarial images of the pair's original, shared by all pairs of that original, and their labels."""
        spec = f"{job.pair.original.name} {job.pair.images.name} {job.attack}"
        folder = self.folder / "adversarial" / hashlib.sha256(spec.encode()).hexdigest()[:12]
        if not folder.exists():
            if not self.torch_python:
                raise Failed("attacks need PyTorch: name its interpreter by --torch-python (see bench/README.md)")
            with self._scratch() as scratch:
                made = scratch / "made"
                run([self.torch_python, HERE / "attack.py", job.pair.original, job.pair.images, job.pair.labels,
                     job.pair.preprocess, made, *job.attack.split()])
                folder.parent.mkdir(exist_ok=True)
                os.replace(made, folder)
        return folder / "images.npy", folder / "labels.npy"

    @contextmanager
    def _scratch(self):
        """A folder on the results' own disk, so that renaming is atomic; emptied by a later start after a kill."""
        folder = self.folder / f"running-{os.getpid()}-{time.monotonic_ns()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            rmtree(folder, ignore_errors=True)


def search(dflare: Path, job: Job, run_folder: Path, images: Path | None, labels: Path | None) -> dict:
    """A search's summary, how each seed's search ended, its findings, and what the whole command took."""
    start = time.monotonic()
    summary = searched(dflare, job, job.options, run_folder, images, labels)
    result = {"command_seconds": time.monotonic() - start, "summary": {k: summary[k] for k in KEPT},
              "runtimes": sorted({m["runtime"] for m in summary["models"].values()}),
              "ends": ends(run_folder), "findings": findings(dflare, run_folder)}
    return result | (repaired(dflare, job, run_folder) if job.repair else {})


def searched(dflare: Path, job: Job, options: tuple, run_folder: Path, images: Path | None = None,
             labels: Path | None = None) -> dict:
    """The summary of `dflare search`."""
    limits = ["--max-seeds", job.limits.max_seeds, "--max-queries", job.limits.max_queries]
    return json.loads(run([dflare, "search", *job.pair.arguments(images, labels), *limits, "--rng-seed", job.run_seed,
                           *options, "-o", run_folder, "--json", "--quiet"]))


def repaired(dflare: Path, job: Job, run_folder: Path) -> dict:
    """What `dflare repair` says of the run, and a search of the repaired pair. A head that raises the disagreement on
    natural images is searched as well."""
    folder, again = run_folder.with_name("repair"), run_folder.with_name("again")
    out = run([dflare, "repair", run_folder, *job.repair, "--force", "-o", folder, "--json", "--quiet"])
    head = folder / "head.json"
    if not job.again or not head.exists():
        return {"repair": json.loads(out)}
    summary = searched(dflare, job, (*job.again, "--compressed-head", head), again)
    return {"repair": json.loads(out), "again": {"summary": {k: summary[k] for k in KEPT}, "ends": ends(again)}}


def ends(run_folder: Path) -> list[list]:
    """[seed, found | queries_spent | ..., queries, seconds] of every searched seed; exports tell of findings only."""
    query = """SELECT seed, "end", queries, seconds FROM done
               WHERE seed NOT IN (SELECT seed FROM findings WHERE kind = 'natural') ORDER BY seed"""
    with sqlite3.connect(f"file:{run_folder / 'run.sqlite'}?mode=ro", uri=True) as db:
        return [list(row) for row in db.execute(query)]


def findings(dflare: Path, run_folder: Path) -> list[dict]:
    target = run_folder / "findings.jsonl"
    run([dflare, "export", run_folder, "--format", "jsonl", "-o", target])
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    return [{key: row[key] for key in FINDING} for row in rows]


def run(command: list) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"exit {done.returncode}: {done.stderr.strip()[-600:]}")
    return done.stdout


@cache
def build_of(dflare: Path) -> str:
    """Tells one build of the command from another."""
    return hashlib.sha256(dflare.read_bytes()).hexdigest()[:12]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
