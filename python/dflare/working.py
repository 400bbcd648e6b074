"""Work of the engine, on a thread of its own: watched, shown and ended from the thread that called."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, Union

from . import _core
from .errors import BadArgument, Error, ModelFailed
from .model import Party
from .own import Own

_LOOK = 0.05  # seconds between two looks at signals and progress
Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """How far the work is."""

    step: str
    """"start-up" (both models are asked all inputs), "search", or a step of a ranking, a guard, a repair."""
    done: int
    of: int
    """Inputs or whatever the step counts; 0: it cannot be counted."""
    found: int
    """Inputs with a confirmed finding."""
    queries: int
    """Asked by the search so far."""
    seconds_left: float | None
    """Of the step; None: not known."""


#: A callable that is told how far the work is, some times a second; True: a bar by tqdm, False: nothing, None: a bar
#: where tqdm is installed and standard error is a terminal, or a notebook.
ProgressLike = Union[Callable[[Progress], object], bool, None]


class Display(Protocol):
    def show(self, progress: Progress) -> None: ...
    def close(self) -> None: ...


class _Told:
    def __init__(self, tell: Callable[[Progress], object]) -> None:
        self._tell = tell
        self._last: Progress | None = None

    def show(self, progress: Progress) -> None:
        if progress != self._last:
            self._tell(progress)
        self._last = progress

    def close(self) -> None:
        pass


class _Bar:
    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._step = ""

    def show(self, progress: Progress) -> None:
        if progress.step != self._step:
            self.close()
            self._step = progress.step
            self._bar = self._tqdm(total=progress.of or None, desc=progress.step, unit="", leave=False)
        self._bar.total = progress.of or None
        self._bar.n = progress.done
        if progress.step == "search":
            self._bar.set_postfix(found=progress.found, queries=progress.queries, refresh=False)
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _in_notebook() -> bool:
    """Whether what is shown goes to Jupyter."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return running is not None and "IPKernelApp" in running.config


def display_of(progress: ProgressLike) -> Display | None:
    """What shows it; None: nothing does."""
    if callable(progress):
        return _Told(progress)
    if progress is False or (progress is None and not (sys.stderr.isatty() or _in_notebook())):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without ipywidgets a notebook has a bar of text
            from tqdm.auto import tqdm
    except ImportError:
        if progress is True:
            raise BadArgument("progress=True shows a bar by tqdm, which is not installed", "pip install tqdm") from None
        return None
    return _Bar(tqdm)


def _of_search(live: _core.Live) -> Progress:
    counts = live.counts()
    started = counts["seeds_total"] > 0
    return Progress(
        step="search" if started else "start-up",
        done=counts["seeds_done"] if started else counts["inputs_asked"],
        of=counts["seeds_total"] if started else counts["inputs_to_ask"],
        found=counts["found"],
        queries=counts["queries"],
        seconds_left=None,
    )


def _of_steps(live: _core.Live) -> Progress:
    step = live.step()
    left = step["seconds_left"]
    return Progress(step["step"], step["done"], step["of"], 0, 0, left if left >= 0 else None)


class Work:
    """One call of the engine."""

    def __init__(
        self, models: list[Party], progress: ProgressLike, searches: bool = False, own: Own | None = None
    ) -> None:
        self.live = _core.Live()
        self.interrupted = False
        self._models = models
        self._own = own
        if own is not None:
            own.on_exit = self.live.stop
        self._display = display_of(progress)
        self._look = _of_search if searches else _of_steps
        for model in models:
            if model.asked:
                model.asked.on_exit = self.live.stop

    def do(self, call: Callable[[], Result]) -> Result:
        """What `call` returns or raises, from another thread. Ctrl-C stops the engine, and sets `interrupted`; a second
        one is raised at once. What ends the program in a callable (SystemExit, ...) is raised when the engine ended."""
        box: list[Result] = []
        failure: list[BaseException] = []

        def work() -> None:
            try:
                box.append(call())
            except BaseException as error:
                failure.append(error)
            finally:
                ended.set()

        ended = threading.Event()  # joining a thread is not safe from Ctrl-C in every Python
        thread = threading.Thread(target=work, name="dflare", daemon=True)
        try:
            self._wait(thread, ended)
        finally:
            if self._display:
                self._display.close()
            all_raised = [model.release() for model in self._models]
        misled = self._own.release() if self._own else None
        raised = next((error for error in all_raised if error is not None), None)
        for ending in (raised, misled):
            if ending is not None and not isinstance(ending, Exception):
                raise ending
        if failure and isinstance(failure[0], Error) and self._own is not None:
            told = self._own.failure(failure[0])
            if told is not None:
                raise told from misled
        if failure and isinstance(failure[0], ModelFailed) and raised is not None:
            raise failure[0] from raised
        if failure:
            raise failure[0]
        return box[0]

    def _wait(self, thread: threading.Thread, ended: threading.Event) -> None:
        while True:
            try:
                if thread.ident is None:
                    thread.start()
                while not ended.wait(_LOOK):
                    if self._display:
                        self._display.show(self._look(self.live))
                return
            except KeyboardInterrupt:
                if self.interrupted:
                    raise
                self.interrupted = True
                self.live.stop()
            except BaseException:  # of the callable that is told: the engine ends first, so that nothing is lost
                self.live.stop()
                ended.wait()
                raise
