"""Strategies of one's own: run by the engine, the same on every machine, told when they fail."""

import subprocess
import traceback

import numpy as np
import pytest

import dflare


class Noise(dflare.Strategy):
    """A random walk."""

    def begin(self, seed, rng):
        self.image, self.rng, self.steps = seed.image, rng, 0

    def propose(self):
        self.steps += 1
        self.image = np.clip(self.image + self.rng.normal(0, 30, self.image.shape), 0, 255)
        return self.image[np.newaxis]

    def how(self):
        return {"steps": self.steps}


class Several(dflare.Strategy):
    proposals = 3

    def begin(self, seed, rng):
        self.seed, self.rng, self.best = seed, rng, seed.image

    def propose(self):
        return [np.clip(self.best + self.rng.normal(0, 30, self.best.shape), 0, 255) for _ in range(3)]

    def observe(self, answers):
        assert len(answers) == 3 and answers.images.dtype == np.uint8 and answers.original.shape == (3, 4)
        assert np.allclose(answers.original.sum(1), 1, atol=1e-5)
        assert np.array_equal(answers.margin_original > 0, answers.label_original == self.seed.label)
        self.best = answers.images[np.argmin(answers.margin_original)]


def contents(run):
    return [(f.seed_index, f.png, f.label_original, f.label_compressed, f.queries) for f in run]


@pytest.mark.parametrize("strategy", [Noise, Several])
def test_a_strategy_finds_the_same_whatever_the_batch_and_the_workers(images, toys, strategy):
    run = dflare.search(*toys, images, strategy=strategy, max_queries=200, batch=2, workers=1)
    again = dflare.search(*toys, images, strategy=strategy, max_queries=200, batch=8, workers=3)
    assert len(run) > 3
    assert contents(run) == contents(again)
    assert run.options["strategy"] == f"own:{strategy.__name__}"
    assert contents(run) != contents(dflare.search(*toys, images, strategy=strategy, max_queries=200, rng_seed=1))


def test_a_finding_says_how_and_is_rebuilt(images, toys, tmp_path, command):
    run = dflare.search(*toys, images, strategy=Noise, max_queries=200, out=tmp_path / "run")
    assert all(finding.how["steps"] == finding.queries - 1 for finding in run)
    assert dflare.show(run, run[0]).rebuilt
    assert dflare.show(run.folder, run[0], *toys, strategy=Noise).rebuilt
    with pytest.raises(dflare.BadArgument, match="was a class of yours, own:Noise"):
        dflare.show(run.folder, run[0], *toys)
    done = subprocess.run([command, "export", run.folder, "-o", "-"], capture_output=True, text=True)
    assert done.returncode == 0 and '"steps"' in done.stdout


def test_several_findings_of_a_seed_are_asked_for_again(images, toys):
    run = dflare.search(*toys, images, strategy=Noise, max_queries=200, findings_per_seed=3)
    counts = [sum(f.seed_index == i for f in run) for i in range(len(images))]
    assert max(counts) == 3


def test_inputs_stay_inside_the_budget(images, toys):
    run = dflare.search(*toys, images, strategy=Noise, max_queries=300, linf=20)
    assert all(finding.linf <= 20 for finding in run)


class Failing(Noise):
    asked = 0

    def propose(self):
        Failing.asked += 1
        if Failing.asked > 150:
            raise LookupError("no idea")
        return super().propose()


def test_what_a_strategy_raises_comes_with_its_traceback_and_what_was_found(images, toys):
    Failing.asked = 0
    many = np.concatenate([images] * 20)
    with pytest.raises(dflare.StrategyFailed, match="own:Failing: LookupError: no idea") as raised:
        dflare.search(*toys, many, strategy=Failing, max_queries=200, batch=4, workers=1)
    assert isinstance(raised.value.__cause__, LookupError)
    assert "in propose" in "".join(traceback.format_exception(raised.value.__cause__))
    run = raised.value.run
    assert run is not None and len(run) > 0 and not run.complete
    Failing.asked = -(10**9)
    whole = dflare.search(*toys, many, strategy=Failing, max_queries=200)
    assert contents(dflare.resume(run)) == contents(whole)


@pytest.mark.parametrize(
    ("proposed", "words"),
    [
        (lambda s: np.zeros((1, 4, 4, 1)), r"gave 1 x 4 x 4 x 1, expected up to 1 \(proposals\) x 8 x 8 x 1"),
        (lambda s: np.zeros((2, 8, 8, 1)), r"gave 2 x 8 x 8 x 1, expected up to 1"),
        (lambda s: np.full((1, 8, 8, 1), np.nan), "not finite"),
        (lambda s: [["a"]], "gave 1 x 1, expected"),
        (lambda s: 7, "TypeError"),
        (lambda s: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_what_is_no_input_is_told(images, toys, proposed, words):
    class Bad(Noise):
        def propose(self):
            return proposed(self)

    with pytest.raises(dflare.StrategyFailed, match=words):
        dflare.search(*toys, images, strategy=Bad)


def test_a_chain_ends_where_nothing_is_proposed_or_nothing_is_left(images, toys):
    class Silent(Noise):
        def propose(self):
            return None

    class Tired(Noise):
        def observe(self, answers):
            return False

    for strategy, queries in ((Silent, 1), (Tired, 2)):
        run = dflare.search(*toys, images, strategy=strategy)
        assert run.complete and run.summary["queries"]["total"] <= queries * len(images)


def test_what_is_no_strategy_is_refused(images, toys):
    with pytest.raises(dflare.BadArgument, match="did you mean 'boundary'"):
        dflare.search(*toys, images, strategy="boundry")
    with pytest.raises(dflare.BadArgument, match="expected the class"):
        dflare.search(*toys, images, strategy=Noise())
    with pytest.raises(dflare.BadArgument, match="makes int, expected a dflare.Strategy"):
        dflare.search(*toys, images, strategy=int)
    with pytest.raises(dflare.BadArgument, match="proposals is 0"):
        dflare.search(*toys, images, strategy=type("None_", (Noise,), {"proposals": 0}))


def test_the_command_cannot_go_on_with_it_and_says_so(images, toys, tmp_path, command):
    import conftest

    digits = dict(preprocess="unit", max_seeds=4, max_queries=20)
    run = dflare.search(
        conftest.ORIGINAL, conftest.COMPRESSED, conftest.DIGITS, strategy=Noise, out=tmp_path / "run", **digits
    )
    done = subprocess.run([command, "show", run.folder, "0"], capture_output=True, text=True)
    assert done.returncode == 2
    asked = ["search", conftest.ORIGINAL, conftest.COMPRESSED, conftest.DIGITS, "--strategy", "own:Noise"]
    done = subprocess.run([command, *asked, "-o", tmp_path / "other"], capture_output=True, text=True)
    assert done.returncode == 2 and "code of the program that began the run" in done.stderr
    with pytest.raises(dflare.BadArgument, match="is own:Noise, not own:Several"):
        dflare.resume(run, strategy=Several)


def test_ctrl_c_in_a_strategy_ends_the_search(images, toys):
    class Ends(Noise):
        def propose(self):
            raise SystemExit(7)

    with pytest.raises(SystemExit):
        dflare.search(*toys, images, strategy=Ends)
