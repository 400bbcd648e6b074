"""Code of the caller's own, which a run knows by name: a strategy, operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import _core
from .errors import BadArgument, Error, OperatorFailed, StrategyFailed
from .model import _name_of
from .operators import Mutating, OperatorsLike, listed
from .strategy import Chain, Strategy


class Given(NamedTuple):
    """As it was given, to go on with a run."""

    strategy: object = None  # a class, or what makes one; None: one of ours
    operators: OperatorsLike | None = None  # None: ours alone


class Own:
    """A strategy and operators, as the engine has them; keeps what they raised, with its traceback."""

    def __init__(self, strategy: object = None, operators: OperatorsLike | None = None) -> None:
        self.raised: BaseException | None = None
        self.on_exit: Callable[[], None] = lambda: None
        self._failed: tuple[type[Error], str] = (Error, "")
        #: The options' texts, to be recorded.
        self.strategy: str | None = strategy if isinstance(strategy, str) else None
        make = None if strategy is None or isinstance(strategy, str) else _class_of(strategy)
        self.operators, own = listed(operators)
        self.given = Given(make, operators if own else None)
        proposals = 1
        if make is not None:
            self.strategy, proposals = f"own:{_name_of(make)}", _proposals_of(make)
        called = [(each.name, self._watching(each)) for each in own]
        self.engine = _core.OwnCode(self._chains(make, proposals), proposals, called)

    def options(self) -> dict[str, str | None]:
        return {"strategy": self.strategy, "operators": self.operators}

    def _chains(self, make: Callable[[], Strategy] | None, proposals: int) -> Callable[[], Chain] | None:
        if make is None:
            return None

        def watched(function: Callable[..., Any], *arguments: Any) -> Any:
            return self._watched((StrategyFailed, str(self.strategy)), function, *arguments)

        return lambda: Chain(watched(make), proposals, watched)

    def _watching(self, operator: Mutating) -> Callable[..., Any]:
        return lambda *arguments: self._watched((OperatorFailed, operator.name), operator, *arguments)

    def _watched(self, failed: tuple[type[Error], str], function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except BaseException as error:
            if self.raised is None:
                self.raised, self._failed = error, failed
            if not isinstance(error, Exception):
                self.on_exit()
            raise

    def failure(self, error: Error) -> Error | None:
        """That error in the words of what raised here; None: nothing did."""
        kind, name = self._failed
        return None if self.raised is None else kind(f"{name}: {error.message}")

    def release(self) -> BaseException | None:
        """What it raised; it is not used any more."""
        self.engine = _core.OwnCode(None, 1, [])
        return self.raised


def again(run: Any, strategy: object, operators: OperatorsLike | None) -> Own:
    """The code of a run, as it was; given again where the run is a folder."""
    known: Given = run._own
    recorded = str(run.options.get("strategy", "boundary"))
    if strategy is not None and not recorded.startswith("own:"):
        raise BadArgument(f"the strategy of {run.folder} is {recorded}, which is not changed", "leave strategy= out")
    own = Own(strategy if strategy is not None else known.strategy, operators if operators is not None else known.operators)
    if recorded.startswith("own:") and own.strategy is None:
        raise BadArgument(f"the strategy of {run.folder} was a class of yours, {recorded}", "give it again: strategy=")
    if own.strategy is not None and own.strategy != recorded:
        raise BadArgument(f"the strategy of {run.folder} is {recorded}, not {own.strategy}", "give that one: strategy=")
    mutated = str(run.options.get("operators", "paper"))
    if own.operators is None and any(item.strip().startswith("own:") for item in mutated.split(",")):
        raise BadArgument(f"operators of {run.folder} were code of yours, {mutated}", "give them again: operators=[...]")
    if own.operators is not None and own.operators != mutated:
        raise BadArgument(f"the operators of {run.folder} are {mutated}, not {own.operators}", "give those: operators=[...]")
    return own


def _class_of(strategy: object) -> Callable[[], Strategy]:
    if isinstance(strategy, Strategy):
        raise BadArgument(
            f"strategy is an instance of {type(strategy).__name__}, expected the class: each chain has one"
        )
    if not callable(strategy):
        raise BadArgument(f"strategy is {strategy!r}, expected a name or a subclass of dflare.Strategy")
    return strategy


def _proposals_of(make: Callable[[], Strategy]) -> int:
    first = make()
    if not isinstance(first, Strategy):
        raise BadArgument(f"strategy makes {type(first).__name__}, expected a dflare.Strategy")
    if not isinstance(first.proposals, int) or not 1 <= first.proposals <= 4096:
        raise BadArgument(f"{type(first).__name__}.proposals is {first.proposals!r}, expected 1 to 4096")
    return first.proposals


__all__ = ["Given", "Own", "again"]
