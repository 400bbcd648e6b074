"""Run folders and targets: what is not ours is never touched, damage is told, a crash leaves a run that goes on."""
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from conftest import (DFLARE, DIGITS, LENET, LENET_PRUNED, ROOT, SANITIZED, digits_search, dflare, findings_of, pixels_of, search,
                      summary_of)

CRASHING = DFLARE.parent / "tests/libcrashing_onnxruntime.so"


@pytest.fixture
def run(tmp_path, finished_run):
    """A copy of a complete run."""
    return shutil.copytree(finished_run, tmp_path / "run")


def test_resume_touches_nothing_that_is_not_the_runs(run, tmp_path):
    photo = run / "findings/20240101_120000.png"
    photo.write_text("a photo")
    image = next((run / "findings").glob("*_0_*.png"))
    expected, letter = image.read_bytes(), tmp_path / "letter"
    letter.write_text("a letter")
    image.unlink()
    image.symlink_to(letter)
    (run / "summary.json.new").symlink_to(letter)
    assert dflare("resume", run).code == 0
    assert (photo.read_text(), letter.read_text(), image.read_bytes()) == ("a photo", "a letter", expected)


@pytest.mark.parametrize("target", ["run.sqlite", "summary.json"])
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_export_writes_over_no_file_of_the_run(run, target, format):
    before = (run / target).read_bytes()
    result = dflare("export", run, "--format", format, "-o", run / target)
    assert result.code == 2 and target in result.err, result
    assert (run / target).read_bytes() == before


def test_minus_is_standard_output(run, tmp_path):
    result = dflare("export", run, "-o", "-", cwd=tmp_path)
    findings_of(run, tmp_path / "found.jsonl")
    assert result.code == 0 and result.out == (tmp_path / "found.jsonl").read_text(), result
    assert not (tmp_path / "-").exists()
    assert dflare("export", run, "--format", "npy", "-o", "-", cwd=tmp_path).code == 2


@pytest.mark.parametrize("verb", [["guard", "--corrupted", 1], ["repair", "--force"]], ids=lambda v: v[0])
def test_results_are_written_over_no_file_of_another(verb, run, tmp_path):
    verb, *options = verb
    mine = tmp_path / "mine" / {"guard": "guard.onnx", "repair": "head.onnx"}[verb]
    mine.parent.mkdir()
    mine.write_text("my model")
    result = dflare(verb, run, *options, "-o", mine.parent)
    assert result.code == 2 and mine.name in result.err, result
    assert mine.read_text() == "my model"


