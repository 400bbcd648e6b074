"""The fixture `dflare` of pytest: a test that fails where a compressed model strays from its original.

    def test_int8(dflare):
        dflare.check("model.onnx", "model-int8.onnx", seeds="seeds/", preprocess="unit", max_disagreement=0.01)

The package dflare is imported where a test asks for the fixture, and by nobody else.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .checker import Checker


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dflare")
    group.addoption(
        "--dflare-update",
        action="store_true",
        help="rewrite the corpora of dflare.check(corpus=...): what no longer deviates goes, what is found now comes",
    )
    group.addoption(
        "--dflare-out",
        metavar="DIR",
        help="where runs of failed checks are kept, with pictures and a page (default: in pytest's cache)",
    )


@pytest.fixture
def dflare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """Checks a compressed model against its original. Everything else of the package dflare is there too."""
    from .checker import Checker

    def tell(name: str, value: str) -> None:
        request.node.user_properties.append((name, value))  # in JUnit's XML too

    return Checker(
        folder=_folder_of(request, tmp_path_factory),
        update=bool(request.config.getoption("--dflare-update")),
        tell=tell,
    )


def _folder_of(request: pytest.FixtureRequest, temporary: pytest.TempPathFactory) -> Callable[[], Path]:
    """A folder of the test's own, emptied of its last failure when one is needed."""
    name = re.sub(r"[^\w.-]+", "_", request.node.nodeid).strip("_")

    def folder() -> Path:
        out: str | None = request.config.getoption("--dflare-out")
        cache: Any = getattr(request.config, "cache", None)
        if out is not None:
            parent = Path(out).absolute()
        elif cache is not None:
            parent = Path(cache.mkdir("dflare"))
        else:
            parent = temporary.mktemp("dflare")
        target = parent / name[-150:]
        if (target / "run.sqlite").exists() or not any(target.glob("*")):  # nobody else's
            shutil.rmtree(target, ignore_errors=True)
        return target

    return folder
