"""Inputs that are no images: arrays of numbers, from the file to the findings."""
import json
import os
import pathlib
import signal
import subprocess
import time

import numpy as np
import pytest

from conftest import DFLARE, MODELS, ROOT, SANITIZED, dflare, findings_of, pixels_of, search, summary_of

EXAMPLES = ROOT / "examples"
ORIGINAL, COMPRESSED = EXAMPLES / "models/gestures-mlp.onnx", EXAMPLES / "models/gestures-mlp-int8.onnx"
GESTURES, LABELS = EXAMPLES / "seeds/gestures.npy", EXAMPLES / "seeds/gestures-labels.npy"
KWS = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data/domains/kws"


def gestures(run, *options, **kwargs):
    return search(ORIGINAL, COMPRESSED, GESTURES, run, "--labels", LABELS, "--max-seeds", 20, *options, **kwargs)


def test_every_gesture_is_found_stored_and_shown(tmp_path):
    run = tmp_path / "run"
    done = gestures(run)
    assert done.code == 0, done
    assert summary_of(run)["found"] == 20
    rows = findings_of(run, tmp_path / "rows.jsonl")
    seeds = np.load(GESTURES)
    for row in rows:
        stored = np.load(run / row["png"])
        assert row["png"].endswith(".npy") and stored.dtype == np.float32 and stored.shape == (32, 3)
        low, high = seeds.min((0, 1)), seeds.max((0, 1))
        assert (stored >= low).all() and (stored <= high).all()
        share = np.abs(stored - seeds[row["seed"]]) / (high - low)
        assert row["linf"] == pytest.approx(255 * share.max(), rel=1e-5)
        assert row["l2"] == pytest.approx(np.sqrt((share**2).sum()), rel=1e-5)
    shown = dflare("show", run, pathlib.Path(rows[0]["png"]).name)
    assert shown.code == 0 and "bit for bit" in shown.out, shown
    assert dflare("export", run, "--format", "npy", "-o", tmp_path / "arrays").code == 0
    inputs = np.load(tmp_path / "arrays/inputs.npy")
    assert inputs.shape == (len(rows), 32, 3) and inputs.dtype == np.float32
    refused = dflare("export", run, "--format", "png", "-o", tmp_path / "pictures")
    assert refused.code == 2 and "--format npy" in refused.err, refused