def flip_a_bit(run, part):
    data = bytearray((run / "run.sqlite").read_bytes())
    at = data.find(part)
    assert at > 0
    data[at + len(part) // 2] ^= 1
    (run / "run.sqlite").write_bytes(data)


def test_a_flipped_bit_in_an_image_is_told_and_the_good_file_stays(run, tmp_path):
    image = next((run / "findings").glob("*.png"))
    good = image.read_bytes()
    flip_a_bit(run, good[60:120])
    for arguments in (["resume", run], ["export", run, "--format", "npy", "-o", tmp_path / "npy"],
                      ["show", run, image.name]):
        result = dflare(*arguments)
        assert result.code == 2 and "damaged" in result.err and str(int(image.name[:6])) in result.err, result
    assert image.read_bytes() == good


def test_a_flipped_bit_in_the_record_is_told(run, tmp_path):
    flip_a_bit(run, b'"rows_exact":true')
    for arguments in (["resume", run], ["show", run, 0], ["export", run, "-o", tmp_path / "x"], ["guard", run]):
        result = dflare(*arguments)
        assert arguments[0] == "export" or (result.code == 2 and "damaged" in result.err), result
        assert "unexpected" not in result.err, result


def test_a_writer_killed_within_the_file_is_put_right_by_the_next_reader(run, tmp_path):
    expected = findings_of(run, tmp_path / "before.jsonl")
    script = ("import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
              "db.execute('PRAGMA cache_size = 1'); db.execute('BEGIN'); db.execute('DELETE FROM findings');"
              "db.execute('CREATE TABLE x (b)'); db.execute('INSERT INTO x VALUES (randomblob(300000))');"
              "os.kill(os.getpid(), 9)")
    subprocess.run(["python3", "-c", script, run / "run.sqlite"], check=False)
    assert (run / "run.sqlite-journal").exists()
    assert findings_of(run, tmp_path / "after.jsonl") == expected


def test_resume_of_a_complete_run_refuses_a_model_that_was_replaced(tmp_path):
    models = [shutil.copy(LENET, tmp_path / "a.onnx"), shutil.copy(LENET_PRUNED, tmp_path / "b.onnx")]
    options = ["--preprocess", "unit", "--max-queries", 60, "--max-seeds", 5]
    assert search(*models, DIGITS, tmp_path / "run", *options).code == 0
    shutil.copy(LENET, models[1])
    result = dflare("resume", tmp_path / "run")
    assert result.code == 2 and "b.onnx" in result.err and "changed" in result.err, result


def test_a_run_whose_file_is_taken_away_ends_with_4(tmp_path):
    run = tmp_path / "run"
    process = subprocess.Popen([DFLARE, "search", LENET, LENET_PRUNED, DIGITS, "--preprocess", "unit", "--strategy",
                                "random", "--max-queries", "2000", "--ties", "count", "-o", run],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    until = time.monotonic() + 60
    while not list(run.glob("findings/*.png")) and time.monotonic() < until:
        time.sleep(0.01)
    (run / "run.sqlite").unlink()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 4 and "run.sqlite" in err, err


def test_a_limit_on_the_size_of_files_ends_with_4_and_a_word(tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    result = digits_search(tmp_path / "run", "--strategy", "random", "--max-queries", 100000, "--ties", "count",
                           preexec_fn=limit)
    assert result.code == 4 and "hint:" in result.err, result


@pytest.mark.parametrize("out", ["", "x" * 300, "/proc/nowhere"], ids=["empty", "overlong", "not writable"])
def test_a_run_folder_that_cannot_be(out, tmp_path):
    result = dflare("search", LENET, LENET_PRUNED, DIGITS, "--preprocess", "unit", "-o", out, cwd=tmp_path)
    assert result.code in (2, 4) and "error:" in result.err and "unexpected" not in result.err, result
    assert list(tmp_path.iterdir()) == []


def fifo(path):
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("make", [fifo, lambda path: path.mkdir() or path], ids=["FIFO", "folder"])
def test_a_config_that_is_no_file_is_refused(make, tmp_path):
    config = make(tmp_path / "odd.toml")
    result = dflare("search", LENET, LENET_PRUNED, DIGITS, "--config", config, timeout=30)
    assert result.code == 2 and "odd.toml" in result.err, result


@pytest.mark.parametrize("line", ["max-queries = -3", "strategy = \"nonsense\"", "json = 3", "x = 1"])
def test_what_is_wrong_in_a_config_names_the_file(line, tmp_path):
    (tmp_path / "nightly.toml").write_text(line + "\n")
    result = dflare("search", LENET, LENET_PRUNED, DIGITS, "--config", tmp_path / "nightly.toml")
    assert result.code == 2 and "nightly.toml" in result.err, result


def test_show_takes_the_name_of_an_image(run):
    image = next((run / "findings").glob("*.png"))
    for name in (image.name, image):
        result = dflare("show", run, name)
        assert result.code == 0 and image.name in result.out, result


def test_show_names_the_image_of_a_flaky_finding_where_it_is(run):
    with sqlite3.connect(run / "run.sqlite") as db:
        seed, ordinal = db.execute("SELECT seed, ordinal FROM findings WHERE kind <> 'natural' LIMIT 1").fetchone()
        db.execute("UPDATE findings SET flaky = 1, checksum = NULL WHERE seed = ? AND ordinal = ?", (seed, ordinal))
    shutil.copytree(run / "findings", run / "flaky")
    result = dflare("show", run, f"{seed}:{ordinal}")
    path = next(pathlib.Path(line.split(maxsplit=1)[1]) for line in result.out.splitlines() if " image" in line[:10])
    assert path.parent.name == "flaky" and path.exists(), result


# ---- crashes

def crashing(at, how=signal.SIGSEGV):
    if not CRASHING.exists():
        pytest.skip(f"{CRASHING} is not built")
    if SANITIZED:
        pytest.skip("AddressSanitizer tells crashes itself")
    real = next(iter((ROOT / ".sdk").rglob("libonnxruntime.so*")), None) if not os.environ.get("DFLARE_ONNXRUNTIME") \
        else os.environ["DFLARE_ONNXRUNTIME"]
    return {"DFLARE_ONNXRUNTIME": str(CRASHING), "REAL_ONNXRUNTIME": str(real), "CRASH_AT": str(at),
            "CRASH_BY": str(int(how))}


CRASH_SIGNALS = [signal.SIGSEGV, signal.SIGFPE, signal.SIGBUS, signal.SIGABRT, signal.SIGILL]


@pytest.mark.parametrize("how", CRASH_SIGNALS, ids=lambda s: s.name)
def test_a_crash_while_a_model_is_opened_names_the_model(how, tmp_path):
    result = digits_search(tmp_path / "run", env=crashing(0, how))
    assert result.code == 3 and LENET.name in result.err and how.name in result.err and "opened" in result.err, result
    assert not (tmp_path / "run").exists()


def test_a_crash_at_start_up_leaves_a_folder_that_search_starts_over(tmp_path):
    result = digits_search(tmp_path / "run", env=crashing(2))
    assert result.code == 3 and ".onnx" in result.err and "asked" in result.err, result
    assert digits_search(tmp_path / "run", "--max-seeds", 5).code == 0


def test_a_crash_at_start_up_leaves_a_run_that_resume_begins(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 5, env=crashing(2))
    assert result.code == 3 and f"dflare resume {tmp_path / 'run'}" in result.err, result
    shown = dflare("show", tmp_path / "run", 0)
    assert shown.code == 2 and "before it began" in shown.err and "resume" in shown.err, shown
    assert dflare("resume", tmp_path / "run").code == 0
    assert digits_search(tmp_path / "whole", "--max-seeds", 5).code == 0
    assert pixels_of(tmp_path / "run", tmp_path / "a") == pixels_of(tmp_path / "whole", tmp_path / "b")


def test_a_crash_under_way_keeps_what_was_found_and_resume_goes_on(tmp_path):
    options = ["--strategy", "random", "--workers", 1, "--batch", 4, "--max-seeds", 30, "--ties", "count"]
    result = digits_search(tmp_path / "run", *options, env=crashing(450))
    assert result.code == 3 and ".onnx" in result.err and f"resume {tmp_path / 'run'}" in result.err, result
    assert dflare("resume", tmp_path / "run").code == 0
    assert digits_search(tmp_path / "whole", *options).code == 0
    assert findings_of(tmp_path / "run", tmp_path / "a") == findings_of(tmp_path / "whole", tmp_path / "b")
    assert pixels_of(tmp_path / "run", tmp_path / "c") == pixels_of(tmp_path / "whole", tmp_path / "d")
    assert summary_of(tmp_path / "run")["complete"]
