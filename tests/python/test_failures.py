"""What goes wrong: callables that are no models, inputs that are none, Ctrl-C. What was found stays."""

import os
import signal
import subprocess
import sys
import time
import traceback

import numpy as np
import pytest
from conftest import linear

import dflare

GOOD = linear()


def bad(change):
    """A model whose answers are changed."""
    return dflare.Model(lambda batch: change(GOOD(batch)), name="bad_one")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda scores: None, "gave None for 1 images, expected an array of scores: is a return missing?"),
        (lambda scores: scores[:0], "gave 0 x 4 for 1 images, expected a row for each"),
        (lambda scores: scores[0], "gave 4 for 1 images, expected a row for each"),
        (lambda scores: scores[:, :1], "gave 1 x 1 for 1 image, expected 1 x classes"),
        (lambda scores: scores[:, None], "gave 1 x 1 x 4 for 1 image, expected 1 x classes"),
        (lambda scores: scores.astype(str), "gave ndarray of <U32, expected numbers"),
        (lambda scores: scores.astype(complex), "gave ndarray of complex128, expected numbers"),
        (lambda scores: 3, "gave one value for 1 images, expected a row for each"),
        (lambda scores: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_an_answer_that_is_none_is_told_with_the_models_name(images, change, words):
    with pytest.raises(dflare.ModelFailed) as raised:
        dflare.search(GOOD, bad(change), images)
    assert raised.value.message.startswith("function:bad_one: ")
    assert words in raised.value.message
    assert raised.value.__cause__ is not None and raised.value.run is None


def test_fewer_rows_than_inputs_are_refused(images):
    with pytest.raises(dflare.ModelFailed, match=r"function:bad_one: ValueError: gave \d+ x 4 for \d+ images"):
        dflare.search(GOOD, bad(lambda scores: scores if len(scores) == 1 else scores[:-1]), images)


def test_a_width_that_changes_is_refused(images):
    with pytest.raises(
        dflare.ModelFailed, match=r"function:bad_one: ValueError: gave \d+ x 3 for \d+ images, expected"
    ):
        dflare.search(GOOD, bad(lambda scores: scores if len(scores) == 1 else scores[:, :3]), images)


def test_a_model_that_answers_nan_leaves_nothing_to_search_from(images):
    with pytest.raises(dflare.NoUsableSeed):
        dflare.search(GOOD, bad(lambda scores: scores * np.nan), images)


def test_models_of_different_classes_are_refused(images):
    with pytest.raises(dflare.BadInput, match="function:bad_one has 3"):
        dflare.search(GOOD, bad(lambda scores: scores[:, :3]), images)


def test_a_model_that_mixes_its_rows_is_asked_one_at_a_time_and_told(images):
    mixing = bad(lambda scores: scores - scores.max() * len(scores))
    with pytest.warns(UserWarning, match="function:bad_one answers an input otherwise when others stand beside it"):
        run = dflare.search(GOOD, mixing, images, max_queries=20)
    assert run.summary["rows_exact"]


def test_an_exception_comes_with_its_own_traceback_and_what_was_found(images, toys):
    asked = []

    def fails_later(batch):
        asked.append(len(batch))
        if sum(asked) > 700:
            raise_from_deep_inside()
        return toys[1](batch)

    def raise_from_deep_inside():
        raise KeyError("no such class")

    with pytest.raises(dflare.ModelFailed) as raised:
        dflare.search(toys[0], fails_later, np.concatenate([images] * 20), batch=4, workers=1, max_queries=100)
    cause = raised.value.__cause__
    assert isinstance(cause, KeyError)
    assert "raise_from_deep_inside" in "".join(traceback.format_exception(cause))
    run = raised.value.run
    assert run is not None and not run.complete and len(run) > 0
    again = dflare.resume(run, *toys)
    whole = dflare.search(*toys, np.concatenate([images] * 20), max_queries=100)
    assert again.complete
    assert [f.png for f in again] == [f.png for f in whole]


def test_an_input_on_which_a_callable_fails_ends_its_own_search_only(images, toys):
    dark = np.zeros_like(images[:1])

    def fails_on_black(batch):
        if any(not row.any() for row in batch):
            raise ValueError("black")
        return toys[1](batch)

    run = dflare.search(toys[0], fails_on_black, np.concatenate([images, dark]), max_queries=60)
    assert run.complete and len(run) > 0
    assert run.summary["skipped"]["failed"] == 1


def test_what_ends_a_program_in_a_callable_ends_the_search(images, toys, tmp_path):
    asked = []

    def exits(batch):
        asked.append(len(batch))
        if sum(asked) > 700:
            sys.exit(7)
        return toys[1](batch)

    with pytest.raises(SystemExit):
        dflare.search(toys[0], exits, np.concatenate([images] * 20), batch=4, out=tmp_path / "run")
    assert not dflare.load(tmp_path / "run").complete


@pytest.mark.parametrize(
    ("seeds", "labels", "words"),
    [
        (np.zeros((3, 8, 8, 1), np.float32), None, "inputs are float32, expected uint8"),
        (np.zeros((3, 3, 8, 8), np.uint8), None, r"move the channels last: x.transpose\(0, 2, 3, 1\)"),
        (np.zeros((3,), np.uint8), None, "expected N x H x W"),
        ([np.zeros((8, 8), np.float64)], None, "input 0 is ndarray of float64"),
        ([], None, "no inputs are given"),
        (7, None, "inputs are int, expected a path, an array or an iterable"),
        (np.zeros((3, 8, 8, 1), np.uint8), [1, 2], "2 labels for 3 inputs"),
        (np.zeros((3, 8, 8, 1), np.uint8), [1, 2, 9], "label 9 of input 2, expected a class of the models, 0 to 3"),
        (np.zeros((3, 8, 8, 1), np.uint8), [1.0, 2, 3], "expected one whole number"),
        (np.zeros((3, 8, 8, 1), np.uint8), "labels.npy", "give both as arrays, or both as files"),
        ([np.zeros((8, 8), np.uint8), np.zeros((9, 8), np.uint8)], None, "inputs have several sizes"),
    ],
)
def test_inputs_that_are_none_are_refused(toys, seeds, labels, words):
    with pytest.raises(dflare.BadArgument, match=words):
        dflare.search(*toys, seeds, labels)


def test_callables_need_a_shape_where_nothing_tells_it(toys, tmp_path):
    with pytest.raises(dflare.BadArgument, match=r"shape=\(height, width, channels\)"):
        dflare.search(*toys, tmp_path)
    with pytest.raises(dflare.BadArgument, match="expected \\(height, width, channels\\)"):
        dflare.Model(toys[0], shape=(3, 8, 8, 8))
    with pytest.raises(dflare.BadArgument, match="expected a callable"):
        dflare.Model(3)
    with pytest.raises(dflare.BadInput, match="no such file"):
        dflare.search(*toys, tmp_path / "nothing")


def test_a_folder_that_is_taken_is_left_alone(toys, images, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(dflare.BadArgument):
        dflare.search(*toys, images, out=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_run_of_callables_is_gone_on_with_by_giving_them_again(toys, images, tmp_path, command):
    run = dflare.search(*toys, images, out=tmp_path / "run", max_queries=100, time_limit=600)
    with pytest.raises(dflare.BadArgument, match="give it again: original="):
        dflare.resume(tmp_path / "run")
    assert dflare.resume(tmp_path / "run", *toys).complete
    assert dflare.show(run, run[0]).rebuilt
    assert not dflare.show(run, run[0], linear(coarse=1.5)).rebuilt
    shown = subprocess.run([command, "show", tmp_path / "run", "0"], capture_output=True, text=True)
    assert shown.returncode == 2 and "is code of the program that began this" in shown.stderr


def test_ctrl_c_keeps_what_was_found_and_the_run_goes_on(images, toys):
    many = np.concatenate([images] * 40)
    sent = []

    def interrupt(progress):
        if progress.found and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    def slow(batch):
        time.sleep(0.002)
        return toys[1](batch)

    with pytest.raises(KeyboardInterrupt) as raised:
        dflare.search(toys[0], slow, many, batch=4, workers=1, max_queries=60, progress=interrupt)
    assert isinstance(raised.value, dflare.Interrupted)
    run = raised.value.run
    assert run is not None and not run.complete and run.end == "stopped" and len(run) > 0
    whole = dflare.search(*toys, many, max_queries=60)
    assert [f.png for f in dflare.resume(run, *toys)] == [f.png for f in whole]


def test_ctrl_c_at_start_up_leaves_nothing(images, toys, tmp_path):
    sent = []

    def interrupted(batch):
        if not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        return toys[1](batch)

    with pytest.raises(dflare.Interrupted, match="before the search began") as raised:
        dflare.search(toys[0], interrupted, images, out=tmp_path / "run")
    assert raised.value.run is None and not (tmp_path / "run").exists()


def test_errors_pass_between_processes():
    import pickle

    error = pickle.loads(pickle.dumps(dflare.BadInput("a.png: empty", "use --labels FILE")))
    assert (error.message, error.hint) == ("a.png: empty", "use labels=FILE")
