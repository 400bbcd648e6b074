"""Operators of one's own: how an input is mutated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from .errors import BadArgument
from .images import grey_levels
from .model import _name_of

Image = npt.NDArray[np.uint8]


class Operator:
    """Mutates images. Derive from it, or give a plain function (image, rng) -> image:
    dflare.search(..., strategy="dflare", operators=["paper", Fog(0.3)]).

        class Fog(dflare.Operator):
            def __init__(self, share):
                self.name, self.share = f"fog-{share}", share

            def apply(self, image, rng):
                return image + self.share * (rng.uniform(180, 255) - image)
    """

    name: str = ""
    """What a run knows it by; else the class's name. Another name is another operator: resume and show ask for the
    same."""

    def apply(self, image: Image, rng: np.random.Generator) -> Any:
        """A mutant of `image`, uint8 height x width x channels, in the same shape. Floats are rounded, values beyond 0
        to 255 clipped. The array is yours. What is drawn from `rng`, and from nothing else, comes again; nothing is
        remembered from one call to the next, and several threads may call at once."""
        raise NotImplementedError


#: "paper", "reference", a name of ours, an Operator or its class, or a function (image, rng) -> image.
OperatorLike = Union[str, Operator, type[Operator], Callable[[Image, np.random.Generator], Any]]
#: A list of these; or as the command has it, names with commas between.
OperatorsLike = Union[str, Iterable[OperatorLike]]


class Mutating:
    """An operator of the caller's, as the engine calls it."""

    def __init__(self, given: OperatorLike) -> None:
        operator = given() if isinstance(given, type) else given
        if isinstance(operator, Operator):
            self._apply: Callable[[Image, np.random.Generator], Any] = operator.apply
            name = operator.name or type(operator).__name__
        elif callable(operator):
            self._apply = operator
            name = str(getattr(operator, "__name__", None) or type(operator).__name__)
        else:
            raise BadArgument(
                f"an operator is {given!r}, expected a name, a dflare.Operator or a function (image, rng) -> image"
            )
        self.name = f"own:{_name_of(type(name, (), {}))}"

    def __call__(self, image: Image, first: int, second: int) -> Image:
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([first, second])))
        mutant = self._apply(image, rng)
        if mutant is None:
            raise TypeError(f"{self.name} gave None, expected an image: is a return missing?")
        array = np.asarray(mutant)
        if array.shape != image.shape:
            shapes = [" x ".join(map(str, each)) for each in (array.shape, image.shape)]
            raise ValueError(f"{self.name} gave {shapes[0]}, expected {shapes[1]}")
        return grey_levels(array, self.name)


def listed(operators: OperatorsLike | None) -> tuple[str | None, list[Mutating]]:
    """The option's text, and those that are the caller's."""
    if operators is None or isinstance(operators, str):
        return operators, []
    if isinstance(operators, (Operator, type)) or not isinstance(operators, Iterable):
        raise BadArgument(f"operators are {operators!r}, expected a list", "operators=[...]")
    items = [item if isinstance(item, str) else Mutating(item) for item in operators]
    if not items:
        raise BadArgument("operators are an empty list", "leave operators= out, or name one")
    own = [item for item in items if not isinstance(item, str)]
    return ",".join(item if isinstance(item, str) else item.name for item in items), own


__all__ = ["Mutating", "Operator", "OperatorLike", "OperatorsLike", "listed"]
