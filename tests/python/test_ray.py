"""Searches by Ray on two local workers: the bytes of one machine, whatever dies. Needs ray (`./dev test --all`)."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import conftest
import numpy as np
import pytest

import dflare

pytestmark = pytest.mark.whole
DIGITS = dict(preprocess="unit", max_queries=60, max_seeds=40)
PAIR = (conftest.ORIGINAL, conftest.COMPRESSED, conftest.DIGITS)


def contents(run):
    return [(f.seed_index, f.png, f.label_original, f.label_compressed, f.queries, f.how) for f in run]


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    ray.cloudpickle.register_pickle_by_value(conftest)
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield ray
    ray.shutdown()


@pytest.fixture(scope="module")
def whole():
    return dflare.search(*PAIR, **DIGITS)


def test_two_workers_leave_the_bytes_of_one_machine(ray, whole, tmp_path):
    told = []
    run = dflare.ray.search(*PAIR, out=tmp_path / "run", progress=told.append, chunk=5, **DIGITS)
    assert len(whole) > 5 and contents(run) == contents(whole)
    assert run.complete and run.end == "complete"
    assert [p.done for p in told] == sorted(p.done for p in told) and told[-1].done == told[-1].of > 5
    assert dflare.show(run, run[0]).rebuilt
    again = dflare.ray.search(*PAIR, out=tmp_path / "run", **DIGITS)
    assert contents(again) == contents(whole)


def test_callables_inputs_in_memory_and_labels_are_sent(ray, images, toys, tmp_path):
    labels = toys[0](images).argmax(1)
    run = dflare.ray.search(*toys, images, labels, out=tmp_path / "run", max_queries=200, chunk=2)
    assert contents(run) == contents(dflare.search(*toys, images, labels, max_queries=200))
    assert np.array_equal(run.inputs, images) and all(f.label == labels[f.seed_index] for f in run)
    assert dflare.show(run, run[0]).rebuilt


class Walk(dflare.Strategy):
    def begin(self, seed, rng):
        self.image, self.rng = seed.image, rng

    def propose(self):
        self.image = np.clip(self.image + self.rng.normal(0, 30, self.image.shape), 0, 255)
        return self.image[np.newaxis]


def test_a_strategy_of_ones_own_goes_along(ray, images, toys, tmp_path):
    run = dflare.ray.search(*toys, images, out=tmp_path / "run", strategy=Walk, max_queries=200, chunk=3)
    assert len(run) > 0 and contents(run) == contents(dflare.search(*toys, images, strategy=Walk, max_queries=200))


def dying(file, toy, deaths):
    """A model whose process dies at its 30th batch, `deaths` times in all."""

    def scores(batch):
        scores.asked += 1
        if scores.asked > 30:
            died = len(open(file).read()) if os.path.exists(file) else 0
            if died < deaths:
                with open(file, "a") as stream:
                    stream.write("x")
                os.kill(os.getpid(), signal.SIGKILL)
        return toy(batch)

    scores.asked = 0
    return scores


def test_lost_workers_cost_no_finding_and_make_none_twice(ray, images, toys, tmp_path):
    models = (dying(str(tmp_path / "deaths"), toys[0], 3), toys[1])
    run = dflare.ray.search(*models, images, out=tmp_path / "run", max_queries=200, chunk=2, batch=4)
    assert (tmp_path / "deaths").read_text() == "xxx"
    assert contents(run) == contents(dflare.search(*toys, images, max_queries=200))


def test_a_model_that_always_dies_is_given_up(ray, images, toys, tmp_path):
    models = (dying(str(tmp_path / "deaths"), toys[0], 10**9), toys[1])
    with pytest.raises(dflare.ModelFailed, match="actors? died") as raised:
        dflare.ray.search(*models, images, out=tmp_path / "run", max_queries=2000, linf=1, batch=4)
    assert raised.value.run is not None and not raised.value.run.complete


def failing(toy):
    def scores(batch):
        scores.asked += 1
        if scores.asked > 30:
            raise LookupError("no more")
        return toy(batch)

    scores.asked = 0
    return scores


def test_a_model_that_fails_is_given_up_with_its_traceback_and_what_was_found(ray, images, toys, tmp_path):
    with pytest.raises(dflare.ModelFailed, match="no more") as raised:
        dflare.ray.search(failing(toys[0]), toys[1], images, out=tmp_path / "run", max_queries=200, batch=2)
    assert "in scores" in str(raised.value.__cause__)
    run = dflare.resume(raised.value.run, *toys)
    assert contents(run) == contents(dflare.search(*toys, images, max_queries=200))


def unwilling(folder, toy):
    """A model that does not open in the second process that tries."""

    def scores(batch):
        if scores.refuses is None:
            (folder / str(os.getpid())).touch()
            scores.refuses = len(list(folder.iterdir())) == 2
        if scores.refuses:
            raise OSError("no such weights here")
        return toy(batch)

    scores.refuses = None
    return scores


def test_a_machine_that_cannot_begin_is_left_out(ray, images, toys, tmp_path):
    (tmp_path / "opened").mkdir()
    models = (unwilling(tmp_path / "opened", toys[0]), toys[1])
    run = dflare.ray.search(*models, images, out=tmp_path / "run", actors=2, max_queries=200, chunk=6)
    assert len(list((tmp_path / "opened").iterdir())) == 2
    assert contents(run) == contents(dflare.search(*toys, images, max_queries=200))


def unopened(batch):
    raise OSError("no such weights")


def test_models_that_cannot_begin_are_told(ray, images, toys, tmp_path):
    with pytest.raises(dflare.ModelFailed, match="no such weights"):
        dflare.ray.search(unopened, toys[1], images, out=tmp_path / "run")
    with pytest.raises(dflare.BadInput, match="missing.onnx"):
        dflare.ray.search(tmp_path / "missing.onnx", conftest.COMPRESSED, images, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_module_that_actors_do_not_have_is_named(ray, images, toys, tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def model(batch):\n    return batch.reshape(len(batch), -1)[:, :4] / 255\n")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here

    with pytest.raises(dflare.BadArgument, match="only_here"):
        dflare.ray.search(only_here.model, toys[1], images, out=tmp_path / "run")


def test_another_searchs_run_is_refused(ray, images, toys, tmp_path):
    dflare.ray.search(*toys, images, out=tmp_path / "run", max_queries=200)
    with pytest.raises(dflare.BadInput, match="max_queries is"):
        dflare.ray.search(*toys, images, out=tmp_path / "run", max_queries=300)
    with pytest.raises(dflare.BadArgument, match="shard is for the run of one machine"):
        dflare.ray.search(*toys, images, out=tmp_path / "other", shard="0/2")


DRIVER = """
    import sys, dflare
    if __name__ == "__main__":
        dflare.ray.search({pair}, out=sys.argv[1], chunk=1, **{options})
