"""Texts, from the file to the findings: models are commands that are asked lines of UTF-8."""
import csv
import json
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from conftest import DFLARE, LENET, ROOT, dflare, findings_of, search, summary_of

EXAMPLE = ROOT / "examples/15_texts"
LINES = EXAMPLE / "messages.txt"


def tone(step="", slow=""):
    return f"exec:{slow}{sys.executable} {EXAMPLE / 'tone.py'} {step}".strip()


def texts(run, *options, inputs=LINES, **kwargs):
    return search(tone(), tone("0.8"), inputs, run, "--max-queries", 200, "--workers", 1, "--quiet", *options, **kwargs)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts") / "run"
    done = texts(folder)
    assert done.code == 0, done
    return folder


def test_findings_are_texts_near_their_lines(run, tmp_path):
    rows = findings_of(run, tmp_path / "rows.jsonl")
    lines = LINES.read_text().splitlines()
    assert len(rows) >= 12 and summary_of(run)["found"] >= 12
    for row in rows:
        stored = (run / row["png"]).read_bytes().decode()
        assert row["png"].endswith(".txt") and stored == row["text"]
        assert row["source"] == f"line {row['seed'] + 1}" and row["ssim"] == 1
        assert (stored == lines[row["seed"]]) == (row["kind"] == "natural") == (row["linf"] == 0)
        assert row["l2"] == pytest.approx(row["linf"] / max(len(stored), len(lines[row["seed"]])))


def test_a_finding_is_shown_and_exported(run, tmp_path):
    row = next(row for row in findings_of(run, tmp_path / "rows.jsonl") if row["kind"] != "natural")
    shown = dflare("show", run, row["seed"], "--allow-exec")
    assert shown.code == 0 and "bit for bit" in shown.out + shown.err and "characters edited" in shown.out, shown
    assert dflare("export", run, "--format", "csv", "-o", tmp_path / "rows.csv").code == 0
    table = list(csv.DictReader((tmp_path / "rows.csv").open(newline="")))
    assert row["text"] in [line["text"].removeprefix("'") for line in table]
    for other in ("png", "npy"):
        refused = dflare("export", run, "--format", other, "-o", tmp_path / other)
        assert refused.code == 2 and "--format jsonl" in refused.err, refused
    report = dflare("report", run, "-o", tmp_path / "page.html")
    assert report.code == 0, report


def test_batches_do_not_matter_and_a_killed_run_goes_on(run, tmp_path):
    expected = findings_of(run, tmp_path / "whole.jsonl")
    cut = tmp_path / "cut"
    command = [DFLARE, "search", tone(slow="sleep 0.1; exec "), tone("0.8"), LINES, "--max-queries", "200", "--workers", "1",
               "--batch", "1", "--quiet", "-o", cut]
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if list(cut.glob("findings/*.txt")) or child.poll() is not None:
                break
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    assert dflare("resume", cut, "--allow-exec", "--quiet").code == 0
    assert findings_of(cut, tmp_path / "cut.jsonl") == expected


def test_edits_keep_within_a_budget(tmp_path):
    assert texts(tmp_path / "run", "--linf", 2, "--oracle", "value:0.2").code in (0, 1)
    rows = findings_of(tmp_path / "run", tmp_path / "rows.jsonl")
    assert rows and all(row["kind"] == "natural" or 0 < row["linf"] <= 2 for row in rows)


def test_rank_and_inspect_take_texts():
    ranked = dflare("rank", tone(), LINES, tone("0.8"), tone("0.3"), "--json", "--max-seeds", 12, "--search-seeds", 4,
                    "--workers", 1)
    assert ranked.code == 0, ranked
    assert json.loads(ranked.out)["variants"][0]["model"] == tone("0.3"), "finer steps are more alike"
    looked = dflare("inspect", tone(), "--seeds", LINES)
    assert looked.code == 0 and "texts of up to 1024 bytes" in looked.out, looked


# what is wrong, the bytes of the file, options, words of the message
BAD = [
    ("nothing", b"", [], ["is empty"]),
    ("empty lines", b"\n\n", [], ["none of its 2 lines", "empty"]),
    ("latin-1", "Grüße\n".encode("latin-1"), [], ["not UTF-8", "byte 2"]),
    ("a line of a megabyte", b"x" * 1_000_000, [], ["1000000 bytes long", "at most 960"]),
    ("climbing", b"hello\n", ["--refine", "climb"], ["--refine", "texts"]),
    ("crossing", b"hello\n", ["--strategy", "diffchaser"], ["diffchaser", "texts"]),
    ("squares", b"hello\n", ["--end-points", "attack"], ["attack", "texts"]),
    ("similarity", b"hello\n", ["--min-ssim", "0.9"], ["texts", "--min-ssim"]),
    ("ranges", b"hello\n", ["--range", "0:1"], ["--range"]),
    ("an operator of images", b"hello\n", ["--strategy", "random", "--operators", "median-blur"], ["of texts", "typo"]),
    ("images asked for", b"hello\n", ["--kind", "image"], ["takes texts"]),
]


@pytest.mark.parametrize("content,options,words", [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_texts_are_refused_with_a_way_out(tmp_path, content, options, words):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    done = texts(tmp_path / "run", *options, inputs=path)
    assert done.code == 2 and all(word in done.err for word in words), done
    assert not (tmp_path / "run").exists()


def test_single_bad_lines_are_left_out_and_told(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_bytes(LINES.read_bytes()[:200].rsplit(b"\n", 1)[0] + b"\n\nna\xefve\n")
    done = search(tone(), tone("0.8"), path, tmp_path / "run", "--max-queries", 20, "--workers", 1)
    assert done.code in (0, 1, 3) and "empty" in done.err and "not UTF-8" in done.err, done


def test_model_files_take_no_texts(tmp_path):
    done = search(LENET, LENET, LINES, tmp_path / "run")
    assert done.code == 2 and "texts" in done.err and "exec:" in done.err, done


def test_labels_of_lines(tmp_path):
    labels = np.ones(len(LINES.read_text().splitlines()), np.int64)
    np.save(tmp_path / "labels.npy", labels)
    done = texts(tmp_path / "run", "--labels", tmp_path / "labels.npy")
    assert done.code in (0, 1), done
    assert 0 < summary_of(tmp_path / "run")["skipped"]["wrong"] < len(labels)


def test_files_of_a_folder_are_one_text_each(tmp_path):
    folder = tmp_path / "mails"
    folder.mkdir()
    for i, line in enumerate(LINES.read_text().splitlines()[:6]):
        (folder / f"{i}.txt").write_text(line.replace(". ", ".\n") + "\n")
    done = texts(tmp_path / "run", "--kind", "text", inputs=pathlib.Path(folder))
    assert done.code == 0, done
    assert findings_of(tmp_path / "run", tmp_path / "rows.jsonl")[0]["source"].endswith(".txt")
