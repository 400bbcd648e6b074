"""Every counter of summary.json and of the closing table follows from the stored events."""
import json
import re
import sqlite3

import numpy as np
import pytest

from conftest import LENET, MODELS, dflare, digits_search, small_images, summary_of

RUNS = {
    "plain": ["--max-seeds", 40],
    "refined": ["--max-seeds", 25, "--refine", "climb", "--refine-queries", 30],
    "several": ["--max-seeds", 20, "--findings-per-seed", 3, "--max-queries", 200],
    "hard": ["--max-seeds", 30, "--linf", 4, "--max-queries", 8],
    "nothing": ["--max-seeds", 20, "--min-severity", 30],
    "shard": ["--shard", "1/3", "--max-seeds", 60],
    "random": ["--max-seeds", 20, "--strategy", "random"],
}


@pytest.fixture(scope="module", params=RUNS)
def told(request, tmp_path_factory):
    """A run: its folder and what it printed."""
    run = tmp_path_factory.mktemp(request.param) / "run"
    result = digits_search(run, *RUNS[request.param])
    assert result.code == 0, result
    return run, result.out


def stored(run):
    """The events as rows by name, and the record."""
    base = sqlite3.connect(run / "run.sqlite")
    base.row_factory = sqlite3.Row
    record = {row["key"]: json.loads(row["value"]) for row in base.execute("SELECT key, value FROM record")
              if row["key"] in ("settings", "facts", "seeds")}
    rows = {name: [dict(r) for r in base.execute(f"SELECT * FROM {name} ORDER BY seed")] for name in ("findings", "done")}
    return record, rows["findings"], rows["done"]


def spread(values):
    return None if not values else {"mean": np.mean(values), "median": np.median(values), "p90": np.quantile(values, 0.9)}


def test_counters_follow_from_the_events(told):
    run, _ = told
    record, findings, done = stored(run)
    s = summary_of(run)
    confirmed = [f for f in findings if not f["flaky"]]
    natural = {f["seed"] for f in confirmed if f["kind"] == "natural"}
    made = [f for f in confirmed if f["kind"] != "natural"]
    searched = [d for d in done if d["seed"] not in natural]
    first = {}
    for f in sorted(made, key=lambda f: (f["seed"], f["ordinal"])):
        first.setdefault(f["seed"], f["queries"])
    with_one = [d for d in searched if d["seed"] in first]
    planned = sum(seed["planned"] for seed in record["seeds"])

    assert s["seeds"] == len(record["seeds"])
    assert s["natural"] == len(natural)
    assert s["searched"] == len(searched)
    assert s["remaining"] == planned - len(done) and s["complete"] == (s["remaining"] == 0)
    assert s["seeds"] == s["searched"] + s["natural"] + s["remaining"] + sum(s["skipped"].values())
    assert s["found"] == len(with_one)
    assert s["found_in_remaining"] == len(first) - len(with_one)
    assert sum(s["ends"].values()) == s["searched"]
    assert s["success_rate"] == pytest.approx(len(with_one) / len(searched))
    assert s["confirmed"] == len(confirmed) == sum(s["kinds"].values())
    assert sum(s["ways"].values()) == len(made)
    for counter in ("flaky", "confirmations"):
        assert s[counter] == sum(d[counter] for d in done)
    for counter in ("ties", "not_finite"):
        assert s[counter] == sum(d[counter] for d in searched)
    assert s["flaky"] == sum(bool(f["flaky"]) for f in findings)
    queries = s["queries"]
    assert queries["total"] == sum(d["queries"] for d in searched)
    assert queries["refining"] == sum(d["refine_queries"] for d in searched)
    assert queries["timed"] == queries["total"] + queries["refining"]
    assert {k: queries[k] for k in ("mean", "median", "p90")} == pytest.approx(
        spread([first.get(d["seed"], d["queries"]) for d in searched]))
    if with_one:
        assert queries["to_find"] == pytest.approx(spread([first[d["seed"]] for d in with_one]))
        assert queries["per_finding"] == pytest.approx(queries["total"] / len(made))
        assert s["severity"]["median"] == pytest.approx(np.median([f["severity"] for f in made]))
        assert s["distance"]["l2"] == pytest.approx(np.median([f["l2"] for f in made]))
    else:
        assert set(queries["to_find"].values()) == {None}
        assert queries["per_finding"] is None and s["severity"]["median"] is None


def test_the_export_holds_what_the_summary_counts(told, tmp_path):
    run, _ = told
    assert dflare("export", run, "--format", "jsonl", "-o", tmp_path / "f.jsonl").code == 0
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "f.jsonl").read_text().splitlines()]
    s = summary_of(run)
    assert len(kinds) == s["confirmed"]
    assert all(kinds.count(kind) == count for kind, count in s["kinds"].items())


def number(text):
    return int(text.replace(" ", ""))


def test_the_closing_table_tells_the_same_figures(told):
    run, out = told
    s = summary_of(run)
    words = " ".join(out.split())
    found, searched = re.search(r"found on ([\d ]+) of ([\d ]+) searched", words).groups()
    assert (number(found), number(searched)) == (s["found"], s["searched"])
    assert number(re.search(r"^ +(\d[\d ]*) in all", out, re.MULTILINE)[1]) == s["queries"]["total"] + s["queries"]["refining"]
    if s["queries"]["refining"]:
        assert number(re.search(r"([\d ]+) of them refining", words)[1]) == s["queries"]["refining"]
    figures = s["figures"]
    for counted in (rf"agreement on [\d.]+ %.{{0,30}} of {figures['asked']} inputs",
                    rf"right on [\d.]+ %.{{0,30}} of {figures['labelled']}"):
        assert re.search(counted, words), counted
    assert s["agreement"] == pytest.approx(figures["agree"] / figures["asked"])
    assert s["accuracy"]["original"] == pytest.approx(figures["right_original"] / figures["labelled"])
    assert s["accuracy"]["compressed"] == pytest.approx(figures["right_compressed"] / figures["labelled"])


def test_a_run_that_found_nothing_says_so_and_what_may_help(tmp_path):
    result = digits_search(tmp_path / "run", *RUNS["nothing"])
    assert result.code == 0
    words = " ".join((result.out + result.err).split())
    assert "nothing was found on 20 inputs" in words and "a lower --min-severity" in words
    assert "until a seed's first finding" not in words and "in vain" in words


def test_rates_of_a_refining_run_are_those_of_its_totals(tmp_path):
    result = digits_search(tmp_path / "run", *RUNS["refined"])
    s = summary_of(tmp_path / "run")
    rate = (s["queries"]["total"] + s["queries"]["refining"]) / s["seconds"]["wall"]
    assert s["queries_per_second"] == pytest.approx(rate, rel=0.02), result.out


def test_the_same_model_twice_is_told_first(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 20, compressed=LENET)
    assert "bit for bit" in result.out.strip().splitlines()[0], result.out


def test_a_compressed_model_that_answers_nan_is_told_without_a_word_on_preprocessing(tmp_path):
    seeds = small_images(tmp_path / "seeds", count=30)
    result = dflare("search", MODELS / "ok_float.onnx", MODELS / "nan_output.onnx", seeds, "-o", tmp_path / "run")
    assert result.code == 5, result
    assert "30 answered with NaN or infinity" in result.err and "the compression broke it" in result.err, result
    assert "--preprocess" not in result.err, result
