"""dflare guard: what it writes decides as it says, it keeps apart what it measures on, and loses nothing when it fails."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from conftest import DFLARE, DIGITS, LENET, LENET_PRUNED, ROOT, dflare, digits_search, search

SHARED = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A search of all example digits, of which guards are learnt below. Nobody writes into it."""
    folder = tmp_path_factory.mktemp("guard") / "run"
    assert digits_search(folder, "--max-queries", 200).code == 0
    return folder


def guard(run, out, *options):
    done = dflare("guard", run, "-o", out, "--json", "--quiet", *options)
    assert done.code == 0, done
    return json.loads(done.out)


@pytest.fixture(scope="module")
def learnt(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("learnt")
    return out, guard(run, out)


def some_images(count):
    """Digits as they are and turned, as the network wants them: N x 1 x 28 x 28, 0 to 1."""
    files = sorted(DIGITS.glob("*/*.png"))
    images = [Image.open(files[i % len(files)]).rotate(17 * (i // len(files))) for i in range(count)]
    return np.stack([np.asarray(i, np.float32) for i in images])[:, None] / np.float32(255)


def outputs_of(file, array):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    return dict(zip(names, session.run(None, {session.get_inputs()[0].name: array})))


def decisions(rule, raw):
    """What guard.json says, worked out again from the model's outputs."""
    raw = raw[:, rule["reading"]["skip_classes"]:].astype(np.float64)
    if rule["reading"]["kind"] == "probs":
        raw = np.log(np.maximum(raw, rule["reading"]["step"] / 2 or 1e-12))
    first = raw.argmax(1)
    margins = raw[np.arange(len(raw)), first][:, None] - raw
    if rule["score"] == "pair-margin":
        margins = np.array(rule["scale"])[first] * (margins + np.array(rule["shift"])[first])
    margins[np.arange(len(raw)), first] = np.inf
    return margins.min(1) < rule["threshold"]


@pytest.mark.parametrize("score", ["margin", "pair-margin"])
def test_the_exported_model_decides_as_the_rule_says_on_1000_images(run, tmp_path, score):
    rule = guard(run, tmp_path, "--score", score, "--corrupted", 4)
    images = some_images(1000)
    raw = outputs_of(LENET_PRUNED, images)["answer"]
    inside = outputs_of(tmp_path / "guarded.onnx", images)
    alone = outputs_of(tmp_path / "guard.onnx", raw)
    assert rule["score"] == score
    assert set(inside) == {"answer", "dflare_score", "dflare_defer"}
    assert (inside["answer"] == raw).all()
    assert inside["dflare_defer"].dtype == bool and inside["dflare_defer"].shape == (1000,)
    expected = decisions(rule, raw)
    assert 20 < expected.sum() < 980
    assert (inside["dflare_defer"] == expected).all()
    assert (alone["dflare_defer"] == expected).all()
    assert (alone["dflare_score"] < rule["threshold"]).tolist() == expected.tolist()


@pytest.mark.parametrize("score", ["margin", "pair-margin"])
def test_the_lines_of_code_decide_as_the_rule_says(run, tmp_path, score):
    rule = guard(run, tmp_path, "--score", score, "--corrupted", 4)
    raw = outputs_of(LENET_PRUNED, some_images(300))["answer"]
    expected = decisions(rule, raw)
    for z, answer in zip(raw, expected):
        names = {"np": np, "z": z, "g": rule}
        exec(rule["code"]["python"], names)
        assert names["defer"] == answer
    tables = "".join(f"const std::vector<std::vector<float>> {k} = {json.dumps(rule[k])};\n".replace("[", "{").replace("]", "}")
                     for k in ("scale", "shift") if k in rule)
    rows = json.dumps(raw.tolist()).replace("[", "{").replace("]", "}")
    (tmp_path / "line.cpp").write_text(
        f"#include <algorithm>\n#include <cmath>\n#include <cstdio>\n#include <iterator>\n#include <vector>\n{tables}"
        f"int main() {{ const std::vector<std::vector<float>> rows = {rows};\n"
        f"for (const std::vector<float>& z : rows) {{ {rule['code']['c++']} std::putchar(defer ? '1' : '0'); }} }}\n")
    subprocess.run(["g++", "-std=c++20", "-o", tmp_path / "line", tmp_path / "line.cpp"], check=True)
    said = subprocess.run([tmp_path / "line"], capture_output=True, text=True, check=True).stdout
    assert [c == "1" for c in said] == expected.tolist()


def test_search_takes_the_guarded_model_without_an_output_name(learnt, tmp_path):
    out, _ = learnt
    done = search(LENET, out / "guarded.onnx", DIGITS, tmp_path / "again", "--preprocess", "unit", "--max-seeds", 5,
                  "--json", "--quiet")
    assert done.code == 0 and json.loads(done.out)["found"] == 5, done


def test_what_it_measures_on_it_has_not_learnt_from(run, learnt):
    _, report = learnt
    assert report["learnt_from"]["inputs"] + report["held_out"]["inputs"] == 300
    rows = [json.loads(line) for line in _findings(run)]
    usable = [row for row in rows if row["kind"] != "natural" and row["seed"] % 2 == 0]
    assert report["learnt_from"]["findings"] == len(usable), "findings of held-out inputs are left out"


def _findings(run):
    target = run.parent / "findings.jsonl"
    assert dflare("export", run, "--format", "jsonl", "-o", target).code == 0
    return target.read_text().splitlines()


def test_unsearched_inputs_are_held_out_where_there_are_enough(tmp_path):
    assert digits_search(tmp_path / "run", "--max-seeds", 40).code == 0
    report = guard(tmp_path / "run", tmp_path / "out", "--corrupted", 3)
    assert "did not search" in report["held_out"]["from"]
    # 40 usable ones and the natural deviations before them are searched; of the rest, half.
    assert 120 <= report["held_out"]["inputs"] <= 130
    assert report["learnt_from"]["findings"] >= 38


def test_the_report_tells_the_trade_and_the_price(learnt):
    out, report = learnt
    held = report["held_out"]
    assert report["threshold_from"] == "natural deviations" and held["deviations"] >= 100
    assert 0.8 <= held["caught"]["share"] <= 1 and held["caught"]["interval"][0] <= held["caught"]["share"]
    assert held["deferred_corrupted"]["share"] < 0.3
    left = held["differ_undeferred_corrupted"]["part"] + held["differ_undeferred_clean"]["part"]
    assert left == held["deviations"] - held["caught"]["part"]
    thresholds, deferred, caught = np.array(held["curve"]).T
    assert (np.diff(thresholds) > 0).all() and (np.diff(deferred) >= 0).all() and caught[-1] == pytest.approx(1)
    assert held["auc"] >= report["margin_instead"]["held_out"]["auc"]
    svg = (out / "guard.svg").read_text()
    assert svg.startswith("<svg") and "deviations caught" in svg
    assert json.loads((out / "guard.json").read_text()) == report


def test_more_caught_costs_more_deferred_and_a_share_to_defer_is_kept(run, tmp_path):
    some = guard(run, tmp_path, "--corrupted", 6, "--catch", 0.5)
    most = guard(run, tmp_path, "--corrupted", 6, "--catch", 0.95)
    assert some["threshold"] < most["threshold"]
    assert some["held_out"]["caught"]["share"] < most["held_out"]["caught"]["share"]
    bound = guard(run, tmp_path, "--corrupted", 6, "--defer", 0.05)
    assert bound["goal"] == {"defer": 0.05} and bound["learnt_from"]["deferred"] == 0.05
    assert abs(bound["held_out"]["deferred"] - 0.05) < 0.03


def test_the_same_run_gives_the_same_guard_whatever_the_workers(run, tmp_path):
    first = guard(run, tmp_path, "--corrupted", 3, "--workers", 1, "--batch", 7)
    second = guard(run, tmp_path, "--corrupted", 3, "--workers", 2, "--batch", 32)
    assert first == second
    assert first != guard(run, tmp_path, "--corrupted", 3, "--rng-seed", 1)


def test_people_get_a_table_and_notes(run, tmp_path):
    done = dflare("guard", run, "-o", tmp_path, "--corrupted", 2)
    assert done.code == 0
    for words in ("threshold", "as they are", "corrupted", "caught", "promised 90.0 %", "guarded.onnx", "np.sort"):
        assert words in done.out, done


def test_without_a_folder_it_writes_into_the_run(tmp_path):
    assert digits_search(tmp_path / "run").code == 0
    assert dflare("guard", tmp_path / "run", "--corrupted", 1, "--quiet").code == 0
    assert {f.name for f in (tmp_path / "run/guard").iterdir()} == {"guard.json", "guard.svg", "guard.onnx",
                                                                    "guarded.onnx"}


def test_labels_that_were_never_given_are_named(tmp_path):
    seeds = tmp_path / "seeds"
    for digit in "01":
        shutil.copytree(DIGITS / digit, seeds / digit)
    assert digits_search(tmp_path / "run", seeds=seeds).code == 0
    report = guard(tmp_path / "run", tmp_path / "out", "--corrupted", 1)
    missing = report["learnt_from"]["labels_never_seen"]
    assert missing and not {0, 1} & set(missing)
    assert any("never" in note or "labels" in note for note in report["notes"])


# Bad input: (what is done to a run's surroundings, further options, exit code, words of the message)
def change(path):
    path.write_bytes(path.read_bytes() + b"\0")


BAD = [
    ("no run", lambda t: shutil.rmtree(t / "run"), [], 2, ["run"]),
    ("original changed", lambda t: change(t / "f.onnx"), [], 2, ["f.onnx", "has changed"]),
    ("compressed gone", lambda t: (t / "g.onnx").unlink(), [], 2, ["g.onnx"]),
    ("input gone", lambda t: (t / "seeds/3/04.png").unlink(), [], 2, ["seeds", "inputs"]),
    ("input changed", lambda t: shutil.copy(t / "seeds/3/05.png", t / "seeds/3/04.png"), [], 2, ["04.png", "changed"]),
    ("catch above 1", lambda t: None, ["--catch", "1.5"], 2, ["--catch 0.9"]),
    ("catch is no number", lambda t: None, ["--catch", "most"], 2, ["--catch"]),
    ("defer of all", lambda t: None, ["--defer", "1"], 2, ["--defer 0.05"]),
    ("workers beyond 32 bits", lambda t: None, ["--workers", "4294967297"], 2, ["--workers", "4294967297"]),
    ("corrupted beyond 32 bits", lambda t: None, ["--corrupted", "4294967297"], 2, ["--corrupted", "4294967297"]),
    ("more workers than there can be", lambda t: None, ["--workers", "100000"], 2, ["--workers", "256"]),
    ("a time limit before anything is known", lambda t: None, ["--time-limit", "0.001"], 2, ["--time-limit"]),
    ("unknown score", lambda t: None, ["--score", "margn"], 2, ["margin"]),
    ("held out is what was learnt from", lambda t: None, ["--held-out", "seeds"], 2, ["--held-out"]),
    ("held out is not there", lambda t: None, ["--held-out", "nowhere"], 2, ["nowhere"]),
    ("folder under a file", lambda t: None, ["-o", "f.onnx/out"], 4, ["f.onnx/out", "-o"]),
    ("folder is a file", lambda t: None, ["-o", "f.onnx"], 4, ["f.onnx", "-o"]),
]


def place(folder):
    shutil.copy(LENET, folder / "f.onnx")
    shutil.copy(LENET_PRUNED, folder / "g.onnx")
    for digit in "0123":
        shutil.copytree(DIGITS / digit, folder / "seeds" / digit)
    done = search("f.onnx", "g.onnx", "seeds", "run", "--preprocess", "unit", "--max-queries", 60, "--quiet", cwd=folder)
    assert done.code == 0, done


@pytest.mark.parametrize("what,spoil,options,code,words", BAD, ids=[b[0] for b in BAD])
def test_bad_input_has_its_exit_code_and_a_way_out(tmp_path, what, spoil, options, code, words):
    place(tmp_path)
    spoil(tmp_path)
    before = sorted((p, p.stat().st_size) for p in tmp_path.rglob("*.png"))
    done = dflare("guard", "run", *options, cwd=tmp_path)
    assert done.code == code, done
    for word in words:
        assert word in done.err, done
    assert not list(tmp_path.rglob("guard.json*")) and not list(tmp_path.rglob("*.part"))
    assert before == sorted((p, p.stat().st_size) for p in tmp_path.rglob("*.png")), "nothing is lost"


def test_a_run_without_deviations_has_nothing_to_teach(tmp_path):
    assert search(LENET, LENET, DIGITS, tmp_path / "run", "--preprocess", "unit", "--max-queries", 20,
                  "--max-seeds", 150).code == 0
    done = dflare("guard", tmp_path / "run", "--corrupted", 1)
    assert done.code == 2 and "0 natural deviations and 0 findings" in done.err and "--max-queries" in done.err, done
    assert not (tmp_path / "run/guard/guard.json").exists()


def test_too_few_inputs_cannot_be_split(tmp_path):
    shutil.copytree(DIGITS / "4", tmp_path / "seeds/4")
    for file in sorted((tmp_path / "seeds/4").iterdir())[12:]:
        file.unlink()
    assert digits_search(tmp_path / "run", seeds=tmp_path / "seeds").code == 0
    done = dflare("guard", tmp_path / "run")
    assert done.code == 2 and "--held-out" in done.err, done
    assert dflare("guard", tmp_path / "run", "--held-out", DIGITS / "5", "--corrupted", 4, "--quiet").code == 0


def test_a_time_limit_gives_the_guard_of_what_was_asked_by_then(run, tmp_path):
    done = dflare("guard", run, "-o", tmp_path, "--corrupted", 20000, "--time-limit", 3, "--json")
    assert done.code == 0 and "time limit" in done.err, done
    report = json.loads(done.out)
    assert report["complete"] is False and "cut short" in report["notes"][0]
    assert report["learnt_from"]["images"] > 300 and report["held_out"]["images"] > 300
    assert report["held_out"]["promise"] in ("kept", "open", "missed")
    assert guard(run, tmp_path, "--corrupted", 1)["complete"] is True


def test_an_interrupt_gives_the_guard_of_what_was_asked_by_then(tmp_path):
    assert digits_search(tmp_path / "run").code == 0
    process = subprocess.Popen([DFLARE, "guard", tmp_path / "run", "-o", tmp_path / "out", "--corrupted", "5000"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stderr.readline()
    assert "asking" in first and " of " in first, "a total from the beginning"
    time.sleep(7)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "interrupted" in err
    assert " of " in err and "left" in err, err
    report = json.loads((tmp_path / "out/guard.json").read_text())
    assert report["complete"] is False and report["learnt_from"]["images"] > 300


def shared_pair(name):
    if not (SHARED / "pairs.json").exists():
        pytest.skip("the real pairs are not beside the project")
    return next(p for p in json.loads((SHARED / "pairs.json").read_text())["pairs"] if p["id"] == name)


# 8-bit inside ONNX, probabilities in steps from TensorFlow Lite.
@pytest.mark.parametrize("name", ["mnist-lenet5-int8", "st-mnist-v2-int8"])
def test_real_pairs_agree_on_1000_images(tmp_path, name):
    pair = shared_pair(name)
    done = search(SHARED / pair["original"], SHARED / pair["compressed"], SHARED / pair["images"], tmp_path / "run",
                  "--labels", SHARED / pair["labels"], "--preprocess", pair["preprocess"], "--output", pair["output"],
                  "--max-seeds", 100, "--quiet")
    assert done.code == 0, done
    rule = guard(tmp_path / "run", tmp_path / "out", "--corrupted", 2)
    if pair["compressed"].endswith(".onnx"):
        images = np.load(SHARED / pair["images"])[:1000].reshape(1000, 1, 28, 28).astype(np.float32) / np.float32(255)
        raw = outputs_of(SHARED / pair["compressed"], images)["logits"]
        assert (outputs_of(tmp_path / "out/guarded.onnx", images)["dflare_defer"] == decisions(rule, raw)).all()
    else:
        assert not (tmp_path / "out/guarded.onnx").exists(), "a TensorFlow Lite model cannot hold it"
        steps = np.random.default_rng(3).dirichlet(np.full(rule["classes"], 0.1), 1000) / rule["reading"]["step"]
        raw = (np.round(steps) * rule["reading"]["step"]).astype(np.float32)
    expected = decisions(rule, raw)
    assert (outputs_of(tmp_path / "out/guard.onnx", raw)["dflare_defer"] == expected).all()
    assert 0 < expected.sum() < 1000
