"""dflare.tune: variants by settings or by anything else, ranked; what is worth having; stopped and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

import numpy as np
import pytest
from conftest import COMPRESSED, DIGITS, MODELS, ORIGINAL, ROOT

import dflare
from dflare import front

onnx = pytest.importorskip("onnx")
pytest.importorskip("sympy")

FEW = [dflare.Setting(), dflare.Setting(per_channel=False), dflare.Setting(activations=16, images="corrupted")]
ASKED = {"preprocess": "unit", "corrupted": 2, "max_seeds": 20, "progress": False}
MEASURES = ("boundary_shift", "corrupted_disagreement", "disagreement", "accuracy")


@pytest.fixture(scope="session")
def parts(digits):
    """Calibration, and inputs with labels to rank by."""
    images, labels = digits
    return images[::3], images[1::3], labels[1::3]


@pytest.fixture(scope="session")
def tuned(parts, tmp_path_factory):
    out = tmp_path_factory.mktemp("tune") / "few"
    return dflare.tune(ORIGINAL, *parts, settings=FEW, baseline=[("given", COMPRESSED)], out=out, **ASKED)


def measures(tuning):
    return {v["name"]: {name: v[name] for name in MEASURES} for v in tuning["variants"]}


def test_variants_come_most_like_the_original_first_with_their_files_and_sizes(tuned):
    shifts = [v["boundary_shift"]["value"] for v in tuned["variants"]]
    assert shifts == sorted(shifts) and len(shifts) == 4 and tuned["complete"]
    assert tuned["variants"][0]["name"] == "static-channel-minmax-corrupted-a16"
    for variant in tuned["variants"]:
        assert os.path.getsize(variant["file"]) == variant["bytes"]
        assert 0 < variant["milliseconds"] < 1000
        low, high = variant["boundary_shift"]["interval"]
        assert low <= variant["boundary_shift"]["value"] <= high
    assert [v["name"] for v in tuned["variants"] if v["baseline"]] == ["given"]


def test_measures_are_those_of_rank(tuned, parts):
    files = [variant["file"] for variant in tuned["variants"]]
    ranked = dflare.rank(ORIGINAL, parts[1], files, parts[2], search_seeds=0, **ASKED)
    assert [v["model"] for v in ranked["variants"]] == files
    for variant, alone in zip(tuned["variants"], ranked["variants"], strict=True):
        assert {name: variant[name] for name in MEASURES} == {name: alone[name] for name in MEASURES}


def test_the_front_holds_what_no_other_beats_and_is_drawn(tuned):
    names = [variant["name"] for variant in tuned.front]
    assert names[0] == tuned["variants"][0]["name"] and tuned.best() is tuned["variants"][0]
    smallest = min(variant["bytes"] for variant in tuned["variants"])
    assert tuned.best(max_bytes=smallest)["bytes"] == smallest
    with pytest.raises(dflare.BadArgument, match="within these limits"):
        tuned.best(max_bytes=1000)
    picture = xml.fromstring((tuned.folder / "front.svg").read_text())
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}circle")) == 4
    assert set(names) <= {text.text for text in picture.findall(f"{space}text")}
    assert tuned.plot == (tuned.folder / "front.svg").read_text() and tuned.plot in tuned._repr_html_()
    assert json.loads((tuned.folder / "tune.json").read_text()) == dict(tuned)
    assert f"*  {names[0]}" in str(tuned)


def test_a_variant_is_off_the_front_only_where_another_is_no_worse_in_anything():
    def row(shift, size, took):
        return {"boundary_shift": {"value": shift}, "bytes": size, "milliseconds": took}

    rows = [row(0.1, 200, 1.0), row(0.2, 100, 1.0), row(0.3, 100.5, 1.02), row(0.3, 100, 0.5), row(0.1, 201, 1.2)]
    assert front.on_front(rows, "boundary_shift") == [True, True, False, True, False]
    assert front.on_front([{**rows[0], "boundary_shift": None}], "boundary_shift") == [False]


def test_calibration_sees_what_the_model_is_fed(tuned):
    """Pixels over 255, as `preprocess` says: the input's scale is a 255th of the largest, 1."""
    file = next(v["file"] for v in tuned["variants"] if v["name"] == "static-channel-minmax-plain")
    graph = onnx.load(file).graph
    first = next(node for node in graph.node if node.op_type == "QuantizeLinear" and node.input[0] == graph.input[0].name)
    scale = next(onnx.numpy_helper.to_array(t) for t in graph.initializer if t.name == first.input[1])
    assert scale == pytest.approx(1 / 255, rel=1e-5)


