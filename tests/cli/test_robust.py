"""What a grey level leaves of findings, as a user sees it."""
import csv
import json
import shutil
import sqlite3

import numpy as np
import pytest
from conftest import LENET_INT8, dflare, digits_search, findings_of, summary_of


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("robust") / "run"
    result = digits_search(folder, "--max-seeds", 20, "--robust", 8, compressed=LENET_INT8)
    assert result.code == 0, result
    return folder, result.out


def test_every_finding_tells_its_share(run, tmp_path):
    folder, told = run
    rows = findings_of(folder, tmp_path / "f.jsonl")
    shares = [row["robust"] for row in rows if row["kind"] != "natural"]
    assert shares and all(8 * share == round(8 * share) for share in shares)
    summary = summary_of(folder)["robust"]
    assert summary["share"]["value"] == pytest.approx(np.mean(shares)) and summary["share"]["of"] == len(shares)
    assert summary["all"] == shares.count(1) and summary["none"] == shares.count(0)
    assert "one grey level" in told and f"always on {summary['all']} of {len(shares)}" in " ".join(told.split())
    assert dflare("export", folder, "--format", "csv", "-o", tmp_path / "f.csv").code == 0
    with open(tmp_path / "f.csv", newline="") as file:
        assert [float(row["robust"]) for row in csv.DictReader(file)] == [row["robust"] for row in rows]
    row = rows[0]
    shown = dflare("show", folder, f"{row['seed']}:{row['ordinal']}")
    assert f"{round(8 * row['robust'])} of 8 neighbours deviate too" in shown.out, shown


def test_only_findings_that_outlast_a_grey_level_are_kept(run, tmp_path):
    assert any(row["robust"] < 1 for row in findings_of(run[0], tmp_path / "any.jsonl")), "nothing to refuse"
    result = digits_search(tmp_path / "kept", "--max-seeds", 20, "--robust", 8, "--min-robust", 1, "--refine", "shrink",
                           "--refine-queries", 30, compressed=LENET_INT8)
    assert result.code == 0, result
    rows = [row for row in findings_of(tmp_path / "kept", tmp_path / "kept.jsonl") if row["kind"] != "natural"]
    assert rows and all(row["robust"] == 1 for row in rows)


def test_it_may_be_left_out(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 5, "--robust", 0)
    assert result.code == 0 and "grey level leaves" not in result.out, result
    assert summary_of(tmp_path / "run")["robust"] is None
    assert all(row["robust"] is None for row in findings_of(tmp_path / "run", tmp_path / "f.jsonl"))


def test_a_run_of_an_earlier_version_has_none(run, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(run[0], old)
    with sqlite3.connect(old / "run.sqlite") as db:
        db.execute("DROP TABLE robust")
        settings = json.loads(db.execute("SELECT value FROM record WHERE key = 'settings'").fetchone()[0])
    assert settings["robust"] == 8
    assert all(row["robust"] is None for row in findings_of(old, tmp_path / "f.jsonl"))
    assert dflare("resume", old).code == 0
    assert len(findings_of(old, tmp_path / "f.jsonl")) == len(findings_of(run[0], tmp_path / "g.jsonl"))


@pytest.mark.parametrize("options, parts", [
    (["--robust", "-1"], ["--robust"]),
    (["--robust", "1001"], ["--robust", "1000"]),
    (["--min-robust", "1.5"], ["--min-robust", "from 0 to 1"]),
    (["--min-robust", "0.5", "--robust", "0"], ["--min-robust", "--robust N"]),
])
def test_shares_that_make_no_sense_are_refused(options, parts, tmp_path):
    result = digits_search(tmp_path / "run", *options)
    assert result.code == 2 and all(part in result.err for part in parts), result
    assert not (tmp_path / "run").exists()
