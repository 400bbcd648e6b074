"""What goes wrong, by what a caller does about it. Each tells what happened and a way out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reports import Report
    from .run import Run

_FLAG = re.compile(r"--([a-z][a-z0-9-]*)([ =](?=[A-Z0-9]))?")


def as_keywords(text: str) -> str:
    """The library names options as the command spells them: "use --batch N" is batch=N here."""
    return _FLAG.sub(lambda flag: flag[1].replace("-", "_") + ("=" if flag[2] else ""), text)


class Error(Exception):
    """Base of all errors of dflare.

    message: what happened, naming the file or model and what was expected.
    hint: the option or step that helps; may be empty.
    run: what a search had found by then, where it had begun; else None.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = as_keywords(message)
        self.hint = as_keywords(hint)
        self.run: Run | None = None
        super().__init__(self.message + (f"\nhint: {self.hint}" if self.hint else ""))

    def __reduce__(self) -> tuple[type[Error], tuple[str, str]]:
        return type(self), (self.message, self.hint)  # what crosses processes; a run stays where it lies


class BadArgument(Error, ValueError):
    """An option or a call is wrong."""


class BadInput(Error, ValueError):
    """A file of yours cannot be used."""


class ModelFailed(Error, RuntimeError):
    """A model or a runtime failed, or is not there. What a callable of yours raised is its __cause__."""


class StrategyFailed(Error, RuntimeError):
    """A strategy of yours raised: its exception, with its own traceback, is the __cause__."""


class OperatorFailed(Error, RuntimeError):
    """An operator of yours raised: its exception, with its own traceback, is the __cause__."""


class CannotWrite(Error, RuntimeError):
    """The run's folder cannot be written."""


class NoUsableSeed(Error, RuntimeError):
    """There is nothing to search from."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. `run` is what a search had found by then: it can be looked at and gone on with; None before it began.
    `report` is what any other work had measured by then; None where that was nothing."""

    def __init__(self, message: str, run: Run | None = None, report: Report | None = None) -> None:
        self.run = run
        self.report = report
        super().__init__(message)
