"""Searches on many machines, by Ray: pip install "dflare[ray]"."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from .errors import BadArgument, Error, Interrupted, ModelFailed
from .inputs import Inputs, InputsLike
from .model import ModelLike, parties
from .operators import OperatorsLike
from .options import Pairs, documented, pairs
from .own import Given, Own
from .run import Run
from .search import _models_given
from .strategy import Strategy
from .working import Progress, ProgressLike, display_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .keywords import SearchOptions, StrategyName

_RESTARTS = 4  # of an actor that dies
_RETRIES = 2  # of a chunk whose actor died; after them its inputs go one by one
_MOST_LOST = 16  # inputs on which actors die, until it is the model that is to blame
_MOST_IN_CHUNK = 64
_LOOK = 10.0  # seconds, at least, between two times that summary.json is written
_OF_ONE_MACHINE = ("shard", "time_limit", "out")
_FILES = ("run.sqlite", "summary.json", "inputs.npy", "labels.npy")


@documented(_core.SEARCH, left_out=("labels", "strategy", "operators", *_OF_ONE_MACHINE))
def search(
    original: ModelLike,
    compressed: ModelLike,
    seeds: InputsLike,
    labels: InputsLike | None = None,
    *,
    out: str | os.PathLike[str],
    strategy: StrategyName | type[Strategy] | Callable[[], Strategy] | None = None,
    operators: OperatorsLike | None = None,
    actors: int | None = None,
    chunk: int | None = None,
    actor_options: Mapping[str, Any] | None = None,
    progress: ProgressLike = None,
    **options: Unpack[SearchOptions],
) -> Run:
    """Searches as dflare.search does, on the machines of a Ray cluster, and leaves the same findings in one run.

    original, compressed, seeds, labels, strategy, operators: as for dflare.search. Paths must be there on every machine; what is in
        memory, and callables, are sent (by cloudpickle).
    out: the folder of the run, on the machine that calls. Where it holds a part of this search already (the caller was
        killed) it is gone on with; another search's is refused.
    actors: how many hold both models, each with `workers` (default 1) CPUs; default: as many as the cluster has room for.
    chunk: inputs that an actor is given at once; default: by their number, at most 64.
    actor_options: what ray's .options() takes: num_gpus, resources, runtime_env, ...

    What was found is in `out` as soon as a chunk is done. A chunk whose actor, process or machine is lost is given to
    another; an input is in the run once, whatever is asked twice. An input on which actors die again and again is left
    out at last, and told by ModelFailed, when all others are done.

    Raises what dflare.search raises, its `run` what was found by then. Call it again to go on, or dflare.resume(out).
    """
    ray = _ray()
    for name in _OF_ONE_MACHINE:
        if name in options:
            raise BadArgument(f"{name} is for the run of one machine", "leave it out")
    if options.get("workers") == 0:
        raise BadArgument("workers is 0, which an actor cannot measure", "say how many CPUs it takes: workers=1")
    inputs = Inputs(_from_anywhere(seeds), _from_anywhere(labels))
    asked = {"workers": 1, **_paths_from_anywhere(options)}
    task = _Task(_from_anywhere(original), _from_anywhere(compressed), inputs, strategy, operators, asked)
    task.check()
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False)
    crew = _Crew(ray, task, actors, {"num_cpus": task.options["workers"], **(actor_options or {})})
    driver = _Driver(crew, Path(out).absolute(), (original, compressed), task.own().given, progress)
    with crew:
        return driver.conduct(chunk)


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        raise BadArgument("dflare.ray needs Ray, which is not installed", 'pip install "dflare[ray]"') from None
    return ray


def _from_anywhere(given: Any) -> Any:
    """Workers need not have this folder: a path that is one here is made absolute."""
    return os.path.abspath(given) if isinstance(given, (str, os.PathLike)) and os.path.exists(given) else given


def _paths_from_anywhere(options: Mapping[str, Any]) -> dict[str, Any]:
    paths = {row["keyword"] for row in _core.options_of(_core.SEARCH) if row["kind"] == "path"}

    def is_path(name: str, value: object) -> bool:
        return name in paths or str(value).endswith(".toml")

    return {name: _from_anywhere(value) if is_path(name, value) else value for name, value in options.items()}


# ---- on the machines


@dataclass
class _Task:
    """What every actor is asked, as it was given."""

    original: object
    compressed: object
    inputs: Inputs
    strategy: object
    operators: OperatorsLike | None
    options: dict[str, Any]

    def check(self) -> None:
        """Raises here what every actor would."""
        parties([self.original, self.compressed])
        self.own()
        pairs(self.options)

    def own(self) -> Own:
        return Own(self.strategy, self.operators)


@dataclass
class _Share:
    """What an actor has to say of a chunk."""

    files: dict[str, bytes] = field(default_factory=dict)  # of its run; empty: it could not begin
    notes: list[str] = field(default_factory=list)
    error: Error | None = None  # what ended it
    because: str = ""  # the traceback of what the caller's own code raised


class _Actor:
    """Holds both models, which are asked all inputs once; then searches one chunk after another."""

    def __init__(self, task: list[Any]) -> None:
        self._sent = task  # a reference in a list: read in the first call, where its failure is a value
        self._task: _Task | None = None
        self._home = tempfile.TemporaryDirectory(prefix="dflare-ray-")
        self._folder = Path(self._home.name) / "run"  # one name for all, as options may speak of it
        self._begun: _Begun | None = None

    def search(self, seeds: Sequence[int], with_inputs: bool = False) -> _Share:
        share = _Share()
        try:
            self._task = self._task or self._received()
            if self._begun is None:
                self._begun = _Begun(self._task, self._folder)
            share.notes = self._begun.parts.notes()
            self._begun.parts.run(os.fspath(self._folder), list(seeds))
            if with_inputs and self._task.inputs.in_memory:
                self._begun.parts.keep_inputs()
        except Error as error:
            share.error, share.because = self._begun.told(error) if self._begun else (error, _text_of(error.__cause__))
            self._begun = None  # what a caller's code did to itself is not gone on with
        with contextlib.suppress(FileNotFoundError):
            if (self._folder / "run.sqlite").exists():
                share.files = {name: self._read(name) for name in _FILES if (self._folder / name).exists()}
        shutil.rmtree(self._folder, ignore_errors=True)
        return share

    def _received(self) -> _Task:
        try:
            task: _Task = _ray().get(self._sent[0])
        except Exception as error:
            raise BadArgument(
                f"what is to be searched cannot be read by an actor: {_first_line(error)}",
                "modules that models and strategies come from must be there too: "
                'actor_options={"runtime_env": {"py_modules": [...]}}',
            ) from error
        return task

    def _read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()


class _Begun:
    """The search in an actor's process."""

    def __init__(self, task: _Task, folder: Path) -> None:
        inputs = task.inputs
        self._own = task.own()
        self._models = parties([task.original, task.compressed])
        self._live = _core.Live()
        given = _models_given(self._models, task.options) + pairs({**task.options, **self._own.options()})
        given += _inputs_given(inputs, folder)
        functions = [model.function for model in self._models if model.function]
        try:
            self.parts = _core.Parts(
                given, functions, inputs.probe(self._models), inputs.images(), self._live, self._own.engine
            )
        except Error as error:
            raise error from self._raised()

    def _raised(self) -> BaseException | None:
        """What code of the caller's raised."""
        raised = [model.asked.raised for model in self._models if model.asked]
        raised.append(self._own.raised)
        return next((error for error in raised if error is not None), None)

    def told(self, error: Error) -> tuple[Error, str]:
        """The error as dflare.search would raise it, and the traceback of what it came from."""
        error = self._own.failure(error) or error
        return error, _text_of(self._raised())


