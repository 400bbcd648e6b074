"""The command as its users see it: output, options, determinism, summary."""
import csv
import json
import os
import pty
import subprocess
import tomllib

import numpy as np
import pytest
from conftest import (DFLARE, DIGITS, LENET, LENET_INT8, LENET_PRUNED, MODELS, dflare, digits_search, findings_of,
                      pixels_of, search, summary_of)
from PIL import Image


def test_findings_do_not_depend_on_batch_or_workers(tmp_path):
    expected = None
    for batch, workers in ((1, 1), (7, 1), (64, 2)):
        run = tmp_path / f"b{batch}w{workers}"
        result = digits_search(run, "--max-seeds", 40, "--batch", batch, "--workers", workers, "--ties", "count",
                               compressed=LENET_INT8)
        assert result.code == 0, result
        assert summary_of(run)["rows_exact"]
        found = findings_of(run, tmp_path / "f.jsonl"), pixels_of(run, tmp_path / f"npy{batch}")
        expected = expected or found
        assert found == expected
    assert len(expected[0]) > 0


# Seeds of a single label leave no other seed to blend with: what one chain learns of that is not the next one's.
def test_findings_of_seeds_of_one_label_do_not_depend_on_batch(tmp_path):
    found = []
    for batch in (1, 8, 32):
        run = tmp_path / str(batch)
        result = digits_search(run, "--max-seeds", 20, "--end-points", "blend", "--batch", batch, "--workers", 1)
        assert result.code == 0, result
        found.append(findings_of(run, tmp_path / "f.jsonl"))
    assert found[0] == found[1] == found[2]


def test_shards_together_find_what_one_run_finds(tmp_path):
    assert digits_search(tmp_path / "whole", "--quiet").code == 0
    whole = findings_of(tmp_path / "whole", tmp_path / "whole.jsonl")
    parts = []
    for i in range(3):
        assert digits_search(tmp_path / f"part{i}", "--quiet", "--shard", f"{i}/3").code == 0
        parts += findings_of(tmp_path / f"part{i}", tmp_path / "part.jsonl")
    assert sorted(parts, key=lambda row: row["seed"]) == whole


def test_another_rng_seed_finds_other_inputs(tmp_path, finished_run):
    assert digits_search(tmp_path / "run", "--max-seeds", 60, "--rng-seed", 7).code == 0
    assert pixels_of(tmp_path / "run", tmp_path / "a") != pixels_of(finished_run, tmp_path / "b")


def test_json_prints_the_summary_alone(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 10, "--json")
    assert result.code == 0, result
    assert json.loads(result.out) == summary_of(tmp_path / "run")


def test_the_summary_tells_how_findings_were_reached(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 30)
    ways = summary_of(tmp_path / "run")["ways"]
    recorded = [json.loads(row["how"])["end_point"] if isinstance(row["how"], str) else row["how"]["end_point"]
                for row in findings_of(tmp_path / "run", tmp_path / "f.jsonl") if row["kind"] != "natural"]
    assert ways == {way: recorded.count(way) for way in set(recorded)}
    assert f"{ways['corrupt']} by one natural corruption" in result.out


