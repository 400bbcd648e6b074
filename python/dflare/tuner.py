"""A call of dflare.tune at work: variants made, measured and told of. For tuning.py."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from . import _core, front
from .errors import BadArgument, BadInput, Error, Interrupted, ModelFailed, NoUsableSeed
from .inputs import Inputs, InputsLike
from .options import Pairs, pairs
from .quantising import Floats, Layer, Quantiser, Setting, sha256
from .reports import Told, rank
from .run import Run, RunLike
from .runtimes import onnxruntime_library
from .search import resume, search
from .working import Progress, ProgressLike, display_of

Row = dict[str, Any]

_FIRST = (
    Setting(),
    Setting(per_channel=False),
    Setting(images="corrupted"),
    Setting(method="percentile"),
    Setting(activations=16, images="corrupted"),
    Setting(images="findings"),
    Setting(method="entropy"),
    Setting(symmetric=True),
    Setting(activations=16),
    Setting(static=False),
    Setting(static=False, per_channel=False),
)
_NOISE_SHARES = (0.25, 0.5, 0.75)  # of what quantising layers one by one does, taken away by leaving some in float
_SENSITIVITY_ROWS = 64
_TIMED_INPUTS, _TIMED_MILLISECONDS = 64, 50.0  # of a round at most, a model
_TIMED_ROUNDS = (5, 100)  # at least, at most: as many as take a model some 300 milliseconds
_SEARCHED, _QUERIES = 64, 100  # inputs, and queries an input, of the search for findings
_MAKING, _SEARCHING, _RANKING = 0.5, 0.2, 0.8  # shares of the time limit by whose end these end, the last if held out


class Asked:
    """Models, inputs and options of a call, as the library wants them."""

    def __init__(
        self,
        original: object,
        calibration: InputsLike | None,
        seeds: Inputs,
        held_out: Inputs | None,
        options: dict[str, Any],
    ) -> None:
        if not isinstance(original, (str, os.PathLike)):
            raise BadArgument(f"original is {type(original).__name__}, expected a model file")
        _core.check_options(pairs(options), _core.RANK)
        self.original = os.fspath(original)
        self.calibration = Inputs([] if calibration is None else calibration)  # none: of what others make
        self.seeds, self.held_out = seeds, held_out
        self.options = options
        self._files: dict[int, tuple[str, str | None]] = {}
        self._folders: list[tempfile.TemporaryDirectory[str]] = []  # gone with this
        library = onnxruntime_library() if options.get("onnxruntime") is None else None
        self._runtime: Pairs = [("onnxruntime", library)] if library else []

    def files_of(self, inputs: Inputs) -> tuple[str, str | None]:
        """Of the inputs and of their labels."""
        if id(inputs) not in self._files:
            self._folders.append(tempfile.TemporaryDirectory(prefix="dflare-"))
            self._files[id(inputs)] = inputs.keep(Path(self._folders[-1].name))
        return self._files[id(inputs)]

    def for_verb(self, verb: int) -> dict[str, Any]:
        """Those of the options that the verb has."""
        known = {row["keyword"] for row in _core.options_of(verb)}
        return {name: value for name, value in self.options.items() if name in known}

    def inspecting(self, seeds: str, models: Iterable[str] = ()) -> Pairs:
        """An inspection of the original and of these."""
        given = [*pairs(self.for_verb(_core.INSPECT)), *self._runtime, ("seeds", seeds), ("models", self.original)]
        return [*given, *(("models", model) for model in models)]

    @cached_property
    def words(self) -> dict[str, str]:
        """What must be the same for an earlier call's work to be of use."""
        return {
            "original": sha256(self.original) if Path(self.original).is_file() else self.original,
            "calibration": self.digest_of(self.calibration) if self.calibration.path or self.calibration.arrays else "",
            "seeds": self.digest_of(self.seeds),
            "options": json.dumps({name: str(value) for name, value in sorted(self.options.items())}),
        }

    def digest_of(self, inputs: Inputs) -> str:
        """Of what the files hold; of a folder with its files' places."""
        digest = hashlib.sha256()
        for path in self.files_of(inputs):
            if path is None:
                continue
            files = [Path(path)] if Path(path).is_file() else sorted(p for p in Path(path).rglob("*") if p.is_file())
            for file in files:
                digest.update(f"{file.relative_to(path)}\n{sha256(file)}\n".encode())
        return digest.hexdigest()


