"""bench/experiments end to end on the example pairs, and its parts. Needs no PyTorch."""
import csv
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "bench/experiments"
DFLARE = pathlib.Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare"))
sys.path.insert(0, str(HERE))

import experiment  # noqa: E402
import kinds  # noqa: E402
import measures  # noqa: E402
import page  # noqa: E402
import tables  # noqa: E402
from pair_list import read_pairs  # noqa: E402

RUN = [sys.executable, HERE / "run.py", "--profile", "quick", "--pairs", HERE / "examples.json", "--dflare", DFLARE]


def run(results, *words, code=0):
    done = subprocess.run([*map(str, RUN), "--results", str(results), *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def stored(results):
    return {f.name: json.loads(f.read_text()) for f in results.glob("*/*.json") if "." in f.name}


def searches(results):
    """Files of an experiment's own searches; what a killed run was writing is none."""
    return [f for f in results.glob("*/*.json") if not f.match("running-*/*") and not f.name.startswith("probe")]


def rows_of(file):
    return list(csv.DictReader(file.open()))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Results of a few experiments on the example pairs, on a page with prose of its own."""
    results = tmp_path_factory.mktemp("finished")
    run(results, "table5", "figure4", "table6", "section6-3", "table1")
    return results


def results_of(finished, pair, method, max_seeds):
    found = [r for r in stored(finished).values() if r["method"] == method and r["spec"]["pair"] == pair
             and r["spec"]["max_seeds"] == max_seeds]
    assert len(found) == 1
    return found[0]


def test_figures_of_a_table_are_those_of_the_searches(finished):
    rows = rows_of(finished / "results/table5.csv")
    assert [r["pair"] for r in rows] == ["digits-lenet5-int8", "digits-lenet5-prune80", "patches-cnn-int8",
                                         "mean of 3 pairs"]
    for row in rows[:-1]:
        for method in ("dflare", "boundary"):
            result = results_of(finished, row["pair"], method, 20)
            ends = result["ends"]
            assert int(row["searches"]) == len(ends) == result["summary"]["searched"]
            assert float(row[f"{method}: found"]) == result["summary"]["success_rate"]
            assert float(row[f"{method}: queries"]) == pytest.approx(result["summary"]["queries"]["mean"] - 1)
            assert float(row[f"{method}: s"]) == pytest.approx(result["summary"]["seconds"]["mean_per_seed"])
    assert float(rows[-1]["boundary: queries"]) == pytest.approx(
        statistics.mean(float(r["boundary: queries"]) for r in rows[:-1]))


def test_a_stored_search_is_what_the_command_says(finished, tmp_path):
    result = results_of(finished, "digits-lenet5-prune80", "dflare", 20)
    examples = ROOT / "examples"
    done = subprocess.run(
        [DFLARE, "search", examples / "models/digits-lenet5.onnx", examples / "models/digits-lenet5-prune80.onnx",
         examples / "seeds/digits", "--preprocess", "unit", "--output", "logits", "--max-seeds", "20", "--max-queries",
         str(result["spec"]["max_queries"]), *result["spec"]["options"], "-o", tmp_path / "run", "--json", "--quiet"],
        capture_output=True, text=True, check=True)
    summary = json.loads(done.stdout)
    for key in ("searched", "found", "queries", "agreement", "kinds", "natural"):
        assert summary[key] == result["summary"][key], key
    assert [e[2] for e in result["ends"] if e[1] == "found"] == [f["queries"] for f in sorted(
        result["findings"], key=lambda f: f["seed"]) if f["kind"] != "natural"]


def test_natural_findings_are_no_searches(finished):
    result = next(r for r in stored(finished).values() if r["method"] == "as they are"
                  and r["spec"]["pair"] == "digits-lenet5-prune80")
    summary = result["summary"]
    assert summary["natural"] == 10
    assert len(result["ends"]) == summary["searched"]
    assert sum(end[1] == "found" for end in result["ends"]) == summary["found"]


def test_markdown_shows_what_the_csv_holds(finished):
    text = (finished / "results.md").read_text()
    table = text.split("<!-- begin table5 -->")[1].split("<!-- end table5 -->")[0]
    shown = [re.split(r" *\| *", line.strip("| \n")) for line in table.splitlines() if line.startswith("| digits")]
    rows = rows_of(finished / "results/table5.csv")
    assert len(shown) == 2
    for cells, row in zip(shown, rows):
        bound = "≥ " if row["dflare: queries: bound"] == "1" else ""
        assert cells[0] == row["pair"]
        assert cells[2] == f"{100 * float(row['dflare: found']):.1f} %"
        assert cells[4] == f"{bound}{float(row['dflare: queries']):.1f}"
        assert cells[7] == f"{float(row['boundary: queries']):.1f}"


def test_ablation_tells_ratios_and_tests(finished):
    row = next(r for r in rows_of(finished / "results/table6-4.csv") if r["pair"] == "digits-lenet5-prune80")
    base, none = (measures.Measured([results_of(finished, row["pair"], m, 8)]) for m in ("dflare", "no-state-reference"))
    expected = statistics.mean(none.queries) / statistics.mean(base.queries)
    assert float(row["no-state-reference / dflare: queries"]) == pytest.approx(expected)
    assert float(row["no-state-reference: p"]) == pytest.approx(measures.wilcoxon(none, base))


def test_other_experiments_show_what_they_should(finished):
    spread = {(r["pair"], r["method"]): r for r in rows_of(finished / "results/figure4.csv")}
    queries = measures.Measured([results_of(finished, "digits-lenet5-int8", "boundary", 8)]).queries
    assert float(spread["digits-lenet5-int8", "boundary"]["median"]) == statistics.median(queries)
    assert (finished / "results/figure4-dflare.svg").read_text().lstrip().startswith("<?xml")
    natural = next(r for r in rows_of(finished / "results/table1.csv") if r["pair"] == "digits-lenet5-prune80")
    assert [natural[k] for k in ("images", "differ", "whole test set", "differ there")] == ["300", "10", "1000", "27"]
    unique = rows_of(finished / "results/section6-3.csv")
    assert len(unique) == 3 and all(0 < float(r["boundary: unique"]) <= 1 for r in unique)


def test_nothing_is_searched_twice(finished):
    before = {f: f.stat().st_mtime_ns for f in finished.glob("*/*.json")}
    done = run(finished, "table5", "table6", "figure4")
    assert "to do" not in done.stdout
    assert before == {f: f.stat().st_mtime_ns for f in finished.glob("*/*.json")}


def test_prose_of_the_page_stays(finished):
    target = finished / "results.md"
    target.write_text(target.read_text().replace("<!-- end table5 -->\n", "<!-- end table5 -->\n\nA remark by hand.\n"))
    run(finished, "table5", "--only-show")
    text = target.read_text()
    assert text.count("A remark by hand.") == 1
    assert text.count("<!-- begin table5 -->") == 1
    assert text.index("begin table4") < text.index("begin table5") < text.index("begin table6")


def without_time(file):
    return [{k: v for k, v in row.items() if not re.search(r": s$|time|: s: ", k)} for row in rows_of(file)]


def test_a_killed_run_goes_on(finished, tmp_path):
    process = subprocess.Popen([*map(str, RUN), "--results", str(tmp_path), "table5"], stdout=subprocess.DEVNULL,
                               start_new_session=True)
    deadline = time.monotonic() + 60
    while len(searches(tmp_path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = {f: (f.stat().st_mtime_ns, json.loads(f.read_text())["spec"]) for f in searches(tmp_path)}
    assert 2 <= len(kept) < 6
    done = run(tmp_path, "table5")
    assert f"6 searches, {len(kept)} of them stored" in done.stdout
    assert all(f.stat().st_mtime_ns == mtime for f, (mtime, _) in kept.items())
    assert not list(tmp_path.glob("running-*"))
    assert without_time(tmp_path / "results/table5.csv") == without_time(finished / "results/table5.csv")


def test_a_search_that_fails_is_told_and_not_stored(tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'error: out of order' >&2\nexit 3\n")
    broken.chmod(0o755)
    done = run(tmp_path / "r", "table5", "--only", "digits-*", "--dflare", str(broken), code=1)
    assert "exit 3: error: out of order" in done.stderr
    assert "4 results are missing" in done.stdout
    assert not list((tmp_path / "r").glob("*/*.json"))


def test_attacks_without_pytorch_say_what_is_missing(tmp_path):
    done = run(tmp_path, "section2-6", "--only", "digits-lenet5-int8", code=1)
    assert "--torch-python" in done.stderr


@pytest.mark.parametrize("words, hint", [(["table99"], "known: table1"), (["--profile", "none"], "none"),
                                         (["--dflare", "/nowhere"], "./dev build"), (["--pairs", "/nowhere"], "/nowhere")])
def test_bad_usage_is_refused(tmp_path, words, hint):
    assert hint in run(tmp_path, *words, code=2).stderr


def test_work_is_told_before_it_starts(tmp_path):
    done = run(tmp_path, "table5", "--estimate")
    assert "6 searches, 0 of them stored" in done.stdout
    assert f"at most {6 * 20 * 60:,} queries" in done.stdout
    assert {r["method"] for r in stored(tmp_path).values()} == {"probe"}, "only how fast the pairs are"


def test_repair_follows_its_search_and_the_repaired_pair_is_searched_again(tmp_path):
    run(tmp_path, "table7", "--only", "digits-lenet5-prune80")
    results = {r["method"]: r for r in stored(tmp_path).values() if "repair" in r}
    assert len(results) == 3
    for file in "table7.csv", "table7-2.csv", "table7-3.csv":
        result = results[next(m for m in results if m in table_title(tmp_path, file))]
        report, (row,) = result["repair"]["paper"], rows_of(tmp_path / "results" / file)
        assert float(row["repaired"]) == report["mean"]["repair_ratio"]
        assert int(row["deviations"]) == report["repeats"][0]["deviations"] > 0
    again, = rows_of(tmp_path / "results/table7-4.csv")
    ends = results["drepair, 16 findings a seed"]["again"]["ends"]
    assert float(again["drepair, 16 findings a seed: found"]) == sum(e[1] == "found" for e in ends) / len(ends)


def table_title(tmp_path, file):
    """The title of the table on the page that links to that file."""
    return next(line for line in (tmp_path / "results.md").read_text().splitlines() if f"/{file})" in line)


# Parts


def test_every_experiment_can_be_loaded():
    files = {f.stem for f in (HERE / "experiments").glob("*.toml")}
    assert set(experiment.names()) == files
    pairs, families = read_pairs(HERE / "examples.json")
    for name in files:
        for profile in ("full", "quick"):
            loaded = experiment.load(name, profile, pairs, families)
            assert loaded.settings["kind"] in kinds.KINDS
            assert loaded.methods


def test_own_options_win_over_those_extended():
    known = {"a": {"options": {"fitness": "paper", "ties": "count"}}, "b": {"extends": "a", "options": {"fitness": "none"}}}
    assert experiment.words(experiment.options_of("b", known)) == ("--fitness", "none", "--ties", "count")


def test_the_last_cap_that_names_pair_and_method_wins():
    pair = read_pairs(HERE / "examples.json")[0][0]
    profile = {"max_seeds": 100, "max_queries": 1000,
               "caps": [{"pairs": ["digits-*"], "max_queries": 500}, {"methods": ["slow"], "max_seeds": 5},
                        {"pairs": ["other"], "max_queries": 1}]}
    assert experiment.limits_of(profile, pair, "fast") == experiment.Limits(100, 500)
    assert experiment.limits_of(profile, pair, "slow") == experiment.Limits(5, 500)


def measured(queries, ends=None):
    ends = ends or ["found"] * len(queries)
    return measures.Measured([{"ends": [[i, e, q + 1, 0.001 * q] for i, (q, e) in enumerate(zip(queries, ends))]}])


def test_a_mean_with_failures_is_a_lower_bound():
    assert measured([10, 20]).mean_queries == 15
    assert measured([10, 20], ["found", "queries_spent"]).mean_queries == tables.Bound(15)
    assert measured([10, 20], ["found", "gave_up"]).success == 0.5


def test_ratios_say_what_they_know():
    assert measures.ratio(30.0, 10.0) == 3
    assert measures.ratio(tables.Bound(30.0), 10.0) == tables.Bound(3)
    assert measures.ratio(30.0, tables.Bound(10.0)) == tables.Capped(3)
    assert measures.ratio(30.0, 0.0) is None


def test_wilcoxon_pairs_seeds_by_number():
    from scipy import stats

    a, b = measured([5, 9, 7, 30, 12, 40, 8]), measured([6, 12, 8, 50, 11, 90, 30])
    expected = stats.wilcoxon([5, 9, 7, 30, 12, 40, 8], [6, 12, 8, 50, 11, 90, 30]).pvalue
    assert measures.wilcoxon(a, b) == pytest.approx(expected)
    assert measures.wilcoxon(a, a) is None
    assert measures.wilcoxon(measured([1, 2]), measured([2, 3])) is None


def test_a_mean_is_as_uncertain_as_its_parts():
    assert measures.weakest(2.0, [1.0, 3.0]) == 2
    assert measures.weakest(2.0, [1.0, tables.Bound(3.0)]) == tables.Bound(2)
    assert measures.weakest(2.0, [tables.Capped(1.0), tables.Bound(3.0)]) == tables.Capped(2)


def test_ratios_are_of_the_seeds_that_both_searched():
    few, many = measured([8, 12]), measured([4, 6, 1000])
    a, b = measures.on_shared_seeds(few, many)
    assert measures.ratio(a.mean_queries, b.mean_queries) == 2


def test_cells_show_bounds_and_unknowns():
    table = tables.Table("", {"pair": "", "queries": ".1f", "found": "%"})
    table.add("a", tables.Bound(12.345), 0.5)
    table.add("b", None, tables.Capped(1.0))
    assert table.markdown().splitlines()[2:] == ["| a | ≥ 12.3 | 50.0 % |", "| b | – | (100.0 %) |"]
    assert table.csv().splitlines() == ["pair,queries,found,queries: bound,found: bound", "a,12.345,0.5,1,0", "b,,1.0,0,2"]


def test_a_section_is_replaced_in_its_place():
    text = page.replace("top\n", "one", "1")
    text = page.replace(text, "two", "2")
    text = page.replace(text, "one", r"new \1")
    assert text == ("top\n\n<!-- begin one -->\nnew \\1\n<!-- end one -->\n\n<!-- begin two -->\n2\n<!-- end two -->\n")
