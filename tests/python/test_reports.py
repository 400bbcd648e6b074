"""Inspections, rankings, exports, the command inside the package, and types."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import COMPRESSED, DIGITS, MODELS, ORIGINAL, ROOT, linear

import dflare


def printed(command, *arguments):
    return json.loads(subprocess.run([command, *arguments], capture_output=True, check=True).stdout)


def test_an_inspection_is_the_commands(command):
    report = dflare.inspect(ORIGINAL, COMPRESSED, seeds=DIGITS, preprocess="unit")
    assert report == printed(
        command, "inspect", ORIGINAL, COMPRESSED, "--seeds", DIGITS, "--preprocess", "unit", "--json"
    )
    assert "digits-lenet5.onnx" in str(report)


def test_a_callable_alone_is_fed_as_it_says(images):
    fed = []

    def scores(batch):
        fed.append(batch.dtype)
        return batch.reshape(len(batch), -1)[:, :3]

    dflare.inspect(dflare.Model(scores, preprocess="unit"), seeds=images)
    assert set(fed) == {np.dtype(np.float32)}


def test_callables_are_inspected_by_inputs(images, toys):
    report = dflare.inspect(*toys, seeds=images)
    assert [model["model"] for model in report["models"]] == ["function:scores", "function:scores-2"]
    with pytest.raises(dflare.BadArgument, match="give some: seeds="):
        dflare.inspect(*toys)


def test_a_ranking_orders_variants(digits):
    images, labels = digits
    told = []
    report = dflare.rank(
        ORIGINAL,
        images,
        [COMPRESSED, MODELS / "digits-lenet5-prune80.onnx"],
        labels,
        preprocess="unit",
        max_seeds=10,
        search_seeds=10,
        corrupted=2,
        progress=told.append,
    )
    assert len(report["variants"]) == 2
    assert "digits-lenet5-prune80" in str(report)


def test_callables_are_ranked(images):
    report = dflare.rank(linear(), images, [linear(0.01), linear(0.6)], max_seeds=10, search_seeds=10, corrupted=2)
    assert report["variants"][0]["model"] == "function:scores-2"


def test_exports_are_the_commands(toys, images, tmp_path, command):
    run = dflare.search(*toys, images, out=tmp_path / "run", max_queries=100)
    assert dflare.export(run, tmp_path / "a.jsonl") == len(run)
    subprocess.run([command, "export", tmp_path / "run", "-q", "-o", tmp_path / "b.jsonl"], check=True)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    dflare.export(run.folder, tmp_path / "arrays", "npy")
    assert np.array_equal(np.load(tmp_path / "arrays/inputs.npy")[0], run[0].input)


def test_the_package_is_the_command_too():
    program = Path(dflare.__file__).parent / "bin/dflare"
    done = subprocess.run([sys.executable, "-m", "dflare", "--version"], capture_output=True, text=True)
    if program.exists():
        assert done.returncode == 0 and done.stdout.startswith(f"dflare {dflare.__version__}\n")
    else:
        assert done.returncode == 1 and "built without the command" in done.stderr


def test_the_package_is_typed_and_a_type_checker_finds_wrong_keywords(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text(
        "import dflare\n"
        "run = dflare.search('a.onnx', 'b.onnx', 'seeds', max_queries=3, strategy='boundary')\n"
        "severity: float = run[0].severity\n"
        "dflare.search('a.onnx', 'b.onnx', 'seeds', max_querys=3)\n"
        "dflare.search('a.onnx', 'b.onnx', 'seeds', strategy='no such')\n"
        "dflare.search(lambda x: x, dflare.Model(lambda x: x), [], progress=print)\n"
    )
    package = Path(dflare.__file__).parent
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", os.devnull]
    done = subprocess.run(
        [*command, "-p", "dflare", "-p", "pytest_dflare", "-p", "use"],
        capture_output=True,
        text=True,
        cwd=package.parent,
        env={**os.environ, "MYPYPATH": str(tmp_path)},
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.split(":")[1] for line in errors if "use.py" in line] == ["4", "5"], done.stdout
    assert len(errors) == 2, done.stdout
