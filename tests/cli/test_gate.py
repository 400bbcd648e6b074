"""dflare profile, check, replay, compare and corpora: exit codes, what they write, and every way to fail closed."""
import json
import os
import re
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from conftest import DFLARE, DIGITS, LENET, LENET_INT8, LENET_PRUNED, MODELS, dflare, digits_search

UNIT = ["--preprocess", "unit"]
NAN = MODELS / "nan_output.onnx"
NASTY = '<img src=x onerror=alert(1)>"\'&@all|`\n\x1b[31m\x01.onnx'


def check(*arguments, compressed=LENET_INT8, seeds=DIGITS, **kwargs):
    return dflare("check", LENET, compressed, seeds, *UNIT, *arguments, **kwargs)


def checked(*arguments, code, **kwargs):
    result = check(*arguments, "--json", **kwargs)
    assert result.code == code, result
    return json.loads(result.out)


@pytest.fixture(scope="module")
def pruned_run(tmp_path_factory):
    run = tmp_path_factory.mktemp("pruned") / "run"
    result = digits_search(run, "--max-seeds", 40, "--quiet")
    assert result.code == 0, result
    return run


@pytest.fixture(scope="module")
def corpus(pruned_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "corpus"
    result = dflare("export", pruned_run, "--corpus", folder)
    assert result.code == 0, result
    assert "findings added" in result.err
    return folder


@pytest.fixture
def copy(corpus, tmp_path):
    return shutil.copytree(corpus, tmp_path / "corpus")


def replay(what, *arguments, **kwargs):
    return dflare("replay", what, *arguments, **kwargs)


def from_corpus(folder, *arguments, compressed=LENET_PRUNED, **kwargs):
    return replay(folder, "--original", LENET, "--compressed", compressed, *arguments, **kwargs)


# profile


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profile")
    result = dflare("profile", LENET, LENET_PRUNED, DIGITS, *UNIT, "-o", folder / "p.json", "--svg", folder / "p.svg")
    assert result.code == 0, result
    assert "rotate" in result.out and "regressions" in result.out
    ET.parse(folder / "p.svg")
    return folder / "p.json"


def test_a_profile_has_every_kind_at_every_severity(profile):
    report = json.loads(profile.read_text())
    assert report["complete"] is True
    assert len(report["kinds"]) == 13
    damage = [kind["all"]["disagreement"]["value"] for kind in report["kinds"]]
    assert damage == sorted(damage, reverse=True)
    for kind in report["kinds"]:
        assert [figures["images"] for figures in kind["severities"]] == [300] * 5


def test_a_profiles_figures_are_those_of_rank(profile):
    report = json.loads(profile.read_text())
    ranking = json.loads(dflare("rank", LENET, DIGITS, LENET_PRUNED, *UNIT, "--seed-filter", "agree", "--max-seeds", 0,
                                "--search-seeds", 0, "--json").out)
    variant = ranking["variants"][0]
    assert ranking["seeds"] == 300
    assert report["as_they_are"]["disagreement"] == variant["disagreement"]
    assert report["as_they_are"]["accuracy_compressed"] == variant["accuracy"]
    assert report["corrupted"]["disagreement"] == variant["corrupted_disagreement"]


def test_regressions_less_gains_are_the_drop_in_accuracy(profile):
    figures = json.loads(profile.read_text())["as_they_are"]
    drop = figures["accuracy_original"]["value"] - figures["accuracy_compressed"]["value"]
    assert figures["regressions"]["value"] - figures["gains"]["value"] == pytest.approx(drop)


@pytest.fixture
def minutes_of_digits(tmp_path):
    """So many that profiling them takes minutes on any machine."""
    rng = np.random.default_rng(1)
    np.save(tmp_path / "many.npy", rng.integers(0, 256, (10_000, 28, 28), dtype=np.uint8))
    return [LENET, LENET_PRUNED, tmp_path / "many.npy", *UNIT, "--batch", 1, "--workers", 1, "--json"]


def test_a_time_limit_gives_the_cheap_figures_of_a_profile(minutes_of_digits):
    result = dflare("profile", *minutes_of_digits, "--time-limit", 4)
    assert result.code == 0, result
    report = json.loads(result.out)
    assert report["complete"] is False and "time limit" in result.err
    assert report["as_they_are"]["images"] > 0


def test_ctrl_c_keeps_what_was_profiled(minutes_of_digits):
    slow = [str(a) for a in [DFLARE, "profile", *minutes_of_digits]]
    process = subprocess.Popen(slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert json.loads(out)["complete"] is False


def test_the_table_of_a_profile_fits_its_terminal():
    master, terminal = os.openpty()
    import fcntl, struct, termios
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
    result = subprocess.run([str(a) for a in [DFLARE, "profile", LENET, LENET_PRUNED, DIGITS, *UNIT, "--max-inputs", 20,
                                              "-q"]], stdout=terminal, stderr=terminal, env={**os.environ, "NO_COLOR": "1"})
    os.close(terminal)
    text = b""
    try:
        while piece := os.read(master, 65536):
            text += piece
    except OSError:
        pass
    table = text.decode().split("severity")[1]
    assert result.returncode == 0
    assert max(len(line) for line in table.splitlines() if "interval" not in line) <= 60


# check


def test_a_pair_within_its_limits_passes(tmp_path):
    result = check("--max-disagreement", 0.05, "--max-accuracy-drop", 0.05, "--max-regressions", 0.05)
    assert result.code == 0, result
    assert "pass" in result.out


def test_a_pair_beyond_a_limit_fails():
    report = checked("--max-disagreement", 0.01, compressed=LENET_PRUNED, code=1)
    assert report["verdict"] == "fail"
    limit = report["limits"][0]
    assert limit["measured"]["value"] == pytest.approx(10 / 300)
    assert limit["measured"]["interval"][0] > 0.01


def test_twenty_agreeing_inputs_are_inconclusive_and_the_gate_says_what_it_takes():
    report = checked("--max-disagreement", 0.01, "--max-inputs", 20, code=6)
    assert report["limits"][0]["verdict"] == "inconclusive"
    assert report["limits"][0]["further_inputs"] == pytest.approx(348, abs=3)


@pytest.mark.parametrize("taken_for, code", [("pass", 0), ("fail", 1)])
def test_who_must_decide_can(taken_for, code, tmp_path):
    report = checked("--max-disagreement", 0.01, "--max-inputs", 20, "--inconclusive", taken_for, "--junit",
                     tmp_path / "j.xml", code=code)
    assert report["verdict"] == "inconclusive" and report["ends_as"] == taken_for
    suite = ET.parse(tmp_path / "j.xml").getroot().find("testsuite")
    assert suite.get("failures") == str(code) and suite.get("errors") == "0"


def test_corrupted_inputs_and_searches_have_limits_too():
    report = checked("--max-corrupted-disagreement", 0.5, "--max-severity", 20, "--min-queries", 1.0, "--search-seeds", 20,
                     "--max-queries", 60, "--refine-queries", 10, compressed=LENET_PRUNED, code=0)
    assert [limit["name"] for limit in report["limits"]] == ["max-corrupted-disagreement", "max-severity", "min-queries"]
    assert report["searched"] == 20


def test_limits_come_from_a_file_and_the_command_line_wins(tmp_path):
    (tmp_path / "gate.toml").write_text('preprocess = "unit"\nmax-disagreement = 0.01\n')
    gate = ["check", LENET, LENET_PRUNED, DIGITS, "--config", tmp_path / "gate.toml"]
    assert dflare(*gate).code == 1
    assert dflare(*gate, "--max-disagreement", 0.2).code == 0


def test_what_the_time_did_not_suffice_for_is_inconclusive():
    report = checked("--max-corrupted-disagreement", 1, "--max-disagreement", 1, "--time-limit", 0.001, code=6)
    assert report["complete"] is False
    assert all("time" in limit["why"] for limit in report["limits"])


def test_a_model_that_answers_nan_never_passes(tmp_path):
    shape = (10, 8, 8, 1)
    np.save(tmp_path / "i.npy", np.full(shape, 200, np.uint8))
    result = dflare("check", MODELS / "ok_float.onnx", NAN, tmp_path / "i.npy", "--preprocess", "raw", "--max-disagreement", 1,
                    "--json")
    assert result.code == 1, result
    assert json.loads(result.out)["limits"][0]["name"] == "finite-answers"


def test_what_was_not_measured_is_no_pass_whatever_was_decided(corpus):
    for limits in [["--max-disagreement", 1], ["--corpus", corpus, "--max-still-deviating", 1000]]:
        checked(*limits, "--time-limit", 0.001, "--inconclusive", "pass", code=6)


# what is wrong | arguments after the pair and inputs | exit code | parts of the message
BAD = [
    ("nothing asked", [], 2, ["nothing is asked", "--max-disagreement"]),
    ("a limit that is no number", ["--max-disagreement", "one"], 2, ["--max-disagreement", "'one'"]),
    ("a limit that is NaN", ["--max-disagreement", "nan"], 2, ["--max-disagreement", "nan"]),
    ("a limit that is infinite", ["--max-severity", "inf"], 2, ["--max-severity", "inf"]),
    ("a percentage for a share", ["--max-disagreement", "5"], 2, ["--max-disagreement", "0 to 1"]),
    ("a limit below 0", ["--max-regressions", "-0.1"], 2, ["--max-regressions"]),
    ("findings without a corpus", ["--max-still-deviating", "0"], 2, ["--corpus"]),
    ("a corpus that is not there", ["--corpus", "/nowhere"], 2, ["/nowhere", "no corpus"]),
    ("an unknown verdict", ["--max-disagreement", "1", "--inconclusive", "maybe"], 2, ["--inconclusive"]),
    ("another oracle", ["--max-disagreement", "1", "--oracle", "value:0.1"], 2, ["check is about labels", "value:0.1"]),
    ("an option without effect", ["--max-disagreement", "1", "--search-seeds", "5"], 2, ["--max-severity or --min-queries"]),
    ("a file that cannot be written", ["--max-disagreement", "1", "--junit", "/nowhere/x/j.xml"], 4, ["/nowhere"]),
]


@pytest.mark.parametrize("wrong, arguments, code, parts", BAD, ids=[row[0] for row in BAD])
def test_bad_input_never_passes(wrong, arguments, code, parts):
    if code == 4 and os.geteuid() == 0:
        arguments = arguments[:-1] + ["/proc/x/j.xml"]
        parts = ["/proc/x"]
    result = check(*arguments)
    assert result.code == code, result
    assert [part for part in parts if part not in result.err] == [], result


def test_no_readable_input_is_no_pass(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.png").write_bytes(b"no image")
    assert check("--max-disagreement", 1, seeds=tmp_path / "seeds").code in (2, 5)


def test_limits_on_labels_without_labels_are_refused(tmp_path):
    np.save(tmp_path / "i.npy", np.zeros((5, 28, 28), np.uint8))
    result = check("--max-accuracy-drop", 0.1, seeds=tmp_path / "i.npy")
    assert result.code == 2 and "--labels" in result.err, result


def test_profile_refuses_another_oracle_plainly():
    result = dflare("profile", LENET, LENET_INT8, DIGITS, *UNIT, "--oracle", "cosine:0.9")
    assert result.code == 2 and "profile is about labels" in result.err, result


def test_an_older_report_is_not_harmed_by_a_check_that_does_not_end(tmp_path):
    (tmp_path / "j.xml").write_text("older")
    assert check("--max-disagreement", "nan", "--junit", tmp_path / "j.xml").code == 2
    assert (tmp_path / "j.xml").read_text() == "older"
    assert check("--max-disagreement", 1, "--junit", tmp_path / "j.xml").code == 0
    assert (tmp_path / "j.xml").read_text().startswith("<?xml")
    assert [p.name for p in tmp_path.iterdir()] == ["j.xml"]


# What the schema of Jenkins and GitLab asks of an element: attributes it must have, elements it may hold.
JUNIT = {
    "testsuites": ({"tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time"}, {"testcase", "system-out", "properties"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}


def read_junit(path):
    root = ET.parse(path).getroot()
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may = JUNIT[element.tag]
        assert must <= set(element.attrib), element.attrib
        assert {child.tag for child in element} <= may
    for suite in [root, *root.findall("testsuite")]:
        for attribute, tag in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")]:
            assert int(suite.get(attribute)) == len(list(suite.iter(tag)))
    return root


def test_junit_is_valid_and_has_a_case_a_limit(tmp_path):
    code = check("--max-disagreement", 0.01, "--max-accuracy-drop", 0.5, "--max-regressions", 0.012, "--junit",
                 tmp_path / "j.xml", compressed=LENET_PRUNED).code
    assert code == 1
    cases = {case.get("name"): case for case in read_junit(tmp_path / "j.xml").iter("testcase")}
    assert cases["max-disagreement"].find("failure") is not None
    assert cases["max-regressions"].find("error").get("type") == "inconclusive"
    assert len(cases["max-accuracy-drop"].findall("failure")) == 0


def test_nothing_in_a_name_is_taken_for_markup(tmp_path):
    model = tmp_path / NASTY.replace("/", "")
    shutil.copy(LENET_PRUNED, model)
    seeds = tmp_path / 'seeds<&>"\'\x1b[2J'
    seeds.mkdir()
    for i, image in enumerate(sorted(DIGITS.rglob("*.png"))[:12]):
        shutil.copy(image, seeds / f'{i}]]><x a="\x02`|@bob\xff.png')
    result = check("--max-disagreement", 0, "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "m.md",
                   compressed=model, seeds=seeds)
    assert result.code in (1, 6), result
    root = read_junit(tmp_path / "j.xml")
    assert "<img src=x" in "".join(root.itertext())
    markdown = (tmp_path / "m.md").read_text()
    for bad in ["<img", "`", "@all", "\x1b", "\x01"]:
        assert bad not in markdown, bad
    assert set(re.findall(r"<(/?\w+)", markdown)) == {"code", "/code"}
    for text in [result.out, result.err]:
        assert "\x1b" not in text and "\x01" not in text


# corpus and replay


def test_the_same_models_still_deviate_on_all_findings(pruned_run):
    result = replay(pruned_run, "--json")
    assert result.code == 0, result
    report = json.loads(result.out)["replay"]
    assert report["still_deviating"] == len(report["findings"]) > 5


def test_a_compressed_model_that_is_the_original_has_all_fixed(pruned_run):
    result = replay(pruned_run, "--compressed", LENET, "--max-still-deviating", 0, "--json")
    assert result.code == 0, result
    report = json.loads(result.out)
    assert report["replay"]["fixed"] == len(report["replay"]["findings"])
    assert report["verdict"] == "pass"


def test_a_corpus_says_how_its_models_were_fed(corpus, pruned_run):
    result = from_corpus(corpus, "--json")
    assert result.code == 0, result
    assert json.loads(result.out)["replay"]["still_deviating"] == json.loads(replay(pruned_run, "--json").out)["replay"]["still_deviating"]


def test_a_replay_is_a_gate_where_a_limit_is_given(corpus, tmp_path):
    result = from_corpus(corpus, "--max-still-deviating", 0, "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "m.md")
    assert result.code == 1, result
    assert read_junit(tmp_path / "j.xml").find("testsuite").get("failures") == "1"
    assert "still deviate" in (tmp_path / "m.md").read_text()
    assert from_corpus(corpus, "--max-still-deviating", 1000).code == 0


def test_a_corpus_fed_otherwise_is_no_pass(corpus):
    """Both models see nothing they know: what they agree on is beyond recognition, and not fixed."""
    result = from_corpus(corpus, "--preprocess", "scale=100000,mean=0,std=1", "--max-still-deviating", 0,
                         compressed=LENET)
    assert result.code in (1, 6), result
    assert "fed the same way" in result.err


def test_check_replays_a_corpus_first(corpus):
    report = checked("--corpus", corpus, "--max-disagreement", 0.05, compressed=LENET, code=0)
    assert [limit["name"] for limit in report["limits"]] == ["max-still-deviating", "max-disagreement"]
    assert checked("--corpus", corpus, compressed=LENET_PRUNED, code=1)["verdict"] == "fail"


def test_a_corpus_without_models_is_refused(corpus):
    result = replay(corpus)
    assert result.code == 2 and "--original MODEL --compressed MODEL" in result.err, result


def test_a_missing_image_is_named_and_no_pass(copy):
    image = next((copy / "images").iterdir())
    image.unlink()
    for result in [from_corpus(copy, "--max-still-deviating", 1000, compressed=LENET), check("--corpus", copy)]:
        assert result.code == 2, result
        assert image.name in result.err and "missing" in result.err


def test_an_altered_image_is_named_and_no_pass(copy):
    images = sorted((copy / "images").iterdir())
    shutil.copy(images[0], images[1])
    for result in [from_corpus(copy, "--max-still-deviating", 1000, compressed=LENET), check("--corpus", copy)]:
        assert result.code == 2, result
        assert images[1].name in result.err and "altered" in result.err


def test_a_corpus_holds_no_path_of_this_machine(corpus, pruned_run):
    for file in corpus.rglob("*.json"):
        assert "/" not in re.sub(r'"source": "\d/\d+\.png"', "", file.read_text()), file


def test_exporting_again_adds_nothing(copy, pruned_run):
    before = sorted(p.name for p in copy.rglob("*"))
    result = dflare("export", pruned_run, "--corpus", copy)
    assert result.code == 0 and result.err.startswith("0 findings added"), result
    assert sorted(p.name for p in copy.rglob("*")) == before


def test_models_that_are_gone_are_named(pruned_run, tmp_path):
    result = replay(pruned_run, "--compressed", tmp_path / "gone.onnx")
    assert result.code == 2 and "gone.onnx" in result.err, result


def test_what_is_no_run_is_refused(tmp_path):
    for verb in [["replay", tmp_path], ["export", tmp_path, "--corpus", tmp_path / "c"], ["compare", tmp_path, tmp_path]]:
        result = dflare(*verb)
        assert result.code == 2 and str(tmp_path) in result.err, result


def test_a_corrupt_run_and_one_of_a_later_version_are_refused(pruned_run, tmp_path):
    run = shutil.copytree(pruned_run, tmp_path / "run")
    database = run / "run.sqlite"
    whole = database.read_bytes()
    database.write_bytes(whole[:60] + (9).to_bytes(4, "big") + whole[64:])  # user_version
    assert replay(run).code == 2
    database.write_bytes(whole[:5000])
    assert replay(run).code == 2
    assert dflare("compare", run, pruned_run).code == 2
    assert dflare("export", run, "--corpus", tmp_path / "c").code == 2


def test_a_run_without_findings_proves_nothing(tmp_path):
    assert digits_search(tmp_path / "run", "--max-seeds", 3, compressed=LENET).code == 0
    result = replay(tmp_path / "run", "--max-still-deviating", 0)
    assert result.code == 2 and "no confirmed findings" in result.err, result
    assert dflare("export", tmp_path / "run", "--corpus", tmp_path / "c").code == 2


def test_a_run_by_another_oracle_is_refused_plainly(tmp_path):
    assert digits_search(tmp_path / "run", "--max-seeds", 3, "--oracle", "cosine:0.5").code == 0
    for verb in [["replay", tmp_path / "run"], ["export", tmp_path / "run", "--corpus", tmp_path / "c"]]:
        result = dflare(*verb)
        assert result.code == 2 and "--oracle" in result.err, result


# compare


def test_a_run_compared_with_itself_has_nothing_new(pruned_run):
    result = dflare("compare", pruned_run, pruned_run, "--json")
    assert result.code == 0, result
    report = json.loads(result.out)
    assert report["fixed"] == [] and report["new"] == [] and report["inputs"] > 30
    assert {figure["direction"] for figure in report["figures"]} == {"cannot be told apart"}


def test_runs_of_two_variants_are_compared_input_by_input(pruned_run, tmp_path):
    assert digits_search(tmp_path / "run", "--max-seeds", 40, "--quiet", compressed=LENET).code == 0
    report = json.loads(dflare("compare", pruned_run, tmp_path / "run", "--json").out)
    assert len(report["fixed"]) > 20 and report["new"] == [] and report["still"] == 0
    assert report["figures"][0]["direction"] == "better"
    back = dflare("compare", tmp_path / "run", pruned_run)
    assert back.code == 0 and "worse" in back.out, back


def test_runs_of_different_inputs_are_not_compared(pruned_run, tmp_path):
    assert digits_search(tmp_path / "run", "--quiet", seeds=DIGITS / "3").code == 0
    result = dflare("compare", pruned_run, tmp_path / "run")
    assert result.code == 2 and "300 inputs" in result.err, result


def test_profiles_are_compared(profile, tmp_path):
    assert dflare("profile", LENET, LENET_INT8, DIGITS, *UNIT, "-q", "-o", tmp_path / "b.json").code == 0
    report = json.loads(dflare("compare", profile, tmp_path / "b.json", "--json").out)
    assert report["of"] == "profiles" and len(report["fixed"]) == 10
    directions = {figure["name"]: figure["direction"] for figure in report["figures"]}
    assert directions["differ as they are"] == directions["differ under corruption"] == "better"
    assert dflare("compare", profile, tmp_path).code == 2
    (tmp_path / "b.json").write_text("{}")
    assert "no profile" in dflare("compare", profile, tmp_path / "b.json").err


def test_a_command_that_a_run_names_is_not_run_unless_allowed(tmp_path):
    script = tmp_path / "touch.sh"
    script.write_text(f"touch {tmp_path}/was_run\nexec {DFLARE.parent}/tests/exec_child u8\n")
    np.save(tmp_path / "i.npy", np.arange(6 * 64, dtype=np.uint8).reshape(6, 8, 8))
    command = f"exec:sh {script}"
    if not (DFLARE.parent / "tests/exec_child").exists():
        pytest.skip("exec_child is not built")
    searched = dflare("search", command, command, tmp_path / "i.npy", "-o", tmp_path / "run", "--max-queries", 5)
    assert (tmp_path / "was_run").exists(), searched
    (tmp_path / "was_run").unlink()
    result = replay(tmp_path / "run")
    assert result.code == 2 and not (tmp_path / "was_run").exists(), result
