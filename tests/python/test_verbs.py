"""Profiles, the gate, replays, comparisons, guards, repairs and pages: as the command has them, and of callables."""

import _thread
import json
import subprocess
import time

import numpy as np
import pytest
from conftest import COMPRESSED, DIGITS, MODELS, ORIGINAL, linear

import dflare

PRUNED = MODELS / "digits-lenet5-prune80.onnx"
FED = {"preprocess": "unit"}


def printed(command, *arguments, code=0):
    done = subprocess.run([str(a) for a in (command, *arguments)], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Of the pruned model, which differs often."""
    folder = tmp_path_factory.mktemp("runs") / "pruned"
    return dflare.search(
        ORIGINAL, PRUNED, DIGITS, out=folder, max_seeds=60, max_queries=100, findings_per_seed=2, **FED
    )


def as_callables():
    return linear(), linear(0.37)


def test_a_profile_is_the_commands(command, tmp_path):
    report = dflare.profile(
        ORIGINAL, PRUNED, DIGITS, max_inputs=20, out=tmp_path / "p.json", svg=tmp_path / "p.svg", **FED
    )
    theirs = printed(command, "profile", ORIGINAL, PRUNED, DIGITS, "--preprocess", "unit", "--max-inputs", 20, "--json")
    assert report == theirs == json.loads((tmp_path / "p.json").read_text())
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    assert "digits-lenet5-prune80.onnx" in str(report)


def test_a_check_says_what_the_command_says(command):
    verdict = dflare.check(ORIGINAL, PRUNED, DIGITS, max_disagreement=0.01, **FED)
    limit = ["--preprocess", "unit", "--max-disagreement", "0.01", "--json"]
    assert verdict == printed(command, "check", ORIGINAL, PRUNED, DIGITS, *limit, code=1)
    assert verdict.verdict == "fail" and not verdict.passed
    assert dflare.check(ORIGINAL, COMPRESSED, DIGITS, max_disagreement=0.02, **FED).passed
    few = dflare.check(ORIGINAL, COMPRESSED, DIGITS, max_disagreement=0.01, max_inputs=20, **FED)
    assert few.verdict == "inconclusive" and not few.passed


def test_callables_and_images_in_memory_are_checked(images):
    exact, rough = as_callables()
    told = []
    images = np.concatenate([images] * 10)

    def slow(batch):
        time.sleep(0.005)
        return exact(batch)

    options = {"max_disagreement": 0.5, "batch": 4, "workers": 1, "progress": told.append}
    assert dflare.check(slow, linear(0.01), images, **options).passed
    assert told[-1].step == "inputs as they are" and told[-1].of == len(images)
    profile = dflare.profile(exact, rough, images, np.zeros(len(images), int), max_inputs=12)
    assert profile["inputs"] == 12


def test_a_check_without_a_limit_is_refused(images):
    with pytest.raises(dflare.BadArgument, match="limit"):
        dflare.check(*as_callables(), images)


def test_a_corpus_is_made_replayed_and_part_of_a_check(run, tmp_path):
    corpus = tmp_path / "corpus"
    assert dflare.export(run, corpus=corpus) == len(run) > 5
    assert dflare.export(run, corpus=corpus) == 0
    again = dflare.replay(corpus, ORIGINAL, PRUNED, max_still_deviating=0)
    assert len(again.still_deviating) == len(run) and again.verdict == "fail"
    better = dflare.replay(corpus, ORIGINAL, COMPRESSED)
    assert len(better.known("fixed")) > len(run) / 2 and better.verdict is None
    checked = dflare.check(ORIGINAL, PRUNED, DIGITS, corpus=corpus, max_disagreement=0.5, **FED)
    assert checked.still_deviating == again.still_deviating
    with pytest.raises(dflare.BadArgument, match="give both: original=, compressed="):
        dflare.replay(corpus, ORIGINAL)
    with pytest.raises(dflare.BadArgument, match="give either out= or corpus="):
        dflare.export(run)


def test_a_run_is_replayed_with_its_models_or_others(run):
    assert len(dflare.replay(run).still_deviating) == len(run)
    assert len(dflare.replay(run.folder).still_deviating) == len(run)
    assert len(dflare.replay(run, compressed=COMPRESSED).still_deviating) < len(run)


def test_runs_of_callables_are_replayed_with_others_too(images, tmp_path):
    exact, rough = as_callables()
    run = dflare.search(exact, rough, images, max_queries=100, out=tmp_path / "run")
    assert len(run) > 3
    assert len(dflare.replay(run).still_deviating) == len(run)
    assert dflare.replay(run, compressed=exact).still_deviating == []
    assert len(dflare.replay(run.folder, exact, rough).still_deviating) == len(run)
    with pytest.raises(dflare.BadArgument, match="was a callable"):
        dflare.replay(run.folder)
    dflare.export(run, corpus=tmp_path / "corpus")
    assert len(dflare.replay(tmp_path / "corpus", exact, rough).still_deviating) == len(run)


def test_runs_and_profiles_are_compared(run, tmp_path, command):
    after = dflare.search(
        ORIGINAL, COMPRESSED, DIGITS, out=tmp_path / "b", max_seeds=60, max_queries=100, findings_per_seed=2, **FED
    )
    report = dflare.compare(run, after.folder, out=tmp_path / "c.json")
    assert report == printed(command, "compare", run.folder, after.folder, "--json")
    assert report == json.loads((tmp_path / "c.json").read_text())
    before = dflare.profile(ORIGINAL, PRUNED, DIGITS, max_inputs=20, **FED)
    dflare.profile(ORIGINAL, COMPRESSED, DIGITS, max_inputs=20, out=tmp_path / "p.json", **FED)
    assert dflare.compare(before, tmp_path / "p.json")["inputs"] == 20


def test_a_guard_is_the_commands(run, command, tmp_path):
    guard = dflare.guard(run, corrupted=1, out=tmp_path / "a")
    theirs = printed(command, "guard", run.folder, "--corrupted", 1, "-o", tmp_path / "b", "--json")
    assert guard == theirs
    assert {file.name for file in guard.files} >= {"guard.json", "guard.onnx", "guarded.onnx"}
    for file in guard.files:
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_a_repair_is_the_commands(run, command, tmp_path):
    asked = {"method": "drepair", "repeats": 1, "natural": 20, "corrupted": 1}
    repair = dflare.repair(run, out=tmp_path / "a", force=True, **asked)
    flags = [text for name, value in asked.items() for text in (f"--{name}", value)]
    theirs = printed(command, "repair", run.folder, "-o", tmp_path / "b", "--force", "--json", *flags)
    assert repair == theirs
    assert {file.name for file in repair.files} >= {"head.json", "head.onnx"}


def test_a_guard_for_a_callable_is_learnt_and_measured_on_images_in_memory(images, tmp_path):
    exact, rough = as_callables()
    many = np.random.default_rng(5).integers(0, 256, size=(80, 8, 8, 1), dtype=np.uint8)
    run = dflare.search(exact, rough, many, max_queries=60)
    guard = dflare.guard(run, held_out=images, corrupted=1, out=tmp_path / "guard")
    assert (tmp_path / "guard/guard.onnx") in guard.files
    assert not (tmp_path / "guard/guarded.onnx").exists()
    with pytest.raises(dflare.BadArgument, match="was a callable"):
        dflare.guard(run.folder)


def test_a_run_becomes_a_page(run, tmp_path):
    page = run.report(tmp_path / "page.html")
    assert page == tmp_path / "page.html" and page.read_text().lstrip().lower().startswith("<!doctype html>")
    both = dflare.report(run, run.folder, out=tmp_path / "both.html", page_size=5)
    assert both.stat().st_size > page.stat().st_size
    with pytest.raises(dflare.BadArgument):
        (tmp_path / "mine.html").write_text("mine")
        run.report(tmp_path / "mine.html")


def test_ctrl_c_gives_what_was_measured_by_then(images):
    exact, rough = as_callables()
    asked = []

    def interrupts(batch):
        asked.append(len(batch))
        if len(asked) == 60:
            _thread.interrupt_main()
        time.sleep(0.002)
        return rough(batch)

    with pytest.raises(dflare.Interrupted) as raised:
        dflare.profile(exact, interrupts, np.concatenate([images] * 20), batch=4, workers=1)
    assert raised.value.report is not None and not raised.value.report["complete"]
