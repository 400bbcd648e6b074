"""What models are fed: inspect tells it, the audit finds it, and no verb is silent about what looks wrong."""
import json

import numpy as np
import pytest
from conftest import DIGITS, LENET, LENET_INT8, MODELS, dflare, findings_of, search, small_images, summary_of
from PIL import Image

OK, INT8 = MODELS / "ok_float.onnx", MODELS / "dense_int8.tflite"


def inspected(*arguments):
    result = dflare("inspect", *arguments, "--json")
    assert result.code == 0, result
    return json.loads(result.out)


def test_inspect_shows_how_an_8_bit_input_is_stored():
    result = dflare("inspect", INT8)
    assert "scale 0.00392157, zero point -128: 0 to 1" in result.out, result
    assert "2 of 256 grey levels kept apart" in result.out, result
    assert "--preprocess bytes" in result.err, result
    kept = inspected(INT8, "--preprocess", "bytes")["models"][0]["input"]["levels"]
    assert kept == {"distinct": 256, "clipped": 0.0}


def test_search_and_rank_refuse_lost_grey_levels_that_nobody_declared(tmp_path, seeds):
    for result in (search(INT8, INT8, seeds, tmp_path / "run"), dflare("rank", INT8, seeds, INT8)):
        assert (result.code, "-preprocess bytes" in result.err, "2 apart" in result.err) == (2, True, True), result
    assert not (tmp_path / "run").exists()


def test_lost_grey_levels_that_were_declared_are_warned_of(tmp_path, seeds):
    result = search(INT8, INT8, seeds, tmp_path / "run", "--preprocess", "raw", "--max-queries", 5)
    assert result.code in (0, 5), result
    assert "preprocess bytes" in result.err or result.code == 5, result
    fine = search(INT8, INT8, seeds, tmp_path / "fine", "--preprocess", "bytes", "--max-queries", 5)
    assert (fine.code, "grey levels" in fine.err) == (0, False), fine
    same = search(INT8, INT8, seeds, tmp_path / "same", "--preprocess", "unit", "--max-queries", 5)
    assert same.code == 0 and findings_of(tmp_path / "same", tmp_path / "a") == findings_of(tmp_path / "fine", tmp_path / "b")


def test_a_float_model_that_nobody_declared_is_said_once(tmp_path, seeds):
    result = search(OK, MODELS / "ok_coarse.onnx", seeds, tmp_path / "run", "--max-queries", 5)
    assert result.code == 0 and result.err.count("--original-preprocess") == 1, result
    notes = summary_of(tmp_path / "run")["notes"]
    assert any("nothing says how" in note for note in notes), notes
    declared = search(OK, MODELS / "ok_coarse.onnx", seeds, tmp_path / "said", "--preprocess", "raw", "--max-queries", 5)
    assert "nothing says" not in declared.err, declared
    assert findings_of(tmp_path / "run", tmp_path / "a") == findings_of(tmp_path / "said", tmp_path / "b")


@pytest.mark.parametrize("model", ["dynamic_quantised", "dynamic_in_subgraph", "mixes_rows"])
def test_findings_of_models_that_mix_rows_do_not_depend_on_the_batch(model, tmp_path):
    seeds = small_images(tmp_path / "seeds", count=20)
    found = []
    for batch in (1, 16):
        run = tmp_path / f"run{batch}"
        result = search(OK, MODELS / f"{model}.onnx", seeds, run, "--preprocess", "unit", "--batch", batch,
                        "--max-queries", 60)
        assert result.code == 0, result
        assert result.err.count("one input at a time") == 1, result
        summary = summary_of(run)
        assert (summary["rows_exact"], summary["flaky"]) == (True, 0), summary
        assert summary["models"]["compressed"]["row_by_row"] and not summary["models"]["original"]["row_by_row"]
        found.append(findings_of(run, tmp_path / f"{batch}.jsonl"))
    assert found[0] == found[1] and found[0]


def test_inspect_of_other_class_counts_ends_as_search_does(tmp_path, seeds):
    result = dflare("inspect", OK, MODELS / "classes7.onnx", "--seeds", seeds, "--preprocess", "unit")
    assert result.code == 2, result
    assert "--compressed-label-offset 1" in result.err and "10" in result.err and "7" in result.err, result
    three_more = dflare("inspect", OK, MODELS / "classes7.onnx", "--seeds", seeds, "--preprocess", "unit",
                        "--original-label-offset", 3)
    assert three_more.code == 0 and "of 6 inputs" in three_more.out, three_more


def test_inspect_takes_the_options_of_either_model():
    report = inspected(OK, INT8, "--original-preprocess", "unit", "--compressed-preprocess", "bytes")
    assert report["notes"] == [] and report["models"][1]["input"]["levels"]["distinct"] == 256


def test_the_audit_names_what_fits_the_example_pair():
    audit = inspected(LENET, LENET_INT8, "--seeds", DIGITS, "--audit", "--quiet")["audit"]
    fitting = [row["preprocess"] for row in audit["rows"] if all(m["fits_best"] for m in row["models"])]
    assert "unit" in fitting and "tf" not in fitting, audit
    assert audit["use"] == "--preprocess 'unit'" and not audit["different"], audit
    text = dflare("inspect", LENET, LENET_INT8, "--seeds", DIGITS, "--audit")
    assert text.out.rstrip().splitlines()[-1] == f"use {audit['use']}", text


def test_the_audit_tells_labels_that_count_from_1(tmp_path):
    files = [file for file in sorted(DIGITS.glob("*/*.png")) if file.parent.name != "9"]  # 10 would be refused at once
    np.save(tmp_path / "images.npy", np.stack([np.asarray(Image.open(file)) for file in files]))
    np.save(tmp_path / "labels.npy", np.array([int(file.parent.name) + 1 for file in files]))
    audit = inspected(LENET, "--seeds", tmp_path / "images.npy", "--labels", tmp_path / "labels.npy", "--audit")["audit"]
    assert audit["label_shift"] == [-1] and "count from 1" in audit["use"], audit


def test_an_audit_without_labels_says_what_it_needs(tmp_path, seeds):
    assert "--seeds" in dflare("inspect", OK, "--audit").err
    result = dflare("inspect", OK, "--audit", "--seeds", seeds)
    assert (result.code, "--labels" in result.err) == (2, True), result


def test_every_input_tied_is_told_with_its_count(tmp_path, seeds):
    result = search(MODELS / "constant.onnx", MODELS / "constant.onnx", seeds, tmp_path / "run", "--preprocess", "unit")
    assert (result.code, "6 with a tied top value" in result.err) == (5, True), result


def test_an_embedding_is_doubted(tmp_path):
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper
    weights = np.random.default_rng(0).normal(size=(64, 128)).astype(np.float32)
    nodes = [helper.make_node("Flatten", ["x"], ["f"]), helper.make_node("MatMul", ["f", "w"], ["v"]),
             helper.make_node("LpNormalization", ["v"], ["y"], axis=1)]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 8, 8])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 128])],
                              [numpy_helper.from_array(weights, "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "e.onnx")
    seeds = small_images(tmp_path / "seeds", count=12)
    report = inspected(tmp_path / "e.onnx", "--seeds", seeds, "--preprocess", "unit")
    assert any("features (an embedding)" in note for note in report["notes"]), report