def test_findings_are_confirmed_by_another_program(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    run = tmp_path / "run"
    assert gestures(run, "--refine", "climb", "--refine-queries", 60).code == 0
    labels = []
    for model in (ORIGINAL, COMPRESSED):
        session = onnxruntime.InferenceSession(str(model))
        labels.append(lambda x, s=session: int(s.run(None, {"readings": x[None]})[0].argmax()))
    for row in findings_of(run, tmp_path / "rows.jsonl"):
        stored = np.load(run / row["png"])
        assert [f(stored) for f in labels] == [row["label_original"], row["label_compressed"]], row["png"]


def test_batches_and_workers_do_not_matter(tmp_path):
    runs = []
    for batch, workers in ((1, 1), (7, 2), (64, 1)):
        run = tmp_path / f"{batch}"
        assert gestures(run, "--batch", batch, "--workers", workers).code == 0
        runs.append(pixels_of(run, tmp_path / f"{batch}-arrays"))
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize("verb", ["rank", "inspect", "guard", "repair"])
def test_other_verbs_take_arrays(tmp_path, verb):
    if verb == "rank":
        done = dflare("rank", ORIGINAL, GESTURES, COMPRESSED, "--labels", LABELS, "--time-limit", 20)
        assert done.code == 0 and "gestures-mlp-int8" in done.out, done
        return
    if verb == "inspect":
        done = dflare("inspect", ORIGINAL, COMPRESSED, "--seeds", GESTURES, "--labels", LABELS)
        assert done.code == 0 and "arrays of 32 x 3" in done.out and "100" in done.out, done
        done = dflare("inspect", ORIGINAL, "--seeds", GESTURES, "--labels", LABELS, "--audit")
        assert done.code == 2 and "--audit" in done.err, done
        return
    run = tmp_path / "run"
    assert gestures(run, "--findings-per-seed", 3).code == 0
    done = dflare(verb, run, "--time-limit", 30, "-o", tmp_path / "out", timeout=300)
    assert done.code == 0 or (verb == "repair" and "without --force" in done.out + done.err), done


def test_a_corpus_of_arrays_is_replayed_by_whatever_models_are_given(tmp_path):
    run, corpus = tmp_path / "run", tmp_path / "corpus"
    assert gestures(run, "--max-seeds", 12).code == 0
    found = [np.load(run / row["png"]) for row in findings_of(run, tmp_path / "rows.jsonl")]
    for added in (len(found), 0):
        done = dflare("export", run, "--corpus", corpus)
        assert done.code == 0 and f"{added} findings added" in done.err, done
    kept = [np.load(file) for file in (corpus / "arrays").glob("*.npy")]
    assert {a.tobytes() for a in kept} == {a.tobytes() for a in found}  # the same array is one file
    assert all(np.load(file).shape == found[0].shape for file in (corpus / "seeds").glob("*.npy"))
    for compressed, outcome in ((COMPRESSED, "still deviates"), (ORIGINAL, "fixed")):
        for what, models in ((run, []), (corpus, ["--original", ORIGINAL])):
            done = dflare("replay", what, *models, "--compressed", compressed, "--json")
            assert done.code == 0, done
            assert {f["outcome"] for f in json.loads(done.out)["replay"]["findings"]} == {outcome}
    gone = next((corpus / "arrays").glob("*.npy"))
    gone.unlink()
    done = dflare("replay", corpus, "--original", ORIGINAL, "--compressed", COMPRESSED)
    assert done.code == 2 and f"{gone.name}: is missing" in done.err, done


def test_integers_stay_integers(tmp_path):
    whole = tmp_path / "whole.npy"
    np.save(whole, np.round(np.load(GESTURES) * 20).astype(np.int8))
    run = tmp_path / "run"
    done = search(ORIGINAL, COMPRESSED, whole, run, "--preprocess", "scale=20", "--max-seeds", 10)
    assert done.code == 0, done
    for row in findings_of(run, tmp_path / "rows.jsonl"):
        assert np.load(run / row["png"]).dtype == np.int8


@pytest.mark.parametrize("linf", ["0.03", "8/255"])
def test_a_budget_is_a_share_of_each_range(tmp_path, linf):
    run = tmp_path / "run"
    assert gestures(run, "--linf", linf, "--range", "-8:8").code in (0, 1, 5)
    most = 255 * float(linf) if "/" not in linf else 8
    for row in findings_of(run, tmp_path / "rows.jsonl"):
        assert row["kind"] == "natural" or row["linf"] <= most


# what is wrong, how the inputs are made, options, exit code, words of the message
BAD = [
    ("other numbers", lambda: np.zeros((4, 31, 3), np.float32), [], 2, ["31 x 3 (93 numbers)", "32 x 3 (96 numbers)"]),
    ("half precision", lambda: np.zeros((4, 32, 3), np.float16), [], 2, ["f2", "numpy.float32"]),
    ("complex", lambda: np.zeros((4, 32, 3), np.complex64), [], 2, ["c8"]),
    ("objects", lambda: np.array([{}] * 3, object), [], 2, ["object array"]),
    ("big-endian", lambda: np.zeros((4, 32, 3), ">f4"), [], 2, ["big-endian"]),
    ("an empty axis", lambda: np.zeros((0, 32, 3), np.float32), [], 2, ["holds no input"]),
    ("only NaN", lambda: np.full((4, 32, 3), np.nan, np.float32), [], 2, ["NaN"]),
    ("a range that falls", lambda: np.zeros((4, 32, 3), np.float32), ["--range", "2:1"], 2, ["--range", "LOW:HIGH"]),
    ("beyond the range", lambda: np.full((4, 32, 3), 9, np.float32), ["--range", "0:1"], 2, ["outside --range 0:1"]),
    ("images", lambda: np.zeros((4, 32, 3), np.float32), ["--kind", "image"], 2, ["'f4'", "--kind array"]),
    ("similarity", lambda: np.zeros((4, 32, 3), np.float32), ["--min-ssim", "0.9"], 2, ["--min-ssim"]),
    ("levels", lambda: np.zeros((4, 32, 3), np.float32), ["--linf", "8"], 2, ["share of each number's range"]),
    ("an operator of images", lambda: np.zeros((4, 32, 3), np.float32),
     ["--strategy", "random", "--operators", "median-blur"], 2, ["of arrays", "median"]),
]


@pytest.mark.parametrize("make,options,code,words", [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_arrays_are_refused_with_a_way_out(tmp_path, make, options, code, words):
    path = tmp_path / "bad.npy"
    np.save(path, make(), allow_pickle=True)
    done = search(ORIGINAL, COMPRESSED, path, tmp_path / "run", *options)
    assert done.code == code, done
    for word in words:
        assert word in done.err, done
    assert not (tmp_path / "run").exists()


def test_single_bad_rows_are_left_out_and_told(tmp_path):
    x = np.load(GESTURES)[:6].copy()
    x[2, 0, 0] = np.nan
    np.save(tmp_path / "x.npy", x)
    done = search(ORIGINAL, COMPRESSED, tmp_path / "x.npy", tmp_path / "run")
    assert done.code == 0 and "row 2" in done.err and "NaN" in done.err, done


def test_a_model_of_arrays_without_inputs_says_what_it_takes():
    refused = dflare("inspect", MODELS / "rank2_input.onnx")
    assert refused.code == 2 and "--kind array" in refused.err, refused
    done = dflare("inspect", MODELS / "rank2_input.onnx", "--kind", "array")
    assert done.code == 0 and "arrays of 64" in done.out, done


@pytest.mark.parametrize("model,size", [("rank2_input.onnx", 64)])
def test_inputs_of_rank_2_are_arrays(tmp_path, model, size):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(8, size)).astype(np.float32))
    done = search(MODELS / model, MODELS / model, tmp_path / "x.npy", tmp_path / "run", "--max-queries", 20)
    assert done.code == 0 and summary_of(tmp_path / "run")["found"] == 0, done  # a model against itself


def test_inputs_that_are_set_leave_one_to_search(tmp_path):
    seeds = tmp_path / "seeds.npy"
    np.save(seeds, np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8))
    pair = [MODELS / "rate_and_state.onnx", MODELS / "ok_coarse.onnx", seeds]
    refused = search(*pair, tmp_path / "run", "--preprocess", "unit")
    assert refused.code == 2 and "rate ()" in refused.err and "--set-input" in refused.err, refused
    for bad in ("rate", "rate=", "=1", "rate=1,", "rate=one", "rate=inf"):
        refused = search(*pair, tmp_path / "run", "--set-input", bad)
        assert refused.code == 2 and "NAME=VALUE" in refused.err, refused
    pair[1] = pair[0]
    done = search(*pair, tmp_path / "run", "--preprocess", "unit", "--set-input", "rate=1,state=0,mask=1",
                  "--max-queries", 20)
    assert done.code == 0 and summary_of(tmp_path / "run")["found"] == 0, done
    assert dflare("resume", tmp_path / "run").code == 0


