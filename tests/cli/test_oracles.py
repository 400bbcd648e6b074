"""Models that are no classifiers: what two answers are compared by."""
import csv
import json

import numpy as np
import pytest

from conftest import DIGITS, LENET, LENET_PRUNED, MODELS, dflare, findings_of, search, small_images, summary_of

# The scores of the example pair, taken for a vector or for ten numbers.
COSINE, VALUE = "cosine:0.9", "value:6"


def oracle_search(run, oracle, *options):
    return search(LENET, LENET_PRUNED, DIGITS, run, "--preprocess", "unit", "--max-seeds", 12, "--max-queries", 150,
                  "--oracle", oracle, "--quiet", *options)


@pytest.fixture(scope="module", params=[COSINE, VALUE])
def run(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oracle") / "run"
    result = oracle_search(folder, request.param)
    assert result.code == 0, result
    return folder


def test_findings_tell_what_was_measured(run, tmp_path):
    rows = findings_of(run, tmp_path / "rows.jsonl")
    assert len(rows) >= 10
    oracle = summary_of(run)["settings"]["oracle"]
    for row in rows:
        if oracle == COSINE:
            beyond = (0.9 - row["measured"]["cosine"]) / 0.1
        else:
            beyond = row["measured"]["difference"] / 6 - 1
        assert beyond > 0 and row["severity"] == pytest.approx(beyond, rel=1e-4, abs=1e-5), row


def test_a_table_has_a_column_for_it(run, tmp_path):
    assert dflare("export", run, "--format", "csv", "-o", tmp_path / "rows.csv").code == 0
    rows = list(csv.DictReader((tmp_path / "rows.csv").open()))
    assert rows and all(json.loads(row["measured"]) for row in rows)


def test_a_finding_comes_again_and_is_told(run, tmp_path):
    first = next(row for row in findings_of(run, tmp_path / "rows.jsonl") if row["kind"] != "natural")
    result = dflare("show", run, first["seed"])
    assert result.code == 0, result
    assert "strays" in result.out and "measured" in result.out and "times as far apart as tolerated" in result.out, result
    assert "bit for bit" in result.out + result.err, result


def test_same_findings_at_any_batch(run, tmp_path):
    oracle = summary_of(run)["settings"]["oracle"]
    assert oracle_search(tmp_path / "again", oracle, "--batch", 1, "--workers", 1).code == 0
    assert findings_of(tmp_path / "again", tmp_path / "a.jsonl") == findings_of(run, tmp_path / "b.jsonl")


def test_an_interrupted_run_ends_as_an_undisturbed_one(run, tmp_path):
    oracle = summary_of(run)["settings"]["oracle"]
    assert oracle_search(tmp_path / "cut", oracle, "--time-limit", 0.7).code in (0, 2)
    if not (tmp_path / "cut").exists():
        pytest.skip("the time was over before the search began")
    assert dflare("resume", tmp_path / "cut", "--quiet").code == 0
    assert findings_of(tmp_path / "cut", tmp_path / "a.jsonl") == findings_of(run, tmp_path / "b.jsonl")


def test_climbing_drives_them_further_apart(run, tmp_path):
    oracle = summary_of(run)["settings"]["oracle"]
    assert oracle_search(tmp_path / "climbed", oracle, "--refine", "climb").code == 0
    assert summary_of(tmp_path / "climbed")["severity"]["median"] > 1.2 * summary_of(run)["severity"]["median"]


def test_one_score_is_a_yes_or_a_no(tmp_path):
    seeds = small_images(tmp_path / "seeds", 8)
    result = search(MODELS / "sigmoid.onnx", MODELS / "sigmoid.onnx", seeds, tmp_path / "run", "--preprocess", "unit",
                    "--oracle", "binary", "--max-queries", 20, "--quiet")
    assert result.code == 0, result
    assert summary_of(tmp_path / "run")["agreement"] == 1
    refused = search(MODELS / "sigmoid.onnx", MODELS / "sigmoid.onnx", seeds, tmp_path / "none", "--preprocess", "unit")
    assert refused.code == 2 and "--oracle binary" in refused.err and "--oracle value" in refused.err, refused


def test_what_needs_labels_says_so(run):
    for verb in ("guard", "repair"):
        result = dflare(verb, run)
        assert result.code == 2 and "--oracle" in result.err and "classes" in result.err, result


def test_sets_of_labels_differ_and_are_told(tmp_path):
    assert oracle_search(tmp_path / "run", "topk:3").code == 0
    rows = findings_of(tmp_path / "run", tmp_path / "rows.jsonl")
    assert len(rows) >= 10
    for row in rows:
        original, compressed = row["measured"]["original"], row["measured"]["compressed"]
        assert len(original) == len(compressed) == 3 and original != compressed, row
    assert len({row["kind"] for row in rows}) > 1, "either model leaves the seed's set"
    shown = dflare("show", tmp_path / "run", next(row for row in rows if row["kind"] != "natural")["seed"])
    assert shown.code == 0 and "different labels" in shown.out and "tolerated" not in shown.out, shown
    assert "bit for bit" in shown.out + shown.err, shown


def test_rank_and_inspect_go_by_an_oracle():
    ranked = dflare("rank", LENET, DIGITS, LENET_PRUNED, LENET, "--preprocess", "unit", "--oracle", "topk:3", "--json",
                    "--max-seeds", 10, "--search-seeds", 0)
    assert ranked.code == 0, ranked
    ranking = json.loads(ranked.out)
    assert ranking["oracle"] == "topk:3" and ranking["measure"] == "corrupted_disagreement", ranked
    assert ranking["variants"][0]["model"] == str(LENET) and ranking["variants"][1]["disagreement"]["value"] > 0, ranked
    pair = dflare("inspect", LENET, LENET_PRUNED, "--seeds", DIGITS, "--preprocess", "unit", "--oracle", "topk:3")
    assert pair.code == 0 and "by --oracle topk:3" in pair.out, pair
    audit = dflare("inspect", LENET, "--seeds", DIGITS, "--audit", "--oracle", "topk:3")
    assert audit.code == 2 and "--audit" in audit.err, audit


@pytest.mark.parametrize("oracle,words", [
    ("topk", ["topk:5"]), ("topk:10", ["smaller K"]), ("topk:3:sorted", ["order"]), ("multilabel:2", ["below 1"]),
    ("value", ["number"]), ("value:-1", ["above 0"]), ("cosine:2", ["below 1"]), ("mask:x", ["number"]),
    ("cosin:0.5", ["cosine"]), ("binary", ["10 values", "--oracle"]), ("top1:3", ["no argument"])])
def test_an_oracle_that_does_not_fit_is_refused(tmp_path, oracle, words):
    result = oracle_search(tmp_path / "run", oracle)
    assert result.code == 2 and all(word in result.err for word in words), result
    assert not (tmp_path / "run").exists()


def test_offsets_of_labels_are_refused(tmp_path):
    result = oracle_search(tmp_path / "run", COSINE, "--label-offset", 1)
    assert result.code == 2 and "--label-offset" in result.err, result


def test_inspect_shows_values_and_no_classes():
    result = dflare("inspect", LENET, "--oracle", COSINE)
    assert result.code == 0 and "10 values" in result.out and "classes" not in result.out, result


def test_models_that_give_different_numbers_of_values_are_told(tmp_path):
    seeds = small_images(tmp_path / "seeds")
    result = search(MODELS / "ok_float.onnx", MODELS / "classes7.onnx", seeds, tmp_path / "run", "--preprocess", "unit",
                    "--oracle", "cosine:0.9")
    assert result.code == 2 and "10" in result.err and "7" in result.err and "--compressed-output-name" in result.err
    assert "classes" not in result.err.replace("classes7", ""), result
