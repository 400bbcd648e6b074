"""The plugin of pytest, as pytest runs it: the fixture `dflare`, failures that show findings, corpora, xdist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import COMPRESSED, DIGITS, MODELS, ORIGINAL, ROOT

import dflare

pytest_plugins = ["pytester"]
PRUNED = MODELS / "digits-lenet5-prune80.onnx"


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder of tests; called, it runs them and gives what is printed. pytest finds the plugin by its entry point."""
    for name in ("CI", "BUILD_NUMBER"):  # with them pytest's short summary repeats failures at full length
        monkeypatch.delenv(name, raising=False)

    class Project:
        folder = pytester.path

        def write(self, *tests):
            paths = {"ORIGINAL": ORIGINAL, "INT8": COMPRESSED, "PRUNED": PRUNED, "DIGITS": DIGITS}
            lines = [f"{name} = {str(path)!r}" for name, path in paths.items()]
            for number, (models, options) in enumerate(tests):
                lines.append(
                    f"def test_{number}(dflare):\n    dflare.check({models}, DIGITS, preprocess='unit', {options})"
                )
            (pytester.path / "test_models.py").write_text("\n".join(lines) + "\n")

        def __call__(self, *arguments, code):
            done = pytester.runpytest_inprocess("-q", *map(str, arguments))
            assert done.ret == code, str(done.stdout)
            return str(done.stdout)

    return Project()


def test_a_model_within_its_limit_passes(project):
    project.write(("ORIGINAL, INT8", "max_disagreement=0.02"))
    assert "1 passed" in project(code=0)


def test_a_failure_names_the_worst_findings_their_pictures_and_the_command_that_shows_each(project, command):
    project.write(("ORIGINAL, PRUNED", "max_disagreement=0.01"))
    output = project(code=1)
    assert "max-disagreement" in output and "is beyond" in output or "fail" in output
    shown = re.findall(r"(\d+/\d+\.png): the original says (\d), the compressed model (\d), severity", output)
    assert len(shown) == 5 and all(a != b for _, a, b in shown)
    pictures = re.findall(r"^E +(/.*\.png)$", output, re.MULTILINE)
    assert len(pictures) == 5 and all(Path(picture).exists() for picture in pictures)
    line = re.search(r"^E +(dflare show .*)$", output, re.MULTILINE)[1]
    told = subprocess.run([command, *line.split()[1:]], capture_output=True, text=True, check=True).stdout
    assert shown[0][0] in told
    page = Path(re.search(r"all of them: (.*)", output)[1])
    assert page.exists() and project.folder in page.parents
    project(code=1)  # in the same place, once more
    assert "dflare.check(ORIGINAL, PRUNED" in output and "checker.py" not in output


def test_what_the_sample_does_not_tell_is_no_pass_unless_somebody_says_so(project):
    few = "max_disagreement=0.01, max_inputs=20"
    project.write(("ORIGINAL, INT8", few), ("ORIGINAL, INT8", few + ", inconclusive='pass'"))
    output = project("--dflare-out", project.folder / "out", code=1)
    assert "1 failed, 1 passed" in output and "inconclusive" in output
    assert any((project.folder / "out").iterdir())


def test_a_corpus_is_made_kept_and_fails_where_it_no_longer_holds(project):
    corpus = project.folder / "corpus"
    project.write(("ORIGINAL, PRUNED", "corpus='corpus'"))
    assert "there is no corpus; `pytest --dflare-update` makes it" in project(code=1)
    project("--dflare-update", code=0)
    made = sorted(file.name for file in corpus.glob("findings/*.json"))
    assert len(made) > 5
    project(code=0)
    project("--dflare-update", code=0)
    assert sorted(file.name for file in corpus.glob("findings/*.json")) == made

    project.write(("ORIGINAL, INT8", "corpus='corpus'"))
    output = project(code=1)
    assert "known findings of corpus no longer deviate" in output and "both" in output
    project("--dflare-update", code=0)
    kept = {file.name for file in corpus.glob("findings/*.json")}
    assert kept and kept != set(made)
    images = {file.stem for file in corpus.glob("images/*")}
    assert len(images) == len(kept)  # none is left of what went
    project(code=0)


def test_known_findings_may_be_limited(project):
    shutil.copytree(ROOT / "examples/13_gate/corpus", project.folder / "corpus")
    project.write(
        ("ORIGINAL, PRUNED", "corpus='corpus'"), ("ORIGINAL, PRUNED", "corpus='corpus', max_still_deviating=3")
    )
    output = project(code=1)
    assert "1 failed, 1 passed" in output and "max-still-deviating" in output


def test_wrong_options_are_told_with_the_nearest(project):
    project.write(("ORIGINAL, INT8", "max_disagrement=0.1"), ("ORIGINAL, INT8", ""))
    output = project(code=1)
    assert "did you mean 'max_disagreement'?" in output and "neither a limit nor a corpus" in output


def test_the_fixture_is_the_package_too_and_callables_are_checked(project):
    (project.folder / "test_own.py").write_text(
        "import numpy as np\n"
        "images = np.random.default_rng(0).integers(0, 256, (60, 4, 4, 1), np.uint8)\n"
        "def exact(batch): return np.stack([b.reshape(-1)[:3] / 255. for b in batch])\n"
        "def rough(batch): return np.round(exact(batch), 1)\n"
        "def test_own(dflare):\n"
        "    assert dflare.Model(exact).name == 'exact'\n"
        "    dflare.check(exact, rough, images, max_disagreement=0.0001, inconclusive='fail')\n"
    )
    output = project(code=1)
    assert re.search(r"dflare.show\('.*', '\d+:0', original, compressed\)", output)


def test_pytest_without_the_fixture_does_not_import_the_package(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(dflare.__file__).parents[1]))
    pytester.makepyfile(
        "import sys\ndef test(): assert 'dflare' not in sys.modules and 'pytest_dflare' in sys.modules\n"
    )
    assert pytester.runpytest_subprocess().ret == 0


def test_tests_run_beside_each_other(project, pytester, monkeypatch):
    pytest.importorskip("xdist")
    monkeypatch.setenv("PYTHONPATH", str(Path(dflare.__file__).parents[1]))
    tests = [
        ("ORIGINAL, PRUNED", "max_disagreement=0.01, search={'max_seeds': 5}"),
        ("ORIGINAL, INT8", "max_disagreement=0.02"),
    ] * 2
    project.write(*tests)
    done = pytester.runpytest_subprocess("-q", "-n", "2")
    output = str(done.stdout)
    assert done.ret == 1 and "2 failed, 2 passed" in output
    assert len(set(re.findall(r"all of them: (.*)", output))) == 2


def test_the_wheel_has_the_entry_point_that_the_build_has():
    built = Path(dflare.__file__).parents[1] / f"dflare-{dflare.__version__}.dist-info/entry_points.txt"
    if not built.exists():
        pytest.skip("the package is installed")
    name = built.read_text().split()[1]
    assert re.search(
        rf'\[project.entry-points.pytest11\]\n{name} = "pytest_dflare"', (ROOT / "pyproject.toml").read_text()
    )
