"""dflare merge: shards joined are the run of one machine; what does not fit is refused; a kill leaves nothing half."""
import signal
import subprocess
import time

import pytest
from conftest import DFLARE, LENET_INT8, dflare, digits_search, findings_of, pixels_of, summary_of

SHORT = ("--max-seeds", 40)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    for i in range(3):
        assert digits_search(folder / str(i), *SHORT, "--shard", f"{i}/3", "--batch", 4 + i, "--quiet").code == 0
    assert digits_search(folder / "whole", *SHORT, "--quiet").code == 0
    return folder


def test_shards_export_to_the_bytes_of_the_whole_run(shards, tmp_path):
    result = dflare("merge", shards / "2", shards / "0", shards / "1", "-o", tmp_path / "run")
    assert result.code == 0 and "0 not finished" in result.err, result
    expected = findings_of(shards / "whole", tmp_path / "whole.jsonl")
    assert len(expected) > 5
    assert findings_of(tmp_path / "run", tmp_path / "merged.jsonl") == expected
    assert pixels_of(tmp_path / "run", tmp_path / "a") == pixels_of(shards / "whole", tmp_path / "b")
    merged, whole = summary_of(tmp_path / "run"), summary_of(shards / "whole")
    same = ("complete", "seeds", "searched", "natural", "skipped", "found", "kinds", "ends")
    assert {name: merged.get(name) for name in same} == {name: whole.get(name) for name in same}
    finding = next((tmp_path / "run/findings").glob("*_0_*.png"))
    assert dflare("show", tmp_path / "run", finding.name).code == 0


def test_a_missing_shard_is_told_and_resume_searches_it(shards, tmp_path):
    result = dflare("merge", shards / "0", shards / "1", "-o", tmp_path / "run", "--json")
    assert result.code == 0 and "resume" in result.err and '"complete": false' in result.out, result
    assert dflare("resume", tmp_path / "run").code == 0
    assert findings_of(tmp_path / "run", tmp_path / "a") == findings_of(shards / "whole", tmp_path / "b")


def test_merged_runs_are_merged_with_what_comes_later(shards, tmp_path):
    assert dflare("merge", shards / "0", shards / "1", "-o", tmp_path / "early", "-q").code == 0
    assert dflare("merge", tmp_path / "early", shards / "2", "-o", tmp_path / "run", "-q").code == 0
    assert summary_of(tmp_path / "run")["complete"]
    assert findings_of(tmp_path / "run", tmp_path / "a") == findings_of(shards / "whole", tmp_path / "b")


@pytest.mark.parametrize(("options", "words"), [
    (("--rng-seed", 1), "--rng-seed is 0 in"),
    (("--preprocess", "imagenet"), "--preprocess is"),
], ids=["settings", "preprocessing"])
def test_runs_of_another_search_are_refused(shards, tmp_path, options, words):
    digits_search(tmp_path / "other", *SHORT, "--shard", "1/3", "--quiet", *options)
    result = dflare("merge", shards / "0", tmp_path / "other", "-o", tmp_path / "run")
    assert result.code == 2 and words in result.err and str(tmp_path / "other") in result.err, result
    assert not (tmp_path / "run").exists()


def test_runs_of_other_models_are_refused(shards, tmp_path):
    assert digits_search(tmp_path / "other", *SHORT, "--quiet", compressed=LENET_INT8).code == 0
    result = dflare("merge", shards / "0", tmp_path / "other", "-o", tmp_path / "run")
    assert result.code == 2 and "the compressed model is not the same" in result.err, result


@pytest.mark.parametrize(("arguments", "words"), [
    (["-o", "{tmp}/run"], "RUN"),
    (["{shards}/0"], "-o RUN"),
    (["{shards}/0", "-o", "{shards}/1"], "no empty folder"),
    (["{tmp}", "-o", "{tmp}/run"], "run.sqlite"),
], ids=["no run", "no target", "target is a run", "no run folder"])
def test_bad_arguments_are_told(shards, tmp_path, arguments, words):
    result = dflare("merge", *[a.format(tmp=tmp_path, shards=shards) for a in arguments])
    assert result.code == 2 and words in result.err, result


def test_a_damaged_shard_is_told_and_nothing_is_left(shards, tmp_path):
    import shutil

    copy = shutil.copytree(shards / "1", tmp_path / "copy")
    image = next(path for path in (copy / "findings").glob("*.png")).read_bytes()
    data = bytearray((copy / "run.sqlite").read_bytes())
    data[data.find(image[60:120]) + 30] ^= 1
    (copy / "run.sqlite").write_bytes(data)
    result = dflare("merge", shards / "0", copy, "-o", tmp_path / "run")
    assert result.code == 2 and "damaged" in result.err and str(copy) in result.err, result
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]


def test_a_merge_killed_at_any_moment_leaves_a_whole_run_or_none(shards, tmp_path):
    command = [DFLARE, "merge", *(shards / str(i) for i in range(3)), "-o", tmp_path / "run", "-q"]
    started = time.monotonic()
    assert subprocess.run(command).returncode == 0
    whole = time.monotonic() - started
    expected = findings_of(tmp_path / "run", tmp_path / "expected")
    killed = 0
    for step in range(8):
        subprocess.run(["rm", "-rf", tmp_path / "run"], check=True)
        process = subprocess.Popen(command)
        time.sleep(whole * (step + 0.5) / 8)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() != 0
        if (tmp_path / "run").exists():
            assert summary_of(tmp_path / "run")["complete"]
            assert findings_of(tmp_path / "run", tmp_path / "found") == expected
    assert killed
    subprocess.run(["rm", "-rf", tmp_path / "run"], check=True)
    assert subprocess.run(command).returncode == 0
    assert findings_of(tmp_path / "run", tmp_path / "found") == expected
    assert not (tmp_path / "run.merging").exists()
