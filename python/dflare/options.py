"""Keywords to the rows of the table of options, which the command has too."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from . import _core
from .errors import BadArgument

Pairs = list[tuple[str, str]]
Documented = TypeVar("Documented", bound=Callable[..., object])


def pairs(options: Mapping[str, object]) -> Pairs:
    """Names as the table has them, values as text; None is as good as not given."""
    return [(name.replace("_", "-"), _text(name, value)) for name, value in options.items() if value is not None]


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, (int, float)):
        return repr(value)
    raise BadArgument(f"{name} is {type(value).__name__}, expected a text, a number, True or False")


def documented(verb: int, left_out: tuple[str, ...] = ()) -> Callable[[Documented], Documented]:
    """Ends a docstring with the options of the verb."""

    def add(function: Documented) -> Documented:
        lines = []
        for row in _core.options_of(verb):
            if row["argument"] or row["keyword"] in left_out:
                continue
            lines.append(f"    {row['keyword']}: {_in_words(row)}")
        function.__doc__ = f"{textwrap.dedent(function.__doc__ or '').rstrip()}\n\nOptions:\n" + "\n".join(lines) + "\n"
        return function

    return add


def _in_words(row: Mapping[str, Any]) -> str:
    default = f" (default: {row['default']})" if row["default"] else ""
    return f"{row['brief']}{default}"
