"""Strategies of one's own: how a chain chooses the inputs that both models are asked next."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from .images import grey_levels

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Seed:
    """The real input that a chain starts from."""

    index: int
    """Which of the run's inputs."""
    image: Image
    """uint8 height x width x channels, values 0 to 255."""
    label: int
    """The class that both models give it."""
    true_label: int | None
    """None: not known."""


@dataclass(frozen=True)
class Answers:
    """What both models say of the inputs of a step, a row each. The arrays are yours to keep."""

    images: Image
    """As they were asked, inside the perturbation budget: rows x height x width x channels."""
    original: npt.NDArray[np.float32]
    """Probabilities, rows x classes."""
    compressed: npt.NDArray[np.float32]
    label_original: npt.NDArray[np.int64]
    """The first class with the largest probability; -1 where an answer is not finite."""
    label_compressed: npt.NDArray[np.int64]
    margin_original: npt.NDArray[np.float64]
    """log p of the seed's label less the largest of the others: positive while the model keeps the label."""
    margin_compressed: npt.NDArray[np.float64]
    severity: npt.NDArray[np.float64]
    """Of a deviation, in natural log units; 0 of others."""
    deviates: npt.NDArray[np.bool_]
    """Whether it is a deviation that counts, as the options say."""
    finite: npt.NDArray[np.bool_]
    """Whether both answers are; where not, nothing else means anything."""

    def __len__(self) -> int:
        return len(self.images)


class Strategy:
    """Chooses the inputs of one chain, the search from one seed. Derive from it, and give the class:
    dflare.search(..., strategy=MyStrategy).

        class Noise(dflare.Strategy):
            def begin(self, seed, rng):
                self.image, self.rng = seed.image, rng

            def propose(self):
                return [np.clip(self.image + self.rng.normal(0, 8, self.image.shape), 0, 255)]

    The engine makes an instance a chain, and uses it for one chain after another, begin() each time. What begin() does
    not set anew is left of another chain: then findings depend on how many chains there are. An instance is called by
    one thread at a time; several instances may be called at once. What a method raises ends the search, with all found
    kept.
    """

    proposals: int = 1
    """The most inputs of one propose(). They are asked at once, and each is a query."""

    def begin(self, seed: Seed, rng: np.random.Generator) -> None:
        """A new chain. `rng` is the chain's own: what is drawn from it, and from nothing else, comes again."""
        raise NotImplementedError

    def propose(self) -> Any:
        """Inputs to ask: an array rows x height x width x channels, or a list of images. Floats are rounded, values
        beyond 0 to 255 clipped. None, or no row: there is nothing new to ask, and the chain ends."""
        raise NotImplementedError

    def observe(self, answers: Answers) -> bool | None:
        """What was said of the last propose(). The first row that deviates is confirmed, and is a finding. False: there
        is nothing left to ask, and the chain ends."""
        return None

    def rejected(self) -> None:
        """The last deviation did not count: it was flaky, too mild, or known. The chain goes on with propose()."""

    def how(self) -> Any:
        """How the last deviation was reached, as a dict of what JSON can hold; the finding's `how`. None: no word."""
        return None


StrategyLike = Union[str, type[Strategy], Callable[[], Strategy]]


class Chain:
    """An instance, as the engine calls it, by `watched`."""

    def __init__(self, strategy: Strategy, proposals: int, watched: Callable[..., Any]) -> None:
        self._strategy, self._proposals, self._watched = strategy, proposals, watched
        self._shape: tuple[int, ...] = ()

    def begin(self, index: int, image: Image, label: int, true_label: int, first: int, second: int) -> None:
        self._shape = image.shape
        seed = Seed(index, image, label, true_label if true_label >= 0 else None)
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([first, second])))
        self._watched(self._strategy.begin, seed, rng)

    again = begin  # another finding of the same seed: its random numbers go on

    def propose(self) -> Image:
        return self._watched(self._proposed)  # type: ignore[no-any-return]

    def observe(self, *columns: Any) -> bool:
        *arrays, deviates, finite = columns
        fields: list[Any] = [*arrays, deviates.astype(bool), finite.astype(bool)]
        answers = Answers(*fields)
        return self._watched(self._strategy.observe, answers) is not False

    def rejected(self) -> None:
        self._watched(self._strategy.rejected)

    def how(self) -> str:
        return self._watched(self._told)  # type: ignore[no-any-return]

    def _told(self) -> str:
        how = self._strategy.how()
        return "" if how is None else json.dumps(how)

    def _proposed(self) -> Image:
        proposed = self._strategy.propose()
        name = type(self._strategy).__name__
        if proposed is None or len(proposed) == 0:
            return np.empty((0, *self._shape), np.uint8)
        try:
            images = np.asarray(proposed)
        except ValueError:
            raise ValueError(f"{name}.propose() gave images of several shapes") from None
        if images.shape[1:] != self._shape or len(images) > self._proposals:
            wanted = " x ".join(map(str, self._shape))
            raise ValueError(
                f"{name}.propose() gave {' x '.join(map(str, images.shape))}, expected up to {self._proposals} "
                f"(proposals) x {wanted}"
            )
        return grey_levels(images, f"{name}.propose()")