"""


def test_a_killed_driver_goes_on_when_it_is_called_again(whole, tmp_path):
    pytest.importorskip("ray")
    script = tmp_path / "driver.py"
    pair = ", ".join(repr(str(path)) for path in PAIR)
    script.write_text(textwrap.dedent(DRIVER).format(pair=pair, options=DIGITS))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
    driver = subprocess.Popen([sys.executable, script, tmp_path / "run"], env=environment, start_new_session=True)
    until = time.monotonic() + 120
    while len(list(tmp_path.glob("run/findings/*.png"))) < 3 and time.monotonic() < until and driver.poll() is None:
        time.sleep(0.02)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    left = dflare.load(tmp_path / "run")
    assert 0 < len(left) < len(whole)
    done = subprocess.run([sys.executable, script, tmp_path / "run"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert contents(dflare.load(tmp_path / "run")) == contents(whole)


def test_the_example_runs(tmp_path):
    pytest.importorskip("ray")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
    command = [sys.executable, "examples/17_ray/search.py", tmp_path / "run"]
    done = subprocess.run(command, cwd=conftest.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "inputs have a finding" in done.stdout, done.stderr
    alone = dflare.search(*PAIR, preprocess="unit", max_seeds=40, max_queries=300)
    assert contents(dflare.load(tmp_path / "run")) == contents(alone)