def test_settings_that_it_chooses_go_on_from_what_did_best(parts, tmp_path):
    tuning = dflare.tune(ORIGINAL, *parts, out=tmp_path / "tune", held_out=parts[0], **ASKED)
    tried = {v["name"]: v["setting"] for v in tuning["variants"]}
    named = {*tried, *(each["name"] for each in tuning["same"])}
    assert {"static-channel-entropy-plain", "static-channel-minmax-findings", "dynamic-tensor"} <= named
    assert len(dflare.load(tmp_path / "tune/search")) > 0
    left = [setting["in_float"] for setting in tried.values() if setting["in_float"]]
    costs = {layer["name"]: layer["noise"] / layer["bytes_saved"] for layer in tuning["sensitivity"]}
    assert len(costs) == 5 and left
    for layers in left:  # those that cost most for what they save
        assert min(costs[name] for name in layers) >= max(cost for name, cost in costs.items() if name not in layers)
    assert all((v["held_out"] is not None) == v["front"] for v in tuning["variants"])
    assert not (tmp_path / "tune/scratch").exists()


def test_a_layer_that_is_left_in_float_keeps_its_weights(parts, tuned, tmp_path):
    layer = "/linear/Gemm"
    with pytest.raises(dflare.BadArgument, match="its layers are") as told:
        dflare.tune(ORIGINAL, *parts, settings=[dflare.Setting(in_float=("no such",))], **ASKED)
    layer = told.value.hint.removeprefix("its layers are ").split(", ")[0]
    made = dflare.tune(
        ORIGINAL, *parts, settings=[dflare.Setting(in_float=(layer,))], out=tmp_path / "one", **ASKED
    )
    graph = onnx.load(made["variants"][0]["file"]).graph
    node = next(node for node in graph.node if node.name == layer)
    assert node.input[1] in {tensor.name for tensor in graph.initializer if tensor.data_type == 1}
    assert made["variants"][0]["name"] == "static-channel-minmax-plain-float1"


def test_what_something_else_makes_is_ranked_and_what_is_no_model_is_told(parts, tmp_path):
    def variants(folder):
        for bits in (3, 6):
            model = onnx.load(ORIGINAL)
            for tensor in model.graph.initializer:
                values = onnx.numpy_helper.to_array(tensor)
                step = np.abs(values).max() / 2 ** (bits - 1)
                if values.ndim > 1:
                    rounded = (np.round(values / step) * step).astype(values.dtype)
                    tensor.CopyFrom(onnx.numpy_helper.from_array(rounded, tensor.name))
            onnx.save(model, folder / f"bits{bits}.onnx")
            yield folder / f"bits{bits}.onnx"
        (folder / "broken.onnx").write_bytes(b"no model")
        yield "broken", folder / "broken.onnx"
        yield "other shape", MODELS / "patches-cnn.onnx"
        yield "again", folder / "bits3.onnx"

    tuning = dflare.tune(ORIGINAL, None, *parts[1:], variants=variants, out=tmp_path / "tune", **ASKED)
    assert [v["name"] for v in tuning["variants"]] == ["bits6", "bits3"]
    assert [each["name"] for each in tuning["failed"]] == ["broken", "other shape"]
    assert tuning["same"] == [{"name": "again", "as": "bits3"}]
    assert "broken could not be made or asked: BadInput" in str(tuning) and "again is bits3" in str(tuning)
    assert all(v["setting"] is None for v in tuning["variants"])


def test_without_a_folder_its_files_go_with_it(parts):
    tuning = dflare.tune(ORIGINAL, *parts, settings=FEW[:1], **ASKED)
    folder = tuning.folder
    assert (folder / "front.svg").exists()
    del tuning
    assert not folder.exists()