def test_quiet_prints_nothing(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 10, "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_pipe_gets_plain_text(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 10)
    assert "\x1b" not in result.out + result.err
    assert "\r" not in result.out + result.err
    for word in ("found", "searched", "queries", "findings"):
        assert word in result.out, result


def on_a_terminal(*arguments, env=None):
    """What the command writes when both streams are a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen([DFLARE, *map(str, arguments)], stdout=slave, stderr=slave, stdin=slave,
                               env={**os.environ, "TERM": "xterm", **(env or {})})
    os.close(slave)
    text = b""
    while True:
        try:
            block = os.read(master, 4096)
        except OSError:
            break
        if not block:
            break
        text += block
    os.close(master)
    assert process.wait(timeout=60) == 0
    return text.decode()


def test_a_terminal_gets_a_display_and_colours_unless_refused(tmp_path):
    arguments = ["search", LENET, LENET, DIGITS, "--preprocess", "unit", "--max-queries", 10**9,
                 "--time-limit", 1, "-o"]
    shown = on_a_terminal(*arguments, tmp_path / "a")
    assert "\x1b[2K" in shown and "queries/s" in shown and "\x1b[1m" in shown
    plain = on_a_terminal(*arguments, tmp_path / "b", env={"NO_COLOR": "1"})
    assert "\x1b[1m" not in plain and "\x1b[31m" not in plain


def test_the_run_folder_has_a_name_of_its_own_unless_given(tmp_path, seeds):
    for n in (1, 2):
        result = dflare("search", MODELS / "ok_float.onnx", MODELS / "ok_coarse.onnx", seeds, "--max-queries", 5,
                        cwd=tmp_path)
        assert result.code == 0, result
        assert (tmp_path / f"dflare-run-{n}/summary.json").exists()


def test_config_file_counts_and_the_command_line_wins(tmp_path):
    (tmp_path / "c.toml").write_text('preprocess = "unit"\nmax-queries = 33\nmax-seeds = 9\nstrategy = "random"\n')
    result = search(LENET, LENET_INT8, DIGITS, tmp_path / "run", "--config", tmp_path / "c.toml", "--max-seeds", 4)
    assert result.code == 0, result
    settings = summary_of(tmp_path / "run")["settings"]
    assert (settings["max-queries"], settings["max-seeds"], settings["strategy"]) == (33, 4, "random")
    assert "scale=255" in settings["preprocess"]


def test_recorded_settings_are_a_config_file_that_repeats_the_run(tmp_path, finished_run):
    settings = summary_of(finished_run)["settings"]
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items() if value not in ("", -1)]
    (tmp_path / "again.toml").write_text("\n".join(lines))
    tomllib.loads((tmp_path / "again.toml").read_text())
    result = dflare("search", "--config", tmp_path / "again.toml", "-o", tmp_path / "run")
    assert result.code == 0, result
    assert findings_of(tmp_path / "run", tmp_path / "a") == findings_of(finished_run, tmp_path / "b")


def test_summary_adds_up(finished_run, tmp_path):
    s = summary_of(finished_run)
    rows = findings_of(finished_run, tmp_path / "f.jsonl")
    assert s["schema_version"] == 1 and s["complete"]
    assert s["seeds"] == 300 == s["searched"] + s["natural"] + s["remaining"] + sum(s["skipped"].values())
    searched = [row for row in rows if row["kind"] != "natural"]
    assert s["found"] == len(searched) > 0
    assert s["success_rate"] == pytest.approx(s["found"] / s["searched"])
    assert s["confirmed"] == len(rows) == sum(s["kinds"].values())
    assert s["severity"]["median"] == pytest.approx(np.median([row["severity"] for row in searched]), rel=1e-6)
    assert s["distance"]["ssim"] == pytest.approx(np.median([row["ssim"] for row in searched]), rel=1e-6)
    assert 0 < s["unique_rate"] <= 1
    assert s["queries"]["total"] >= 2 * s["searched"]
    assert s["queries"]["mean"] == pytest.approx(s["queries"]["total"] / s["searched"])
    assert 0.9 < s["accuracy"]["original"] <= 1
    assert s["settings"]["max-queries"] == 60


def test_findings_are_images_on_disk_of_the_models_size(finished_run):
    pngs = sorted((finished_run / "findings").glob("*.png"))
    assert len(pngs) == summary_of(finished_run)["confirmed"]
    for png in pngs[:5]:
        assert Image.open(png).size == (28, 28)


def test_exports_tell_the_same(finished_run, tmp_path):
    count = summary_of(finished_run)["confirmed"]
    for kind, target in (("jsonl", "f.jsonl"), ("csv", "f.csv"), ("npy", "npy"), ("png", "png")):
        result = dflare("export", finished_run, "--format", kind, "-o", tmp_path / target)
        assert result.code == 0, result
    assert len((tmp_path / "f.jsonl").read_text().splitlines()) == count
    assert len(list(csv.DictReader((tmp_path / "f.csv").open()))) == count
    inputs, labels = np.load(tmp_path / "npy/inputs.npy"), np.load(tmp_path / "npy/labels.npy")
    assert inputs.shape == (count, 28, 28, 1) or inputs.shape == (count, 28, 28)
    assert labels.shape == (count, 2) and (labels[:, 0] != labels[:, 1]).all()
    assert len(list((tmp_path / "png").rglob("*.png"))) == count


def test_inspect_shows_what_a_model_takes_and_gives():
    result = dflare("inspect", LENET, MODELS / "u8_in_u8_out.onnx", MODELS / "dense_int8.tflite")
    assert result.code == 0, result
    for word in ("onnxruntime", "tflite", "28 x 28 x 1", "uint8", "int8", "10 classes"):
        assert word in result.out, result


def test_inspect_with_seeds_measures_accuracy_and_agreement():
    result = dflare("inspect", LENET, LENET_INT8, "--seeds", DIGITS, "--preprocess", "unit", "--json")
    assert result.code == 0, result
    report = json.loads(result.out)
    assert report["agreement"] > 0.95
    assert report["models"][0]["answers"]["reading"] == "logits"
    assert report["models"][0]["answers"]["accuracy"] > 0.95
    assert dflare("inspect", LENET, "--seeds", DIGITS, "--preprocess", "unit").code == 0


def test_equal_models_yield_nothing(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 20, "--max-queries", 20, compressed=LENET)
    assert result.code == 0, result
    s = summary_of(tmp_path / "run")
    assert (s["found"], s["natural"], s["success_rate"], s["severity"]["median"]) == (0, 0, 0, None)


@pytest.mark.parametrize("verb", ["search", "resume", "inspect", "export", "show"])
def test_help_is_short_or_long(verb):
    short, long = dflare(verb, "-h"), dflare(verb, "--help")
    assert (short.code, long.code, short.err, long.err) == (0, 0, "", "")
    assert len(long.out) > len(short.out) > 300
    assert "Usage: dflare " + verb in short.out
    assert max(map(len, long.out.splitlines())) <= 100


def test_overview_and_version_name_what_there_is():
    assert all(verb in dflare("--help").out for verb in ("search", "resume", "inspect", "export", "show"))
    version = dflare("--version")
    assert version.code == 0
    assert version.out.startswith("dflare ") and "onnxruntime" in version.out and "tflite" in version.out


def test_findings_per_seed_are_stored_counted_and_rebuilt(tmp_path):
    assert digits_search(tmp_path / "one", "--max-seeds", 6, "--quiet").code == 0
    result = digits_search(tmp_path / "many", "--max-seeds", 6, "--findings-per-seed", 4, "--json", "--quiet")
    assert result.code == 0, result
    one, many = summary_of(tmp_path / "one"), json.loads(result.out)
    assert many["found"] == one["found"] == many["searched"]
    assert many["confirmed"] - many["natural"] == 4 * many["found"] and many["unique_rate"] == 1
    for figure in ("mean", "median", "p90"):
        assert many["queries"][figure] == one["queries"][figure], "until the first finding"
    assert many["queries"]["per_finding"] == many["queries"]["total"] / (4 * many["found"])
    first = [row for row in findings_of(tmp_path / "many", tmp_path / "many.jsonl") if row["kind"] != "natural"]
    seed = first[-1]["seed"]
    for row in (row for row in first if row["seed"] == seed):
        shown = dflare("show", tmp_path / "many", f"{seed}:{row['ordinal']}")
        assert shown.code == 0 and "bit for bit" in shown.out, shown


def test_a_seed_with_fewer_findings_than_wanted_counts_as_found(tmp_path):
    result = digits_search(tmp_path / "run", "--max-seeds", 3, "--findings-per-seed", 500, "--max-queries", 15, "--json",
                           "--quiet")
    assert result.code == 0, result
    summary = json.loads(result.out)
    assert summary["found"] > 0 and summary["confirmed"] < 500 * summary["found"]


def test_no_findings_per_seed_is_refused(tmp_path):
    result = digits_search(tmp_path / "run", "--findings-per-seed", 0)
    assert result.code == 2 and "--findings-per-seed" in result.err, result
