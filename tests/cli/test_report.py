"""dflare report: a page or a plain error, whatever the run is like."""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import page_reader
from conftest import DFLARE, DIGITS, LENET, LENET_PRUNED, dflare, digits_search, findings_of


@pytest.fixture
def run(finished_run, tmp_path):
    shutil.copytree(finished_run, tmp_path / "run")
    return tmp_path / "run"


def test_a_run_becomes_one_file_that_asks_for_nothing(run, tmp_path):
    result = dflare("report", run, "-o", tmp_path / "page.html")
    assert result.code == 0, result
    assert "with pictures, written to" in result.err
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "") and "https://" not in page


def test_it_is_written_where_it_is_asked_for(run, tmp_path):
    assert dflare("report", run, cwd=tmp_path).code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    printed = dflare("report", run, "-o", "-", cwd=tmp_path)
    assert printed.out == page


def test_the_run_stays_as_it_was(run, tmp_path):
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    assert dflare("report", run, "-q", "-o", tmp_path / "page.html").code == 0
    assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before


def test_a_file_of_somebody_else_is_not_written_over(run, tmp_path):
    (tmp_path / "notes.html").write_text("mine")
    result = dflare("report", run, "-o", tmp_path / "notes.html")
    assert result.code == 2 and "no earlier report" in result.err
    assert (tmp_path / "notes.html").read_text() == "mine"


def test_what_is_no_run_is_told(tmp_path):
    result = dflare("report", tmp_path)
    assert result.code == 2 and "no run folder" in result.err


def test_a_run_of_a_later_version_is_told(run, tmp_path):
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    result = dflare("report", run, "-o", tmp_path / "page.html")
    assert result.code == 2 and "run.sqlite" in result.err
    assert not (tmp_path / "page.html").exists()


def test_a_damaged_run_is_told_and_nothing_written(run, tmp_path):
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE findings SET png = x'00' WHERE rowid = 1")
    result = dflare("report", run, "-o", tmp_path / "page.html")
    assert result.code == 2 and "the image of finding" in result.err
    assert not (tmp_path / "page.html").exists()


def test_a_run_cut_short_has_a_page_that_says_so(tmp_path):
    result = digits_search(tmp_path / "run", "--time-limit", 1, "--refine", "climb", "--refine-queries", 5000, "-q")
    assert result.code == 0, result
    result = dflare("report", tmp_path / "run", "-o", tmp_path / "page.html")
    assert result.code == 0, result
    assert "dflare resume" in str(page_reader.data_of(tmp_path / "page.html"))


def test_a_run_that_is_being_written_or_was_killed_has_a_page(tmp_path):
    search = subprocess.Popen([DFLARE, "search", LENET, LENET_PRUNED, DIGITS, "--preprocess", "unit", "--refine", "climb",
                               "--refine-queries", "2000", "-q", "-o", tmp_path / "run"])
    try:
        for _ in range(600):
            if len(list((tmp_path / "run/findings").glob("*.png"))) >= 3:
                break
            time.sleep(0.1)
        result = dflare("report", tmp_path / "run", "-o", tmp_path / "page.html")
        assert result.code == 0 and search.poll() is None, result
        assert "dflare resume" in str(page_reader.data_of(tmp_path / "page.html"))
    finally:
        search.kill()
        search.wait()
    assert dflare("report", tmp_path / "run", "-o", tmp_path / "page.html").code == 0


def test_a_run_with_natural_findings_only_has_a_page(finished_run, tmp_path):
    natural = [row["source"] for row in findings_of(finished_run, tmp_path / "f.jsonl") if row["kind"] == "natural"]
    assert natural
    for source in natural:
        (tmp_path / "seeds" / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DIGITS / source, tmp_path / "seeds" / source)
    assert digits_search(tmp_path / "run", "-q", seeds=tmp_path / "seeds").code == 0
    result = dflare("report", tmp_path / "run", "-o", tmp_path / "page.html")
    assert result.code == 0 and f"{len(natural)} findings, {len(natural)} with pictures" in result.err


def test_models_that_are_gone_are_not_missed(run, tmp_path):
    with sqlite3.connect(run / "run.sqlite") as db:
        facts = json.loads(db.execute("SELECT value FROM record WHERE key = 'facts'").fetchone()[0])
        for model in facts["models"].values():
            model["path"] = "/gone/" + model["path"].rsplit("/", 1)[1]
        db.execute("UPDATE record SET checksum = NULL, value = ? WHERE key = 'facts'", [json.dumps(facts)])
    result = dflare("report", run, "-o", tmp_path / "page.html")
    assert result.code == 0, result
    assert "/gone/digits-lenet5.onnx" in str(page_reader.data_of(tmp_path / "page.html"))


def test_a_page_that_cannot_be_written_is_told(run, tmp_path):
    result = dflare("report", run, "-o", tmp_path / "no" / "such" / "page.html")
    assert result.code == 4, result
    assert dflare("report", run, "-o", "/dev/full").code == 4