def test_a_killed_call_goes_on_and_ends_as_if_nothing_had_been(parts, tuned, tmp_path):
    out = tmp_path / "tune"
    np.savez(tmp_path / "parts.npz", *parts)
    script = f"""
import sys, numpy as np
sys.path.insert(0, {str(ROOT / "tests/python")!r})
from conftest import COMPRESSED, ORIGINAL
from test_tune import ASKED, FEW
import dflare
parts = np.load({str(tmp_path / "parts.npz")!r})
dflare.tune(ORIGINAL, *parts.values(), settings=FEW, baseline=[("given", COMPRESSED)], out={str(out)!r}, **ASKED)
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    until = time.monotonic() + 60
    while not (out / "variants/static-channel-minmax-plain.json").exists():
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    made = (out / "variants/static-channel-minmax-plain.onnx").stat().st_mtime_ns
    again = dflare.tune(ORIGINAL, *parts, settings=FEW, baseline=[("given", COMPRESSED)], out=out, **ASKED)
    assert (out / "variants/static-channel-minmax-plain.onnx").stat().st_mtime_ns == made
    assert measures(again) == measures(tuned)


def test_the_same_call_measures_nothing_again(parts, tuned, monkeypatch):
    def never(*_, **__):
        raise AssertionError("ranked again")

    monkeypatch.setattr("dflare.tuner.rank", never)
    again = dflare.tune(ORIGINAL, *parts, settings=FEW, baseline=[("given", COMPRESSED)], out=tuned.folder, **ASKED)
    assert measures(again) == measures(tuned)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"rng_seed": 1}, "its options"), ({"seeds": 1}, "its seeds"), ({"calibration": 1}, "its calibration")],
    ids=["options", "seeds", "calibration"],
)
def test_a_folder_of_another_call_is_refused(parts, tuned, change, words):
    calibration, seeds, labels = parts
    if change.pop("calibration", None):
        calibration = calibration[:10]
    if change.pop("seeds", None):
        seeds, labels = seeds[:10], labels[:10]
    with pytest.raises(dflare.BadInput, match=words):
        dflare.tune(ORIGINAL, calibration, seeds, labels, settings=FEW, out=tuned.folder, **{**ASKED, **change})


def test_a_folder_of_something_else_is_refused(parts, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(dflare.BadInput, match="holds something else"):
        dflare.tune(ORIGINAL, *parts, settings=FEW, out=tmp_path, **ASKED)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine.txt"]


def test_time_that_is_up_leaves_what_was_made(parts, tmp_path):
    def slow(folder):
        yield COMPRESSED
        time.sleep(1)
        yield MODELS / "digits-lenet5-prune80.onnx"
        raise AssertionError("asked for more")

    tuning = dflare.tune(ORIGINAL, None, *parts[1:], variants=slow, time_limit=1.5, **ASKED)
    assert len(tuning["variants"]) == 2 and not tuning["complete"]
    assert "Left out for want of time" in str(tuning)
    with pytest.raises(dflare.BadInput, match="no variant came out.*\n.*time_limit=0"):
        dflare.tune(ORIGINAL, *parts, settings=FEW, time_limit=1e-6, **ASKED)


def test_ctrl_c_keeps_what_was_made_and_measured(parts, tmp_path):
    def at(step):
        def stop(progress):
            if progress.step.startswith(step):
                os.kill(os.getpid(), signal.SIGINT)

        return stop

    asked = {**ASKED, "out": tmp_path / "tune", "settings": FEW}
    with pytest.raises(dflare.Interrupted, match="goes on") as early:
        dflare.tune(ORIGINAL, *parts, **{**asked, "progress": at("quantise")})
    assert early.value.report is None
    seen = []
    with pytest.raises(dflare.Interrupted) as late:
        dflare.tune(ORIGINAL, *parts, **{**asked, "progress": lambda p: (seen.append(p.step), at("boundary")(p))})
    report = late.value.report
    assert isinstance(report, dflare.Tuning) and not report["complete"] and len(report["variants"]) == 3, set(seen)
    assert dflare.tune(ORIGINAL, *parts, **asked)["complete"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"settings": []}, "settings are empty"),
        ({"settings": ["per-channel"]}, "expected dflare.Setting"),
        ({"original": print}, "expected a model file"),
        ({"original": COMPRESSED}, "no layer that can be quantised"),
        ({"calibration": None}, "calibration is None"),
        ({"baseline": ["nowhere.onnx"]}, "nowhere.onnx: no such file"),
        ({"baseline": [3]}, "expected a model file or"),
        ({"held_out_labels": [1]}, "held_out_labels are given without held_out"),
        ({"max_sed": 3}, "did you mean 'max_seeds'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_done_is_told(parts, how, words):
    asked = {"settings": FEW[:1], **ASKED, **how}
    original = asked.pop("original", ORIGINAL)
    calibration = asked.pop("calibration", parts[0])
    with pytest.raises(dflare.Error, match=words):
        dflare.tune(original, calibration, *parts[1:], **asked)


def test_missing_packages_are_told_with_the_extra(parts, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(dflare.BadArgument, match=r"pip install \"dflare\[tune\]\""):
        dflare.tune(ORIGINAL, *parts, settings=FEW, **ASKED)


def test_findings_of_a_run_are_calibrated_by(parts, tmp_path):
    run = dflare.search(ORIGINAL, COMPRESSED, DIGITS, preprocess="unit", max_seeds=5, max_queries=100, progress=False)
    setting = dflare.Setting(images="findings", method="percentile")
    by = dflare.tune(ORIGINAL, *parts, settings=[setting], findings=run, out=tmp_path / "by", **ASKED)
    without = dflare.tune(ORIGINAL, *parts, settings=[setting, FEW[0]], findings=False, **ASKED)
    assert [v["name"] for v in by["variants"]] == ["static-channel-percentile-findings"]
    assert [v["name"] for v in without["variants"]] == ["static-channel-minmax-plain"]
