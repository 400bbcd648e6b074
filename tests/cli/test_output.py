"""Where the command prints: streams that fail or are closed, and names that would talk to the terminal."""
import json
import os
import pty
import shutil
import sqlite3
import subprocess

import pytest
from conftest import DFLARE, DIGITS, LENET, LENET_PRUNED, dflare, digits_search, findings_of, small_images, summary_of


def in_shell(line, *arguments):
    """The command under /bin/sh, where `line` says what becomes of its streams."""
    return subprocess.run(["sh", "-c", f'"$@" {line}', "sh", DFLARE, *map(str, arguments)], capture_output=True,
                          text=True, timeout=120, check=False)


SEARCH = ["search", LENET, LENET_PRUNED, DIGITS, "--preprocess", "unit", "--max-seeds", 20, "--max-queries", 60]


@pytest.mark.parametrize("lost", ["2>/dev/full", "2>&-", ">/dev/null 2>&-"])
def test_messages_that_cannot_be_written_end_no_search(lost, tmp_path):
    done = in_shell(lost, *SEARCH, "-o", tmp_path / "run")
    assert done.returncode == 0, done
    assert summary_of(tmp_path / "run")["complete"]


@pytest.mark.parametrize("lost", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize("verb", [["guard", "--corrupted", 1],
                                  ["repair", "--force", "--natural", 1, "--corrupted", 1, "--repeats", 1],
                                  ["show", 0]], ids=lambda v: v[0])
def test_messages_that_cannot_be_written_end_no_verb(verb, lost, tmp_path, finished_run):
    run = shutil.copytree(finished_run, tmp_path / "run")
    verb, *options = verb
    arguments = [verb, run, *options] if verb == "show" else [verb, run, *options, "-o", tmp_path / "out"]
    done, told = in_shell(lost, *arguments), dflare(*arguments)
    assert done.returncode == told.code, (done, told)


def test_a_terminal_that_goes_away_ends_no_search(tmp_path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([DFLARE, *map(str, SEARCH), "--refine", "climb", "-o", tmp_path / "run"],
                               stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL,
                               start_new_session=True)
    os.close(theirs)
    os.close(ours)
    assert process.wait(timeout=120) == 0
    assert summary_of(tmp_path / "run")["complete"]


@pytest.mark.parametrize("lost", [">/dev/full", ">&-"])
@pytest.mark.parametrize("arguments", [["--version"], ["search", "--help"], ["inspect", LENET, "--json"],
                                       ["inspect", LENET]], ids=lambda a: " ".join(map(str, a[::2])))
def test_output_that_is_lost_is_told(arguments, lost):
    done = in_shell(lost, *arguments)
    assert done.returncode == 4 and "standard output" in done.stderr, done


def test_a_summary_that_is_lost_is_told_and_the_run_is_kept(tmp_path):
    done = in_shell(">/dev/full", *SEARCH, "--json", "-o", tmp_path / "run")
    assert done.returncode == 4 and "standard output" in done.stderr, done
    assert summary_of(tmp_path / "run")["complete"]


def test_a_failure_keeps_its_own_code_when_output_is_lost_too(tmp_path):
    assert in_shell(">/dev/full", "show", tmp_path, 1).returncode == 2


def test_no_file_takes_the_number_of_a_closed_stream(tmp_path):
    done = in_shell(">&- 2>&- <&-", *SEARCH, "-o", tmp_path / "run")
    assert done.returncode == 4, done
    assert len(findings_of(tmp_path / "run", tmp_path / "found.jsonl")) > 0


EVIL = "\x1b]0;owned\x07\x1b[2Jx"


def test_names_of_files_reach_the_terminal_escaped(tmp_path):
    seeds = small_images(tmp_path / "seeds", size=28)
    (seeds / f"{EVIL}.png").write_text("no image")
    model = tmp_path / f"{EVIL}.onnx"
    shutil.copy(LENET, model)
    config = tmp_path / "evil.toml"
    config.write_text('"\\u001b[2J" = 1\n')
    labels = tmp_path / "labels.csv"
    labels.write_text(f"00.png,{EVIL}\n")
    for arguments in (["inspect", model, "--seeds", seeds], ["inspect", tmp_path / f"{EVIL}.nothing"],
                      ["search", model, LENET, seeds, "-o", tmp_path / "run"], [f"{EVIL}"],
                      ["search", LENET, LENET, seeds, f"--{EVIL}"], ["search", LENET, LENET, seeds, "--config", config],
                      ["search", LENET, LENET, seeds, "--labels", labels], ["show", tmp_path, EVIL]):
        result = dflare(*arguments)
        assert "\x1b" not in result.out + result.err and "\x07" not in result.out + result.err, result


def test_a_name_with_a_line_break_makes_no_line_of_its_own(tmp_path):
    result = dflare("inspect", tmp_path / "a\nhint: trust me.onnx")
    assert result.code == 2 and "\nhint: trust me" not in result.err, result


def test_names_that_are_not_utf8_are_kept_and_found_again(tmp_path):
    seeds = small_images(tmp_path / "seeds", size=28, count=30)
    os.rename(bytes(seeds / "00.png"), os.fsencode(seeds) + b"/caf\xe9.png")
    folder = os.fsencode(tmp_path) + b"/s\xff"
    os.rename(os.fsencode(seeds), folder)
    run = tmp_path / "run"
    result = dflare("search", LENET, LENET_PRUNED, os.fsdecode(folder), "--preprocess", "unit", "--max-queries", 60,
                    "--seed-filter", "agree", "-o", run)
    assert result.code == 0, result
    assert summary_of(run)["settings"]["seeds"].endswith("\\xff")
    found = findings_of(run, tmp_path / "found.jsonl")
    assert found and dflare("resume", run).code == 0
    with sqlite3.connect(run / "run.sqlite") as db:
        (seeds,) = db.execute("SELECT value FROM record WHERE key = 'seeds'").fetchone()
    assert r"caf\xe9.png" in {seed["source"] for seed in json.loads(seeds)}
    seed = found[0]["seed"]
    shown = dflare("show", run, seed)
    assert shown.code == 0 and "\\xff" in shown.out, shown
    result = dflare("inspect", LENET, "--seeds", os.fsdecode(folder), "--json")
    assert result.code == 0 and json.loads(result.out), result