def _text_of(raised: BaseException | None) -> str:
    return "" if raised is None else "".join(traceback.format_exception(raised))


def _inputs_given(inputs: Inputs, folder: Path) -> Pairs:
    given = [("seeds", inputs.path or str(folder / "inputs.npy"))]
    if inputs.labels_path:
        given += [("labels", inputs.labels_path)]
    elif inputs.labels:
        given += [("labels", str(folder / "labels.npy"))]
    return given


# ---- where it is called


class _Crew:
    """The actors, made as they are needed; all are ended with it."""

    def __init__(self, ray: Any, task: _Task, most: int | None, options: dict[str, Any]) -> None:
        if most is not None and most < 1:
            raise BadArgument(f"actors is {most}, expected 1 or more")
        self.ray = ray
        self.most = most or max(1, int(ray.cluster_resources().get("CPU", 1) // max(options["num_cpus"], 1)))
        settings = {"max_restarts": _RESTARTS, "max_task_retries": _RETRIES, **options}
        self._make = ray.remote(_Actor).options(**settings)
        try:
            self._task = ray.put(task)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            raise BadArgument(
                f"what is to be searched cannot be sent to other processes: {error}",
                "define models and strategies as functions or classes of a module, or give models as files",
            ) from error
        self._actors: list[Any] = []

    def another(self) -> Any:
        actor = self._make.remote([self._task])
        self._actors.append(actor)
        return actor

    def dismiss(self, actor: Any) -> None:
        with contextlib.suppress(Exception):  # it may be gone
            self.ray.kill(actor)

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self._actors:
            self.dismiss(actor)


class _Traceback(Exception):
    """Of another process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _with_cause(share: _Share) -> Error:
    assert share.error is not None
    if share.because:
        share.error.__cause__ = _Traceback(share.because)
    return share.error


class _Driver:
    """Gives chunks to actors, and puts what comes back into one run, an input once."""

    def __init__(
        self,
        crew: _Crew,
        folder: Path,
        models: tuple[object, object],
        own: Given,
        progress: ProgressLike,
    ) -> None:
        self._crew, self._folder, self._models, self._own = crew, folder, models, own
        self._display = display_of(progress)
        self._notes: list[str] = []
        self._given_twice: set[int] = set()
        self._lost: list[int] = []
        self._waiting: deque[list[int]] = deque()
        self._under_way: dict[Any, tuple[Any, list[int]]] = {}
        self._could_not_begin: Error | None = None
        self._idle: list[Any] = []
        self._joined: _core.Joined | None = None
        self._next_look = 0.0  # when summary.json is written again

    def conduct(self, chunk: int | None) -> Run:
        try:
            try:
                self._all(chunk)
            finally:
                self._leave()
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; dflare.ray.search goes on with {self._folder}", self._run()) from None
        except Error as error:
            error.run = self._run()
            raise
        finally:
            if self._display:
                self._display.close()
        run = self._run("complete")
        assert run is not None
        return run

    def _all(self, chunk: int | None) -> None:
        first = self._begin()
        self._show()
        left = _core.inputs_left(os.fspath(self._folder))
        self._waiting.extend(_chunks(left, _size_of_chunk(len(left), self._crew.most) if chunk is None else chunk))
        self._search(first)

    def _leave(self) -> None:
        """The run's folder as its reader wants it, and free for others."""
        if self._joined is not None:
            joined, self._joined = self._joined, None
            try:
                joined.close()
            finally:
                joined.leave()

    def _run(self, end: str = "stopped") -> Run | None:
        if not (self._folder / "run.sqlite").exists():
            return None
        return Run(self._folder, end=end, notes=self._notes, models=self._models, own=self._own)

    def _begin(self) -> Any:
        """An actor that has begun; the run's folder is there, and of this search."""
        actor = self._crew.another()
        share: _Share = self._answer(actor.search.remote([], True))
        if share.error is not None:
            raise _with_cause(share)
        self._notes = share.notes
        with _written(share) as part:
            if not (self._folder / "run.sqlite").exists():
                _core.merge([part], os.fspath(self._folder))
            self._joined = _core.Joined(os.fspath(self._folder))
            self._joined.add(part)  # refuses another search's run
        return actor

    def _answer(self, call: Any) -> Any:
        try:
            return self._crew.ray.get(call)
        except self._crew.ray.exceptions.RayError as error:
            raise ModelFailed(
                f"an actor died before it had asked both models all inputs: {_first_line(error)}",
                "search on one machine (dflare.search) to see why",
            ) from error

    def _search(self, first: Any) -> None:
        actors = [first] + [self._crew.another() for _ in range(min(self._crew.most, len(self._waiting)) - 1)]
        for actor in actors:
            self._give(actor)
        while self._under_way:
            done, _ = self._crew.ray.wait(list(self._under_way), num_returns=1)
            for call in done:
                self._take(call)
            while self._idle and self._waiting:
                self._give(self._idle.pop())
        if self._could_not_begin is not None and self._waiting:
            raise self._could_not_begin
        if self._lost:
            raise ModelFailed(
                f"actors died again and again on {len(self._lost)} inputs, which are left out: "
                + ", ".join(map(str, sorted(self._lost)[:10])),
                f"all others are searched; dflare.resume({str(self._folder)!r}) tries them in this process",
            )

    def _give(self, actor: Any) -> None:
        if not self._waiting:
            self._idle.append(actor)
            return
        chunk = self._waiting.popleft()
        self._under_way[actor.search.remote(chunk)] = (actor, chunk)

    def _take(self, call: Any) -> None:
        actor, chunk = self._under_way.pop(call)
        try:
            share: _Share = self._crew.ray.get(call)
        except self._crew.ray.exceptions.RayError as error:
            self._crew.dismiss(actor)
            self._died(chunk, error)
            self._give(self._crew.another())
            return
        if share.files:
            with _written(share) as part:
                self._add(part)
            if share.error is not None:
                self._failed(chunk, share)
            self._give(actor)
            return
        # This machine cannot begin; others may.
        self._crew.dismiss(actor)
        self._could_not_begin = _with_cause(share)
        self._waiting.appendleft(chunk)

    def _died(self, chunk: list[int], error: Exception) -> None:
        """One bad input does not take its neighbours with it."""
        if len(chunk) > 1:
            self._waiting.extend([seed] for seed in chunk)
            return
        self._lost += chunk
        if len(self._lost) >= _MOST_LOST:
            raise ModelFailed(
                f"actors died on each of {len(self._lost)} inputs: {_first_line(error)}",
                "search on one machine (dflare.search) to see why",
            ) from error

    def _failed(self, chunk: list[int], share: _Share) -> None:
        """A model or a strategy that fails twice on the same inputs does so everywhere."""
        if not self._given_twice.isdisjoint(chunk):
            raise _with_cause(share)
        self._given_twice.update(chunk)
        left = set(_core.inputs_left(os.fspath(self._folder))).intersection(chunk)
        self._waiting.append(sorted(left))

    def _add(self, part: str) -> None:
        assert self._joined is not None
        self._joined.add(part)
        self._notes += [note for note in self._joined.notes() if note not in self._notes]
        self._show()
        now = time.monotonic()
        if now >= self._next_look:
            self._joined.close()
            self._next_look = now + max(_LOOK, 20 * (time.monotonic() - now))

    def _show(self) -> None:
        if self._display and self._joined is not None:
            planned, ended, found, queries = self._joined.counts()
            self._display.show(Progress("search", ended, planned, found, queries, None))


@contextlib.contextmanager
def _written(share: _Share) -> Iterator[str]:
    """The run of a share as a folder."""
    with tempfile.TemporaryDirectory(prefix="dflare-ray-") as folder:
        for name, content in share.files.items():
            (Path(folder) / name).write_bytes(content)
        yield folder


def _chunks(seeds: list[int], size: int) -> list[list[int]]:
    if size < 1:
        raise BadArgument(f"chunk is {size}, expected 1 or more")
    return [seeds[i : i + size] for i in range(0, len(seeds), size)]


def _size_of_chunk(seeds: int, actors: int) -> int:
    """Several chunks an actor, so that none waits long for the last."""
    return max(1, min(_MOST_IN_CHUNK, seeds // (4 * actors)))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
