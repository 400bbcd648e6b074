"""What goes wrong under way: hangs, full disks, signals, kill -9. What was found is never lost."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from conftest import (DFLARE, DIGITS, LENET, LENET_PRUNED, OWN_MODELS, dflare, digits_search, findings_of, pixels_of,
                      search, small_images, summary_of)

PAIR = ["search", LENET, LENET_PRUNED, DIGITS, "--preprocess", "unit", "--strategy", "random"]


def start(*arguments, **kwargs):
    return subprocess.Popen([DFLARE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **kwargs)


def wait_for_findings(run, seconds=60):
    """Until something is in the store."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if list((run / "findings").glob("*.png")):
            return
        time.sleep(0.02)
    raise AssertionError("no finding within the time")


def test_a_model_that_hangs_ends_with_3_and_keeps_what_was_found(tmp_path):
    # SOLUTION: the two differ on many noisy images; hang_later.onnx hangs when the first pixel becomes bright.
    seeds = small_images(tmp_path / "seeds", count=120)
    result = search(OWN_MODELS / "hang_later.onnx", OWN_MODELS / "never_hangs.onnx", seeds, tmp_path / "run",
                    "--preprocess", "unit", "--strategy", "random", "--operators", "pixel-change",
                    "--max-queries", 20, "--query-timeout", 1, "--workers", 1, "--batch", 1)
    assert result.code == 3, result
    assert "hang_later.onnx has not answered for 1 seconds" in result.err and "resume" in result.err
    assert len(findings_of(tmp_path / "run", tmp_path / "found.jsonl")) >= 1
    kept = [p.name for p in (tmp_path / "run" / "failed").iterdir()]
    assert len(kept) == 1 and f"failed/{kept[0]}" in result.err

    # Every resume gets past the input that the last one met.
    for met in range(2, 20):
        result = dflare("resume", tmp_path / "run", "--query-timeout", 1)
        if result.code == 0:
            break
        assert result.code == 3, result
        assert len(list((tmp_path / "run" / "failed").iterdir())) == met
    assert result.code == 0 and summary_of(tmp_path / "run")["complete"]
    assert summary_of(tmp_path / "run")["failed"] >= 1


def test_ctrl_c_ends_with_130_and_resume_completes(tmp_path):
    run, whole = tmp_path / "run", tmp_path / "whole"
    options = ["--max-queries", 4000, "--max-seeds", 40]
    process = start(*PAIR, *options, "-o", run)
    wait_for_findings(run)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, 0), err
    if process.returncode == 130:
        assert "dflare resume" in err
        assert not summary_of(run)["complete"]
    assert dflare("resume", run).code == 0
    assert dflare(*PAIR, *options, "-o", whole).code == 0
    assert findings_of(run, tmp_path / "a.jsonl") == findings_of(whole, tmp_path / "b.jsonl")
    assert summary_of(run)["complete"]


def test_kill_9_at_any_moment_then_resume_gives_the_findings_of_a_whole_run(tmp_path):
    options = ["--max-queries", 600, "--max-seeds", 60, "--ties", "count"]
    whole = tmp_path / "whole"
    began = time.monotonic()
    assert dflare(*PAIR, *options, "-o", whole).code == 0
    duration = time.monotonic() - began
    expected = findings_of(whole, tmp_path / "whole.jsonl")
    images = pixels_of(whole, tmp_path / "whole_npy")
    assert len(expected) > 5

    moments = random.Random(int(os.environ.get("DFLARE_KILL_SEED", "1")))
    killed = 0
    for attempt in range(30):
        if attempt >= 6 and killed >= 1:  # most of a short run is its start-up: one at least must have begun
            break
        run = tmp_path / f"run{attempt}"
        process = start(*PAIR, *options, "-o", run)
        time.sleep(moments.uniform(0.05, 0.95) * duration)
        process.kill()
        process.communicate()
        for _ in range(2):  # the resumed run is killed too
            process = start("resume", run)
            time.sleep(moments.uniform(0.05, 0.6) * duration)
            process.kill()
            process.communicate()
        result = dflare("resume", run)
        if result.code == 2:  # killed before it had begun: it says so, and starting again is the way
            assert "dflare search" in result.err or "nowhere" in result.err or "no run" in result.err, result
            continue
        killed += 1
        assert result.code == 0, result
        assert findings_of(run, tmp_path / f"{attempt}.jsonl") == expected
        assert pixels_of(run, tmp_path / f"npy{attempt}") == images
        pngs = {p.name for p in (run / "findings").glob("*.png")}
        assert pngs == {p.name for p in (whole / "findings").glob("*.png")}
    assert killed >= 1


def test_time_limit_keeps_everything_and_resume_goes_on(tmp_path):
    result = digits_search(tmp_path / "run", "--max-queries", 100000, "--time-limit", 1, "--strategy", "random",
                           "--max-seeds", 50)
    assert result.code == 0, result
    assert "dflare resume" in result.err or summary_of(tmp_path / "run")["complete"]
    assert dflare("resume", tmp_path / "run", "--time-limit", 1).code == 0


def test_resuming_a_complete_run_says_so(finished_run):
    before = (finished_run / "summary.json").read_text()
    result = dflare("resume", finished_run)
    assert result.code == 0
    assert "complete" in result.err
    assert json.loads(before) == summary_of(finished_run)


@pytest.fixture
def interrupted(tmp_path):
    """A run that never ends by itself, over copies that a test may spoil: two equal models never disagree."""
    shutil.copytree(DIGITS, tmp_path / "seeds")
    for name in ("original.onnx", "compressed.onnx"):
        shutil.copy(LENET, tmp_path / name)
    result = search(tmp_path / "original.onnx", tmp_path / "compressed.onnx", tmp_path / "seeds", tmp_path / "run",
                    "--preprocess", "unit", "--strategy", "random", "--max-queries", 10**9, "--time-limit", 1,
                    "--max-seeds", 20)
    assert result.code == 0 and not summary_of(tmp_path / "run")["complete"], result
    return tmp_path


def test_resume_refuses_a_model_that_has_changed(interrupted):
    shutil.copy(LENET_PRUNED, interrupted / "compressed.onnx")
    result = dflare("resume", interrupted / "run")
    assert result.code == 2, result
    assert "compressed.onnx" in result.err and "changed" in result.err


def test_resume_refuses_an_image_that_has_changed(interrupted):
    shutil.copy(interrupted / "seeds/3/01.png", interrupted / "seeds/5/00.png")
    result = dflare("resume", interrupted / "run")
    assert result.code == 2, result
    assert "5/00.png" in result.err and "changed" in result.err


def test_resume_refuses_seeds_that_are_missing(interrupted):
    (interrupted / "seeds/5/00.png").unlink()
    result = dflare("resume", interrupted / "run")
    assert result.code == 2, result
    assert "holds" in result.err


def test_resume_works_from_another_folder(interrupted, tmp_path_factory):
    result = dflare("resume", interrupted / "run", "--time-limit", 1, cwd=tmp_path_factory.mktemp("elsewhere"))
    assert result.code == 0, result


def test_a_full_disk_ends_with_4_and_what_was_found_can_be_read(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        result = digits_search(disk / "run", "--strategy", "random", "--max-queries", 100000, "--ties", "count")
        assert result.code == 4, result
        assert "hint:" in result.err
    finally:
        subprocess.run(["umount", disk], check=True)
