"""dflare rank: its table, its JSON, what it refuses, and that it can be stopped."""
import json
import os
import signal
import subprocess
import time

import numpy as np
import pytest

from conftest import DFLARE, DIGITS, LENET, LENET_INT8, LENET_PRUNED, MODELS, dflare

OK, COARSE = MODELS / "ok_float.onnx", MODELS / "ok_coarse.onnx"
QUICK = ["--preprocess", "unit", "--max-seeds", 12, "--search-seeds", 4, "--max-queries", 60, "--refine-queries", 10]
MEASURES = ["boundary_shift", "disagreement", "corrupted_disagreement", "severity", "regression", "queries_boundary", "queries_dflare",
            "accuracy"]


def rank(*arguments, **kwargs):
    return dflare("rank", *arguments, **kwargs)


def ranked(*arguments, **kwargs):
    result = rank(*arguments, "--json", **kwargs)
    assert result.code == 0, result
    return json.loads(result.out)


@pytest.fixture(scope="module")
def digits():
    return ranked(LENET, DIGITS, LENET_PRUNED, LENET_INT8, *QUICK)


def test_the_8_bit_variant_is_more_alike_than_the_pruned_one(digits):
    assert digits["original"] == str(LENET)
    assert digits["measure"] == "boundary_shift"
    assert digits["complete"] is True
    assert [v["model"] for v in digits["variants"]] == [str(LENET_INT8), str(LENET_PRUNED)]
    assert [v["rank"] for v in digits["variants"]] == [1, 2]


def test_every_measure_has_its_value_and_interval(digits):
    for variant in digits["variants"]:
        for measure in MEASURES:
            figure = variant[measure]
            assert figure["interval"][0] <= figure["value"] <= figure["interval"][1], (measure, figure)
            assert figure["of"] > 0
        assert variant["bytes"] == os.path.getsize(variant["model"])
        assert 0 <= variant["found_dflare"] <= 1
    assert digits["seeds"] == 12
    assert 100 < digits["boundary_inputs"] <= 300
    assert digits["searched"] == 4
    assert digits["accuracy_original"]["value"] == pytest.approx(0.97)


def test_accuracy_and_disagreement_are_those_of_all_inputs(digits):
    """As examples/README.md has them: measured one image at a time by another program."""
    pruned = digits["variants"][1]
    assert pruned["disagreement"]["value"] == pytest.approx(10 / 300)
    assert pruned["accuracy"]["value"] == pytest.approx(290 / 300, abs=1e-3)
    assert digits["inputs"] == 300


def without_seconds(ranking):
    return [{k: v for k, v in variant.items() if not k.startswith("seconds")} for variant in ranking["variants"]]


def test_workers_and_batch_do_not_matter(digits):
    other = ranked(LENET, DIGITS, LENET_PRUNED, LENET_INT8, *QUICK, "--workers", 1, "--batch", 5)
    assert without_seconds(other) == without_seconds(digits)


def test_equal_models_cannot_be_told_apart():
    ranking = ranked(LENET, DIGITS, LENET_INT8, LENET_INT8, *QUICK, "--search-seeds", 0)
    assert [v["rank"] for v in ranking["variants"]] == [1, 1]
    assert ranking["variants"][0]["severity"] is None
    table = rank(LENET, DIGITS, LENET_INT8, LENET_INT8, *QUICK, "--search-seeds", 0)
    assert "cannot be told apart" in table.out
    assert "1=" in table.out


def test_table_names_every_variant_and_the_measure():
    result = rank(LENET, DIGITS, LENET_PRUNED, LENET_INT8, *QUICK)
    assert result.code == 0, result
    assert result.out.index(LENET_INT8.name) < result.out.index(LENET_PRUNED.name)
    assert "boundary shift" in result.out
    assert "97.0" in result.out


def test_time_limit_gives_what_there_is():
    result = rank(LENET, DIGITS, LENET_PRUNED, LENET, "--preprocess", "unit", "--max-queries", 10**8, "--time-limit", 4, "--json")
    assert result.code == 0, result
    ranking = json.loads(result.out)
    assert ranking["complete"] is False
    assert ranking["searched"] < ranking["seeds"]
    assert "time limit" in result.err