class Tuner:
    """What takes time lies in the folder, by what it depends on, and is not done again."""

    def __init__(self, asked: Asked, folder: Path, limit: float, progress: ProgressLike) -> None:
        self._asked, self._folder, self._progress = asked, folder, progress
        self._display = display_of(progress)
        self._began = time.monotonic()
        self._limit = limit if limit > 0 else float("inf")
        self._rows: list[Row] = []  # variants and baseline
        self._failed: list[Row] = []
        self._sensitivity: list[Layer] = []
        self._same: list[Row] = []  # as another, to the byte
        self._left_out: list[str] = []  # for want of time
        self._notes: list[str] = []
        self._times: list[float] = []  # of the original and the rows, once they are measured
        self._ranking: Mapping[str, Any] | None = None  # of all rows

    def claim(self, baseline: Iterable[tuple[str, str]]) -> None:
        """Takes the folder, new or an earlier call's."""
        file = self._folder / "asked.json"
        if file.exists():
            before = json.loads(file.read_text())
            for name, now in self._asked.words.items():
                if before.get(name) != now:
                    raise BadInput(f"{self._folder} is of another call of tune: its {name} are others", "give another out=")
        elif self._folder.exists() and any(self._folder.iterdir()):
            raise BadInput(f"{self._folder} holds something else", "give a folder that is empty or not there: out=")
        for name in ("variants", "rankings", "scratch"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        _write(file, json.dumps(self._asked.words, indent=2))
        for name, path in baseline:
            self._add(name, path, baseline=True)

    # ---- making

    def take(self, made: Iterable[tuple[str, str]]) -> None:
        """Files that something else makes."""
        for name, path in made:
            self._tell("variants", len(self._rows), 0)
            self._add(name, path)
            if self._seconds_left(_MAKING) <= 0:
                self._left_out.append("what variants= had not given yet")
                return

    def quantise(self, settings: Sequence[Setting] | None, findings: RunLike | bool) -> None:
        """These, or two rounds of settings that are chosen here."""
        chosen = _FIRST if settings is None else settings
        quantiser = self._quantiser()
        self._quantise(quantiser, [setting for setting in chosen if setting.images != "findings"])
        by_findings = [setting for setting in chosen if setting.images == "findings"]
        if by_findings and self._sees_findings(quantiser, findings):
            self._quantise(quantiser, by_findings)
        if settings is None:
            self._second_round(quantiser)

    def _quantiser(self) -> Quantiser:
        self._tell("calibration", 0, 0)
        path, _ = self._asked.files_of(self._asked.calibration)
        told = _core.fed(self._asked.inspecting(path), 1, int(self._asked.options.get("rng_seed") or 0))
        if told["kind"] == "other":
            raise BadInput(f"{self._asked.original} takes neither images nor arrays, and is not quantised here", "give variants=")
        self._notes += told["notes"]
        fed: dict[str, Floats] = {"plain": told["values"][: told["clean"]], "corrupted": told["values"]}
        return Quantiser(self._asked.original, told["input"], fed, self._folder / "scratch")

    def _sees_findings(self, quantiser: Quantiser, findings: RunLike | bool) -> bool:
        """Whether there are findings, which calibration then can see besides."""
        if findings is False:
            return False
        run = self._searched() if findings is True else findings
        run = Run(run) if isinstance(run, (str, os.PathLike)) else run
        if not isinstance(run, Run) or len(run) == 0:
            self._notes.append("calibration by findings was left out: there is no finding")
            return False
        file = self._folder / "scratch" / "findings.npy"
        np.save(file, np.stack([finding.input for finding in run]))
        quantiser.see("findings", _core.fed(self._asked.inspecting(str(file)), 0, 0)["values"])
        return True

    def _searched(self) -> Run | None:
        """A search of the calibration's inputs, against the first variant there is."""
        compressed = next((row["file"] for row in self._rows if not row["baseline"]), None)
        folder = self._folder / "search"
        limit = min(self._seconds_left(_MAKING), _SEARCHING * self._limit)
        if compressed is None or limit <= 0:
            return None
        own: dict[str, Any] = {"progress": self._progress}
        if limit != float("inf"):
            own["time_limit"] = limit
        self._close()
        with _no_warnings():
            try:
                return resume(folder, **own)
            except (Error, OSError):  # it never began
                shutil.rmtree(folder, ignore_errors=True)
            try:
                path, _ = self._asked.files_of(self._asked.calibration)
                if self._asked.calibration.in_memory:  # what is gone on with must stay
                    path = str(shutil.copy(path, self._folder / "calibration.npy"))
                own |= {"max_seeds": _SEARCHED, "max_queries": _QUERIES}
                return search(
                    self._asked.original, compressed, path, out=folder, **(self._asked.for_verb(_core.SEARCH) | own)
                )
            except NoUsableSeed:
                return None

    def _quantise(self, quantiser: Quantiser, settings: Sequence[Setting]) -> None:
        for number, setting in enumerate(settings):
            self._tell("quantise", number, len(settings))
            name = self._free(setting.name)
            file = self._folder / "variants" / f"{name}.onnx"
            record = file.with_suffix(".json")
            told = json.dumps({"setting": asdict(setting), "calibration": quantiser.digest_of(setting)}, indent=2)
            made = record.exists() and file.exists() and record.read_text() == told
            if not made and self._seconds_left(_MAKING) <= 0:
                self._left_out.append(name)
                continue
            try:
                if not made:
                    quantiser.quantise(setting, file)
                    _write(record, told)
            except Error:
                raise
            except Exception as error:  # whatever ONNX Runtime does not do with this model
                self._failed.append({"name": name, "setting": asdict(setting), "why": _in_a_line(error)})
                continue
            self._add(name, str(file), setting)

    def _second_round(self, quantiser: Quantiser) -> None:
        """What did best in one thing each, together; and the layers that suffer most in float."""
        report = self._ranked("first ranking", self._rows, self._asked.seeds, _MAKING)
        by_file = {row["file"]: row["setting"] for row in self._rows}
        order = [by_file[v["model"]] for v in report["variants"] if v["rank"] is not None]
        static = [setting for setting in order if setting is not None and setting.static]
        eight = [setting for setting in static if setting.activations == 8]
        if not eight:
            return
        base = eight[0]
        method = next((s.method for s in eight if replace(s, method="minmax") == Setting()), base.method)
        images = next((s.images for s in eight if replace(s, images="plain") == Setting()), base.images)
        together = replace(base, method=method, images=images)
        more = [] if together in static else [together]
        wide = next((setting for setting in static if setting.activations == 16), None)
        for left in self._left_in_float(quantiser, base):
            more += [replace(each, in_float=left) for each in (base, wide) if each is not None]
        self._quantise(quantiser, more)

    def _left_in_float(self, quantiser: Quantiser, base: Setting) -> Iterator[tuple[str, ...]]:
        """Layers by what they cost the answers for each byte that they save, until a share of that noise is gone."""
        self._sensitivity = self._sensitivities(quantiser, base)
        total = sum(layer.noise for layer in self._sensitivity)
        order = sorted(self._sensitivity, key=lambda layer: -layer.noise / layer.bytes_saved)
        last, chosen = 0, 0
        for share in _NOISE_SHARES:
            while sum(layer.noise for layer in order[:chosen]) < share * total:
                chosen += 1
            if last < chosen < len(order):  # all of them would be the original
                yield tuple(layer.name for layer in order[:chosen])
            last = chosen

    def _sensitivities(self, quantiser: Quantiser, base: Setting) -> list[Layer]:
        """Of all layers; of none where time is up."""
        file = self._folder / "sensitivity.json"
        setting = asdict(replace(base, in_float=()))
        if file.exists():
            kept = json.loads(file.read_text())
            if kept["setting"] == json.loads(json.dumps(setting)):
                return [Layer(**layer) for layer in kept["layers"]]
        layers: list[Layer] = []
        for layer in quantiser.sensitivity(base, _SENSITIVITY_ROWS, self._folder / "scratch" / "layer.onnx"):
            layers.append(layer)
            self._tell("sensitivity", len(layers), len(quantiser.layers))
            if self._seconds_left(_MAKING) <= 0:
                self._left_out.append("layers left in float")
                return []
        _write(file, json.dumps({"setting": setting, "layers": [asdict(layer) for layer in layers]}, indent=2))
        return layers

    def _add(self, name: str, path: str, setting: Setting | None = None, baseline: bool = False) -> None:
        """A variant that can be opened and asked; of others why not."""
        name = self._free(name)
        if not Path(path).is_file():
            raise BadInput(f"{path}: no such file", "variants and baseline are model files")
        digest = sha256(path)
        twin = next((row["name"] for row in self._rows if row["sha256"] == digest), None)
        if twin is not None:
            self._same.append({"name": name, "as": twin})
            return
        try:
            self._milliseconds([path], 1, 1)
        except (BadInput, ModelFailed) as error:
            if baseline:
                raise
            told = None if setting is None else asdict(setting)
            self._failed.append({"name": name, "setting": told, "why": _in_a_line(error)})
            return
        row = {"name": name, "file": path, "setting": setting, "baseline": baseline, "sha256": digest}
        self._rows.append({**row, "bytes": Path(path).stat().st_size})

    def _free(self, name: str) -> str:
        taken = {row["name"] for row in self._rows}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        return free

    # ---- measuring

    def measured(self) -> Told:
        if not self._rows:
            why = "; ".join(f"{each['name']}: {each['why']}" for each in self._failed)
            raise BadInput(f"no variant came out{': ' + why if why else ''}", "time_limit=0 gives all the time it takes")
        self._tell("speed", 0, 0)
        one = max(self._milliseconds([], 1, 1))
        inputs = max(1, min(_TIMED_INPUTS, int(_TIMED_MILLISECONDS / max(one, 0.01))))
        fewest, most = _TIMED_ROUNDS
        rounds = max(fewest, min(most, int(6 * _TIMED_MILLISECONDS / (inputs * max(one, 0.01)))))
        self._times = self._milliseconds([row["file"] for row in self._rows], inputs, rounds)
        held_out = self._asked.held_out
        self._ranking = self._ranked("ranking", self._rows, self._asked.seeds, 1.0 if held_out is None else _RANKING)
        again: Mapping[str, Any] | None = None
        if held_out is not None:
            worth = {v["name"] for v in self._variants(self._ranking, None) if v["front"] or v["baseline"]}
            rows = [row for row in self._rows if row["name"] in worth]
            again = self._ranked("held out", rows, held_out, 1.0)
        self._close()
        told = self._told(self._ranking, again)
        _write(self._folder / "tune.json", told[0])
        _write(self._folder / "front.svg", front.picture(json.loads(told[0])["variants"], self._measure(self._ranking)))
        shutil.rmtree(self._folder / "scratch", ignore_errors=True)
        return told

    def left(self, stop: KeyboardInterrupt) -> Told | None:
        """What is known where Ctrl-C came: None where that are no measures of all variants."""
        self._close()
        ranking = self._ranking
        if ranking is None and self._times and isinstance(stop, Interrupted):
            ranking = stop.report
        return None if ranking is None else self._told(ranking, None, complete=False)

    def _milliseconds(self, models: Sequence[str], inputs: int, rounds: int) -> list[float]:
        """Of the original and these, an input."""
        path, _ = self._asked.files_of(self._asked.seeds)
        return _core.milliseconds(self._asked.inspecting(path, models), inputs, rounds, _core.Live())

    def _ranked(self, step: str, rows: list[Row], inputs: Inputs, share: float) -> Mapping[str, Any]:
        """What dflare.rank says of them."""
        digests = {row["file"]: row["sha256"] for row in rows}
        words = [self._asked.digest_of(inputs), self._asked.words["options"], *digests.values()]
        file = self._folder / "rankings" / f"{hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]}.json"
        files = {digest: path for path, digest in digests.items()}
        if file.exists():
            kept: dict[str, Any] = json.loads(file.read_text())
            return {**kept, "variants": [{**v, "model": files[v["model"]]} for v in kept["variants"]]}
        self._tell(step, 0, 0)
        self._close()
        path, labels = self._asked.files_of(inputs)
        left = self._seconds_left(share)
        options: dict[str, Any] = {**self._asked.options, "time_limit": 0 if left == float("inf") else max(1.0, left)}
        with _no_warnings():
            report = rank(self._asked.original, path, list(digests), labels, progress=self._progress, **options)
        self._notes += [note for note in report.notes if note not in self._notes]
        if report["complete"]:
            variants = [{**variant, "model": digests[variant["model"]]} for variant in report["variants"]]
            _write(file, json.dumps({**report, "variants": variants}, indent=2))
        return report

    def _seconds_left(self, share: float) -> float:
        return share * self._limit - (time.monotonic() - self._began)

    # ---- telling

    def _variants(self, ranking: Mapping[str, Any], again: Mapping[str, Any] | None) -> list[Row]:
        """All that is known of each, most like the original first."""
        rows = {row["file"]: (row, took) for row, took in zip(self._rows, self._times[1:], strict=True)}
        held_out = {v["model"]: _measures_of(v) for v in (again["variants"] if again else [])}
        variants: list[Row] = []
        for measures in ranking["variants"]:
            row, took = rows[measures["model"]]
            setting = None if row["setting"] is None else asdict(row["setting"])
            told = {**row, "setting": setting, "milliseconds": took, "rank": measures["rank"], **_measures_of(measures)}
            variants.append({**told, "held_out": held_out.get(row["file"])})
        for variant, on in zip(variants, front.on_front(variants, self._measure(ranking)), strict=True):
            variant["front"] = on
        return variants

    def _measure(self, ranking: Mapping[str, Any]) -> str:
        return str(ranking["measure"] or "boundary_shift")

    def _told(self, ranking: Mapping[str, Any], again: Mapping[str, Any] | None, complete: bool = True) -> Told:
        variants = self._variants(ranking, again)
        original = {"model": self._asked.original, "bytes": ranking["bytes_original"], "milliseconds": self._times[0]}
        rankings = [each for each in (ranking, again) if each is not None]
        told: Row = {
            "original": {**original, "accuracy": ranking["accuracy_original"]},
            "measure": self._measure(ranking),
            "complete": complete and not self._left_out and all(each["complete"] for each in rankings),
            "seconds": round(time.monotonic() - self._began, 1),
            "variants": variants,
            "same": self._same,
            "failed": self._failed,
            "left_out": self._left_out,
            "sensitivity": [asdict(layer) for layer in self._sensitivity],
            "notes": self._notes,
        }
        text = front.table(variants, told["original"], told["measure"])
        for each in self._same:
            text += f"{each['name']} is {each['as']}, to the byte.\n"
        for each in self._failed:
            text += f"{each['name']} could not be made or asked: {each['why']}\n"
        if self._left_out:
            text += f"Left out for want of time: {', '.join(self._left_out)}.\n"
        return json.dumps(told, indent=2) + "\n", text, self._notes

    def _tell(self, step: str, done: int, of: int) -> None:
        if self._display:
            self._display.show(Progress(step, done, of, 0, 0, None))

    def _close(self) -> None:
        if self._display:
            self._display.close()


def _measures_of(variant: Mapping[str, Any]) -> Row:
    """What a ranking measured of it."""
    return {name: value for name, value in variant.items() if name not in ("model", "rank", "bytes")}


def _in_a_line(error: BaseException) -> str:
    words = str(error).strip().splitlines()
    return f"{type(error).__name__}: {words[0] if words else 'no word'}"


def _write(file: Path, text: str) -> None:
    """Whole, or not at all."""
    partial = file.with_name(file.name + ".partial")
    partial.write_text(text)
    os.replace(partial, file)


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """What steps warn of is told once, of all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


__all__ = ["Asked", "Tuner"]
