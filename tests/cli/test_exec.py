"""Models that are a command (exec:): the same findings as the runtime itself, and nothing left behind."""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import (DFLARE, DIGITS, LENET, LENET_INT8, LENET_PRUNED, ROOT, dflare, findings_of, pixels_of,
                      search, small_images, summary_of)

CHILD = DFLARE.parent / "tests/exec_child"
SERVER = ROOT / "examples/08_exec/onnx_server.py"


def served(model):
    """An ONNX file behind a Python process, by this Python's own ONNX Runtime."""
    return f"exec:{shlex.quote(sys.executable)} {SERVER} {model}"


def own_runtime():
    """The library inside this Python's package, for the native side of a comparison."""
    import onnxruntime
    capi = os.path.join(os.path.dirname(onnxruntime.__file__), "capi")
    return next(os.path.join(capi, name) for name in sorted(os.listdir(capi)) if name.startswith("libonnxruntime.so"))


def child(options, pids=None):
    return f"exec:exec {CHILD} {options}" + (f" pid={pids}" if pids else "")


def start(*arguments, **kwargs):
    return subprocess.Popen([DFLARE, *map(str, arguments)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            **kwargs)


def alive(pids):
    return [pid for pid in map(int, pids.read_text().split()) if os.path.exists(f"/proc/{pid}/cmdline")
            and str(CHILD).encode() in open(f"/proc/{pid}/cmdline", "rb").read()]


def wait_until(holds, seconds=90):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "not within the time"
        time.sleep(0.02)


@pytest.fixture
def bright_seeds(tmp_path):
    """Noise whose first pixel a walk can make as bright as it likes."""
    return small_images(tmp_path / "seeds", count=30)


@pytest.mark.parametrize("sides", ["original", "compressed", "both"])
def test_findings_through_a_command_are_those_of_the_runtime_itself(tmp_path, sides):
    options = ["--preprocess", "unit", "--max-seeds", 25, "--max-queries", 60, "--onnxruntime", own_runtime()]
    original = LENET if sides == "compressed" else served(LENET)
    compressed = LENET_INT8 if sides == "original" else served(LENET_INT8)
    assert search(original, compressed, DIGITS, tmp_path / "served", *options).code == 0
    assert search(LENET, LENET_INT8, DIGITS, tmp_path / "native", *options).code == 0
    assert findings_of(tmp_path / "served", tmp_path / "a") == findings_of(tmp_path / "native", tmp_path / "b")
    images = pixels_of(tmp_path / "native", tmp_path / "c")
    assert pixels_of(tmp_path / "served", tmp_path / "d") == images and len(images[0]) > 784 * 5


def test_a_killed_search_leaves_no_child_and_goes_on_from_another_folder(tmp_path, tmp_path_factory):
    shutil.copytree(ROOT / "examples/08_exec", tmp_path / "served")
    shutil.copy(LENET, tmp_path / "a.onnx")
    shutil.copy(LENET_PRUNED, tmp_path / "b.onnx")
    commands = [f"exec:exec {shlex.quote(sys.executable)} served/onnx_server.py {name}.onnx" for name in "ab"]
    options = ["--preprocess", "unit", "--strategy", "random", "--max-queries", 200, "--max-seeds", 12]
    arguments = ["search", *commands, DIGITS, *options, "-o"]
    assert dflare(*arguments, tmp_path / "whole", cwd=tmp_path).code == 0

    process = start(*arguments, tmp_path / "run", cwd=tmp_path)
    wait_until(lambda: list((tmp_path / "run" / "findings").glob("*.png")) or process.poll() is not None)
    process.kill()
    process.communicate()
    wait_until(lambda: not commands_with(str(tmp_path)) and not commands_with("served/onnx_server.py"))

    elsewhere = tmp_path_factory.mktemp("elsewhere")
    refused = dflare("resume", tmp_path / "run", cwd=elsewhere)
    if "is complete" not in refused.err:  # the kill came in time
        assert refused.code == 2 and "--allow-exec" in refused.err and "onnx_server.py a.onnx" in refused.err, refused
    assert dflare("resume", tmp_path / "run", "--allow-exec", cwd=elsewhere).code == 0
    assert summary_of(tmp_path / "run")["complete"]
    assert findings_of(tmp_path / "run", tmp_path / "x") == findings_of(tmp_path / "whole", tmp_path / "y")

    finding = findings_of(tmp_path / "run", tmp_path / "x")[0]["seed"]
    shown = dflare("show", tmp_path / "run", finding, "--allow-exec", cwd=elsewhere)
    assert shown.code == 0 and "rebuilt" in shown.out, shown


def commands_with(text):
    """Processes other than this one and its parents with such a command line."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line and "pytest" not in line:
            found.append(line)
    return found


def test_a_killed_search_ends_even_a_child_that_hangs(tmp_path, bright_seeds):
    pids = tmp_path / "pids"
    process = start("search", child("bright-hangs stubborn", pids), child("", pids), bright_seeds, "-o",
                    tmp_path / "run", "--strategy", "random", "--operators", "pixel-change")
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) >= 2)
    time.sleep(0.5)
    assert alive(pids)
    process.kill()
    process.communicate()
    wait_until(lambda: not alive(pids), seconds=5)


def test_ctrl_c_reaches_dflare_alone_and_everything_ends(tmp_path, bright_seeds):
    pids = tmp_path / "pids"
    process = start("search", child("", pids), child("", pids), bright_seeds, "-o", tmp_path / "run", "--strategy",
                    "random", "--max-queries", 10**7, start_new_session=True)
    wait_until(lambda: (tmp_path / "run" / "run.sqlite").exists())
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and "failed" not in err, err
    assert not alive(pids)


def test_a_child_that_hangs_on_an_input_ends_that_seed_only(tmp_path, bright_seeds):
    result = search(child("bright-hangs"), child(""), bright_seeds, tmp_path / "run", "--strategy", "random",
                    "--operators", "pixel-change", "--max-queries", 40, "--query-timeout", 0.3, "--workers", 2)
    summary = summary_of(tmp_path / "run")
    assert result.code == 0 and summary["complete"], result
    assert 1 <= summary["failed"] <= 30
    assert len(list((tmp_path / "run" / "failed").iterdir())) >= 1


def test_a_child_that_always_hangs_ends_with_3(tmp_path, seeds):
    result = search(child("hangs"), child(""), seeds, tmp_path / "run", "--query-timeout", 0.2)
    assert result.code == 3 and "has not answered for 0.2 seconds" in result.err, result


@pytest.mark.parametrize("fault, words", [
    ("exits-at-once", "exit code 3"), ("banner", "Welcome"), ("too-little", "expected exactly"),
    ("dies", "exit code 7"), ("other-id", "was asked"), ("version=9", "version 9")])
def test_what_a_child_does_wrong_ends_with_3_and_names_it(tmp_path, seeds, fault, words):
    result = search(child(fault), child(""), seeds, tmp_path / "run")
    assert result.code == 3 and words in result.err and f"exec_child {fault}" in result.err, result
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").glob("findings/*.png"))


def test_no_finding_comes_of_a_child_that_dies_now_and_then(tmp_path, bright_seeds):
    # SOLUTION: the two are one model, so that nothing can be found; bright first pixels kill one of them in the frame.
    result = search(child("bright-dies-in-frame"), child(""), bright_seeds, tmp_path / "run", "--strategy", "random",
                    "--operators", "pixel-change", "--max-queries", 60, "--ties", "count")
    assert result.code == 0, result
    assert summary_of(tmp_path / "run")["failed"] >= 1
    assert findings_of(tmp_path / "run", tmp_path / "found") == []


def test_standard_output_is_clean_json_however_much_a_child_prints(tmp_path, seeds):
    noisy = child("prints-first prints-megabytes")
    result = search(noisy, child(""), seeds, tmp_path / "run", "--json", "--max-queries", 5, "--max-seeds", 4)
    assert result.code == 0 and json.loads(result.out)["complete"], result
    assert "xxxx" not in result.err


def test_resume_refuses_a_file_of_the_command_that_has_changed(tmp_path, seeds):
    script = tmp_path / "child.sh"
    script.write_text(f"exec {CHILD} u8\n")
    result = search(f"exec:sh {script}", child(""), seeds, tmp_path / "run", "--strategy", "random", "--max-queries",
                    10**9, "--time-limit", 1)
    assert result.code == 0 and not summary_of(tmp_path / "run")["complete"], result
    assert dflare("resume", tmp_path / "run", "--allow-exec", "--time-limit", 1).code == 0
    script.write_text(f"exec {CHILD} u8 # changed\n")
    result = dflare("resume", tmp_path / "run", "--allow-exec")
    assert result.code == 2 and "child.sh" in result.err and "changed" in result.err, result


def test_every_verb_takes_commands(tmp_path):
    options = ["--preprocess", "unit"]
    run = tmp_path / "run"
    assert search(served(LENET), served(LENET_PRUNED), DIGITS, run, *options, "--max-seeds", 60).code == 0
    inspected = dflare("inspect", served(LENET), LENET, "--seeds", DIGITS, "--json", *options)
    models = json.loads(inspected.out)["models"]
    assert models[0]["runtime"].startswith("exec (onnxruntime")
    guarded = dflare("guard", run, "--allow-exec", "--corrupted", 1, "--json")
    assert guarded.code == 0 and "guard.onnx" in json.loads(guarded.out)["files"], guarded
    repaired = dflare("repair", run, "--allow-exec", "--force", "--json", "--natural", 1, "--corrupted", 1)
    assert repaired.code == 0 and "head.onnx" in json.loads(repaired.out)["files"], repaired
    ranked = dflare("rank", served(LENET), DIGITS, served(LENET_PRUNED), LENET_INT8, *options, "--max-seeds", 10,
                    "--search-seeds", 5, "--corrupted", 1, "--time-limit", 8, "--json")
    assert ranked.code == 0 and len(json.loads(ranked.out)["variants"]) == 2, ranked