kws = pytest.mark.skipif(not KWS.is_dir(), reason="real pairs are not there: see $DFLARE_SHARED")


def spoken(run, *options, inputs=KWS / "shared/features_int8.npy"):
    """Stored features of the int8 model; the float one wants what they stand for."""
    scale, zero = 0.5847029, 83
    return ["search", KWS / "models/kws_ref_model_float32.tflite", KWS / "models/kws_ref_model.tflite", inputs,
            "--labels", KWS / "shared/labels.npy", "--original-preprocess", f"scale={1 / scale},mean={zero * scale}",
            "--compressed-preprocess", "bytes", "--kind", "array", "--max-seeds", 30, "-o", run, "--quiet", *options]


@kws
@pytest.mark.skipif(SANITIZED, reason="takes long under AddressSanitizer")
def test_keyword_spotting_finds_and_goes_on_after_kill(tmp_path):
    whole = tmp_path / "whole"
    done = dflare(*spoken(whole), timeout=300)
    assert done.code == 0, done
    assert summary_of(whole)["found"] == 30
    killed = tmp_path / "killed"
    process = subprocess.Popen([str(x) for x in [DFLARE, *spoken(killed, "--batch", 7)]])
    while process.poll() is None and not any((killed / "findings").glob("*.npy")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not (killed / "summary.json").exists():
        assert dflare("resume", killed, timeout=300).code == 0
    assert pixels_of(killed, tmp_path / "killed-arrays") == pixels_of(whole, tmp_path / "whole-arrays")
    single = tmp_path / "single"
    assert dflare(*spoken(single, "--batch", 1), timeout=300).code == 0
    assert pixels_of(single, tmp_path / "single-arrays") == pixels_of(whole, tmp_path / "again")
