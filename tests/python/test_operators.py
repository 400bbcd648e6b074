"""Operators of one's own: applied by the engine, the same on every machine, told when they fail."""

import subprocess

import conftest
import numpy as np
import pytest

import dflare
from dflare.operators import Mutating

DIGITS = (conftest.ORIGINAL, conftest.COMPRESSED, conftest.DIGITS)
ASKED = dict(strategy="dflare", max_queries=200)


def fade(image, rng):
    return image * rng.uniform(0.6, 1.2) + rng.normal(0, 25, image.shape)


class Stripe(dflare.Operator):
    def __init__(self, width=1):
        self.name, self.width = f"stripe-{width}", width

    def apply(self, image, rng):
        at = rng.integers(image.shape[1] - self.width + 1)
        image[:, at : at + self.width] = rng.integers(0, 256)
        return image


def contents(run):
    return [(f.seed_index, f.png, f.label_original, f.label_compressed, f.queries, str(f.how)) for f in run]


@pytest.mark.parametrize("strategy", ["dflare", "random"])
def test_findings_are_the_same_whatever_the_batch_and_the_workers(images, toys, strategy):
    asked = dict(strategy=strategy, operators=[fade, Stripe(2)], max_queries=200)
    run = dflare.search(*toys, images, batch=2, workers=1, **asked)
    again = dflare.search(*toys, images, batch=8, workers=3, **asked)
    assert len(run) > 3 and contents(run) == contents(again)
    assert run.options["operators"] == "own:fade,own:stripe-2"
    assert contents(run) != contents(dflare.search(*toys, images, rng_seed=1, **asked))


def test_mutants_are_what_the_operators_make(images, toys):
    """All other pixels are the seed's."""
    run = dflare.search(*toys, images, operators=[Stripe], **ASKED)
    assert len(run) > 3 and run.options["operators"] == "own:stripe-1"
    for finding in run:
        changed = (finding.input != finding.seed).any(axis=(0, 2))
        columns = finding.input[:, changed]
        assert changed.any() and (columns == columns[:1]).all()


def test_floats_are_rounded_and_values_beyond_a_pixel_clipped():
    values = [300.2, -7, 1.6, 254.4]
    made = Mutating(lambda image, rng: image + np.array(values).reshape(2, 2, 1))(np.zeros((2, 2, 1), np.uint8), 1, 2)
    assert made.dtype == np.uint8 and made.ravel().tolist() == [255, 0, 2, 254]


def test_end_points_of_boundary_are_composed_of_them(images, toys):
    seen = []

    def noted(image, rng):
        seen.append(image.shape)
        return fade(image, rng)

    run = dflare.search(*toys, images, strategy="boundary", end_points="mutate", operators=[noted], max_queries=200)
    assert len(run) > 0 and set(seen) == {(8, 8, 1)}


def test_they_stand_beside_ours(images, toys):
    run = dflare.search(*toys, images, operators=["paper", fade], **ASKED)
    assert run.options["operators"] == "paper,own:fade"
    named = dflare.search(*toys, images, operators=["gaussian-noise", "average-blur"], **ASKED)
    assert contents(named) == contents(dflare.search(*toys, images, operators="gaussian-noise,average-blur", **ASKED))


def test_a_finding_is_rebuilt_with_them_and_not_without(images, toys, tmp_path):
    run = dflare.search(*toys, images, operators=[fade], out=tmp_path / "run", **ASKED)
    assert dflare.show(run, run[0]).rebuilt
    assert dflare.show(tmp_path / "run", run[0], *toys, operators=[fade]).rebuilt
    with pytest.raises(dflare.BadArgument, match="were code of yours, own:fade"):
        dflare.show(tmp_path / "run", run[0], *toys)
    with pytest.raises(dflare.BadArgument, match="are own:fade, not own:stripe-1"):
        dflare.show(tmp_path / "run", run[0], *toys, operators=[Stripe])
    other = dflare.search(*toys, images, **ASKED)
    with pytest.raises(dflare.BadArgument, match="the operators of .* are paper, not own:fade"):
        dflare.resume(other, operators=[fade])