def test_ctrl_c_gives_what_there_is():
    process = subprocess.Popen([str(a) for a in [DFLARE, "rank", LENET, DIGITS, LENET_PRUNED, LENET, "--preprocess", "unit",
                                                 "--max-queries", 10**8, "--time-limit", 0, "--json"]],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    ranking = json.loads(out)
    assert ranking["complete"] is False
    assert len(ranking["variants"]) == 2
    assert "interrupted" in err


def test_under_a_tight_limit_there_is_an_order_and_every_cheap_figure():
    ranking = ranked(LENET, DIGITS, LENET_PRUNED, LENET_INT8, "--preprocess", "unit", "--max-queries", 10**8,
                     "--corrupted", 500, "--time-limit", 3)
    assert ranking["complete"] is False and ranking["measure"]
    for variant in ranking["variants"]:
        assert variant["rank"] and variant["accuracy"] and variant["disagreement"] and variant["corrupted_disagreement"]


def test_quiet_leaves_the_table_and_nothing_else():
    result = rank(LENET, DIGITS, LENET_PRUNED, LENET_INT8, *QUICK, "-q", "--time-limit", 1)
    assert result.code == 0 and result.err == "", result
    assert LENET_INT8.name in result.out and "boundary" in result.out


def text_named(tmp, name):
    path = tmp / name
    path.write_text("no model")
    return path


# what is wrong | arguments | exit code | parts of the message
BAD = [
    ("no variant", lambda tmp: [LENET, DIGITS], 2, ["VARIANT", "missing"]),
    ("no inputs", lambda tmp: [LENET], 2, ["SEEDS", "missing"]),
    ("missing variant among good ones", lambda tmp: [LENET, DIGITS, LENET_INT8, tmp / "gone.onnx"], 2, ["gone.onnx"]),
    ("variant that is no model", lambda tmp: [LENET, DIGITS, LENET_INT8, text_named(tmp, "text.onnx")], 2, ["text.onnx"]),
    ("variant of another shape", lambda tmp: [LENET, DIGITS, LENET_INT8, OK], 2, ["ok_float.onnx", "28 x 28 x 1", "8 x 8 x 1"]),
    ("variant of other classes", lambda tmp: [OK, tmp, COARSE, MODELS / "classes7.onnx"], 2, ["classes7.onnx", "7", "10"]),
    ("inputs that are not there", lambda tmp: [LENET, tmp / "nowhere", LENET_INT8], 2, ["nowhere"]),
    ("inputs behind the variants", lambda tmp: [LENET, LENET_INT8, DIGITS], 2,
     ["a model: rank takes the inputs second", f"dflare rank {LENET} {DIGITS} {LENET_INT8}"]),
    ("inputs among the variants", lambda tmp: [LENET, DIGITS, LENET_INT8, DIGITS], 2, ["holds inputs", "SEEDS VARIANT"]),
    ("workers beyond 32 bits", lambda tmp: [LENET, DIGITS, LENET_INT8, "--workers", 4294967297], 2, ["--workers", "4294967297"]),
    ("corrupted beyond 32 bits", lambda tmp: [LENET, DIGITS, LENET_INT8, "--corrupted", 4294967297], 2, ["--corrupted"]),
    ("unknown option", lambda tmp: [LENET, DIGITS, LENET_INT8, "--max-seed", 5], 2, ["--max-seeds"]),
    ("an option of search", lambda tmp: [LENET, DIGITS, LENET_INT8, "--strategy", "dflare"], 2, ["--strategy"]),
    ("a number below its least", lambda tmp: [LENET, DIGITS, LENET_INT8, "--corrupted", 0], 2, ["--corrupted", ">= 1"]),
    ("a time limit below 0", lambda tmp: [LENET, DIGITS, LENET_INT8, "--time-limit", -1], 2, ["--time-limit"]),
]


@pytest.mark.parametrize("wrong, arguments, code, parts", BAD, ids=[row[0] for row in BAD])
def test_bad_input_is_refused_before_the_work(wrong, arguments, code, parts, tmp_path):
    result = rank(*arguments(tmp_path))
    assert result.code == code, result
    assert "error:" in result.err
    assert [part for part in parts if part not in result.err] == [], result
    assert result.out == ""


def test_a_variant_that_hangs_ends_it_while_notes_are_gathered(tmp_path):
    np.save(tmp_path / "images.npy", np.full((4, 8, 8, 1), 90, np.uint8))
    result = rank(OK, tmp_path / "images.npy", MODELS / "hang.onnx", "--query-timeout", 1, timeout=60)
    assert result.code == 3, result
    assert "has not answered for 1 seconds" in result.err


def test_no_usable_seed_is_never_a_pass(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((4, 28, 28), np.uint8))
    codes = set()
    for label in range(10):  # one image: at most one label is right
        np.save(tmp_path / "labels.npy", np.full(4, label))
        codes.add(rank(LENET, tmp_path / "images.npy", LENET_INT8, "--labels", tmp_path / "labels.npy", *QUICK,
                       "--search-seeds", 0).code)
    assert codes == {0, 5}
