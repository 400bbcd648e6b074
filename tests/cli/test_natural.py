"""Natural changes, regressions as a goal, and the box as options say it."""
import json

import pytest
from conftest import dflare, digits_search, findings_of, summary_of

OPTIONS = ("--strategy", "natural", "--goal", "regression", "--refine", "climb", "--total-queries", 60, "--max-seeds", 12,
           "--quiet")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("natural") / "run"
    assert digits_search(run, *OPTIONS).code == 0
    return run


def test_all_findings_are_natural_regressions(run, tmp_path):
    summary = summary_of(run)
    assert set(summary["ways"]) == {"natural"} and summary["kinds"]["original_lost"] == 0, summary["kinds"]
    regressions = summary["regressions"]
    assert regressions["aimed"] and regressions["seeds"] == summary["found"] > 6, regressions
    rows = [row for row in findings_of(run, tmp_path / "rows.jsonl") if row["kind"] != "natural"]
    for row in rows:
        assert row["regression"] == pytest.approx(min(row["margin_original"], -row["margin_compressed"]))
        assert row["queries"] + row["refine_queries"] <= 60


def test_the_summary_tells_which_change_hurts_most(run):
    kinds = summary_of(run)["natural_kinds"]
    needed = [kind["needed"]["value"] for kind in kinds]
    assert len(kinds) > 2 and needed == sorted(needed, reverse=True), kinds
    assert {"kind", "needed", "strength", "amount", "owed"} == set(kinds[0])


def test_a_finding_is_told_in_words_and_rebuilt(run):
    first = next(path for path in sorted((run / "findings").glob("*.png")) if "natural" not in path.name)
    shown = dflare("show", run, first.name)
    assert shown.code == 0 and "bit for bit" in shown.out, shown
    told = shown.out.splitlines()[0].lower()
    assert any(word in told for word in ("turned", "shifted", "darker", "brighter", "contrast", "blurred")), shown


def test_a_box_from_a_file_is_recorded_by_what_it_said(tmp_path):
    box = tmp_path / "box.toml"
    box.write_text("rotate = 25\nlight = 60\nblur-pixels = 1.2\n")
    assert digits_search(tmp_path / "run", *OPTIONS, "--natural-box", box).code == 0
    assert summary_of(tmp_path / "run")["settings"]["natural-box"] == "rotate=25,light=60,blur-pixels=1.2"
    box.unlink()
    found = [path for path in (tmp_path / "run/findings").glob("*.png") if "natural" not in path.name]
    shown = dflare("show", tmp_path / "run", found[0].name)
    assert shown.code == 0 and "bit for bit" in shown.out, shown


@pytest.mark.parametrize("text, code, words", [
    ("mid", 2, "did you mean 'mild'"), ("rotate=x", 2, "expected a number"), ("turn=4", 2, "unknown limit 'turn'"),
    ("rotate=900", 2, "0 to 180"), ("zoom=1", 2, "lets nothing change"), ("none.toml", 2, "none.toml"),
])
def test_a_box_that_cannot_be_is_refused(tmp_path, text, code, words):
    result = digits_search(tmp_path / "run", *OPTIONS, "--natural-box", text, cwd=tmp_path)
    assert result.code == code and words in result.err, result


def test_a_box_without_natural_changes_is_refused(tmp_path):
    result = digits_search(tmp_path / "run", "--natural-box", "mild")
    assert result.code == 2 and "--strategy natural or --refine climb" in result.err, result


def test_what_corruptions_found_is_climbed_within_the_box(tmp_path):
    assert digits_search(tmp_path / "run", "--end-points", "corrupt", "--refine", "climb", "--refine-queries", 60,
                         "--max-seeds", 8, "--quiet").code == 0
    ways = [json.loads(row["how"]) if isinstance(row["how"], str) else row["how"]
            for row in findings_of(tmp_path / "run", tmp_path / "rows.jsonl") if row["kind"] != "natural"]
    assert {way["end_point"] for way in ways} <= {"natural", "corrupt"}
    assert any(way["end_point"] == "natural" for way in ways), ways