def test_a_run_that_was_stopped_goes_on_with_them(images, toys, tmp_path):
    many = np.concatenate([images] * 20)
    whole = dflare.search(*toys, many, operators=[fade], **ASKED)

    def stop(progress):
        if progress.found >= 5:
            raise KeyboardInterrupt

    with pytest.raises(dflare.Interrupted) as stopped:
        dflare.search(*toys, many, operators=[fade], out=tmp_path / "run", progress=stop, batch=1, workers=1, **ASKED)
    assert 0 < len(stopped.value.run) < len(whole)
    with pytest.raises(dflare.BadArgument, match="give them again"):
        dflare.resume(tmp_path / "run", *toys)
    assert contents(dflare.resume(tmp_path / "run", *toys, operators=[fade])) == contents(whole)


def test_what_an_operator_raises_comes_with_its_traceback_and_what_was_found(images, toys):
    asked = []

    def failing(image, rng):
        asked.append(1)
        if len(asked) > 300:
            raise LookupError("no idea")
        return fade(image, rng)

    with pytest.raises(dflare.OperatorFailed, match="own:failing: LookupError: no idea") as told:
        dflare.search(*toys, np.concatenate([images] * 5), operators=[failing], batch=1, workers=1, **ASKED)
    assert isinstance(told.value.__cause__, LookupError) and len(told.value.run) > 0


@pytest.mark.parametrize(
    ("gives", "words"),
    [
        (lambda image: None, "gave None"),
        (lambda image: image[1:], "gave 7 x 8 x 1, expected 8 x 8 x 1"),
        (lambda image: image * np.nan, "not finite"),
        (lambda image: image.astype(str), "expected numbers"),
    ],
    ids=["none", "shape", "nan", "text"],
)
def test_what_is_no_image_is_told(images, toys, gives, words):
    with pytest.raises(dflare.OperatorFailed, match=words):
        dflare.search(*toys, images, operators=[lambda image, rng: gives(image)], **ASKED)


@pytest.mark.parametrize(
    ("operators", "words"),
    [
        ([], "empty list"),
        ([3], "expected a name, a dflare.Operator or a function"),
        (Stripe, "expected a list"),
        ([fade, fade], "'own:fade' is named twice"),
        (["gausian-noise", fade], "gaussian-noise"),
        ([fade], "--strategy|strategy"),
    ],
    ids=["empty", "number", "no list", "twice", "misspelt", "natural has none"],
)
def test_lists_that_mean_nothing_are_refused(images, toys, operators, words):
    strategy = "natural" if words.startswith("--strategy") else "dflare"
    with pytest.raises(dflare.BadArgument, match=words):
        dflare.search(*toys, images, operators=operators, strategy=strategy)


def test_arrays_are_not_for_them():
    models = conftest.MODELS
    asked = dict(operators=[fade], strategy="random", max_queries=20)
    with pytest.raises(dflare.BadArgument, match="operators of one's own are for images"):
        pair = (models / "gestures-mlp.onnx", models / "gestures-mlp-int8.onnx")
        dflare.search(*pair, conftest.ROOT / "examples/seeds/gestures.npy", **asked)


def test_the_command_cannot_go_on_with_them_and_says_so(tmp_path, command):
    digits = dict(preprocess="unit", max_seeds=4, max_queries=20, strategy="random", out=tmp_path / "run")
    run = dflare.search(*DIGITS, operators=["paper", fade], **digits)
    found = f"{run[0].seed_index}" if len(run) else "0"
    done = subprocess.run([command, "show", run.folder, found], capture_output=True, text=True)
    assert done.returncode == 2
    done = subprocess.run(
        [command, "search", *DIGITS, "--strategy", "random", "--operators", "own:fade", "-o", tmp_path / "other"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "the operator own:fade is code of the program that began the run" in done.stderr
    assert not (tmp_path / "other").exists()
