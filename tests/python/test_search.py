"""dflare.search: the same findings as the command's, from whatever models and inputs are."""

import gc
import json
import subprocess
import threading

import numpy as np
import onnxruntime
import pytest
from conftest import COMPRESSED, DIGITS, ORIGINAL, linear

import dflare


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    opened = onnxruntime.InferenceSession(path, options)
    name = opened.get_inputs()[0].name
    return lambda batch: opened.run(None, {name: batch})[0]


def contents(run):
    return [(f.seed_index, f.ordinal, f.kind, f.label_original, f.label_compressed, f.png) for f in run]


@pytest.fixture(scope="module")
def by_path():
    return dflare.search(ORIGINAL, COMPRESSED, DIGITS, preprocess="unit", max_seeds=80)


def test_findings_of_paths_are_the_commands(by_path, command, tmp_path):
    subprocess.run(
        [
            command,
            "search",
            ORIGINAL,
            COMPRESSED,
            DIGITS,
            "--preprocess",
            "unit",
            "--max-seeds",
            "80",
            "-q",
            "-o",
            tmp_path / "run",
        ],
        check=True,
    )
    of_command = dflare.load(tmp_path / "run")
    assert len(by_path) > 50
    assert contents(by_path) == contents(of_command)
    assert by_path.summary["found"] == of_command.summary["found"]


def test_findings_of_sessions_are_those_of_their_files(by_path):
    how = dict(preprocess="unit,layout=nchw", concurrent=True)
    models = [dflare.Model(session(path), name=path.stem, **how) for path in (ORIGINAL, COMPRESSED)]
    from PIL import Image

    files = sorted(DIGITS.glob("*/*.png"))
    pairs = [(Image.open(file), int(file.parent.name)) for file in files]
    run = dflare.search(*models, pairs, max_seeds=80)
    assert run.summary["rows_exact"]
    assert [(f.ordinal, f.png) for f in run] == [(f.ordinal, f.png) for f in by_path]
    assert run.options["original"] == "function:digits-lenet5"


def test_findings_have_what_they_are_said_to_have(by_path):
    for finding in by_path[:10]:
        assert finding.input.dtype == np.uint8 and finding.input.shape == finding.seed.shape == (28, 28, 1)
        change = np.abs(finding.input.astype(int) - finding.seed)
        assert change.max() == finding.linf
        assert np.isclose(np.sqrt(((change / 255) ** 2).sum()), finding.l2)
        assert finding.label_original != finding.label_compressed
        assert finding.label == int(finding.source.split("/")[0])
        assert finding.path.read_bytes() == finding.png
        assert finding.severity >= 0 and finding.queries >= 1


def test_models_say_of_a_finding_what_it_says(by_path):
    models = session(ORIGINAL), session(COMPRESSED)
    for finding in by_path[:10]:
        batch = (finding.input[np.newaxis].transpose(0, 3, 1, 2) / np.float32(255)).astype(np.float32)
        assert [int(model(batch).argmax()) for model in models] == [finding.label_original, finding.label_compressed]


@pytest.mark.parametrize("form", ["array", "without channels", "list", "pairs", "dataset", "npy"])
def test_inputs_may_have_any_form(digits, by_path, form, tmp_path):
    images, labels = digits
    whole = images[..., np.newaxis]

    class Dataset:
        def __len__(self):
            return len(images)

        def __getitem__(self, i):
            return images[i], labels[i]

    np.save(tmp_path / "x.npy", images)
    np.save(tmp_path / "y.npy", labels)
    given = {
        "array": (whole, labels),
        "without channels": (images, list(labels)),
        "list": ([image for image in images], labels),
        "pairs": ([*zip(images, labels, strict=True)],),
        "dataset": (Dataset(),),
        "npy": (tmp_path / "x.npy", tmp_path / "y.npy"),
    }[form]
    expected = dflare.search(ORIGINAL, COMPRESSED, whole, labels, preprocess="unit", max_seeds=10)
    run = dflare.search(ORIGINAL, COMPRESSED, *given, preprocess="unit", max_seeds=10)
    assert len(run) > 5
    assert contents(run) == contents(expected)
    assert [f.label for f in run] == [labels[f.seed_index] for f in run]
    assert all(np.array_equal(f.seed, whole[f.seed_index]) for f in run)


def test_callables_get_bytes_or_preprocessed_floats(images):
    seen = {}

    def noting(name, dtype, shape):
        def call(batch):
            assert batch.dtype == dtype and batch.shape[1:] == shape
            seen[name] = batch
            return linear()(batch.reshape(len(batch), *shape))

        return call

    dflare.search(
        noting("bytes", np.uint8, (8, 8, 1)),
        dflare.Model(noting("floats", np.float32, (1, 8, 8)), preprocess="unit,layout=nchw"),
        images,
        max_queries=20,
        seed_filter="agree",
    )
    assert seen["bytes"].max() > 1 and 0 <= seen["floats"].min() and seen["floats"].max() <= 1


def test_a_batch_is_the_callables_to_keep(images):
    kept = []

    def call(batch):
        kept.append((batch, batch.copy()))
        return linear()(batch)

    dflare.search(call, linear(0.4), images, max_queries=40)
    assert len(kept) > 2
    assert all(np.array_equal(batch, copy) for batch, copy in kept)


def test_a_model_is_asked_by_one_thread_at_a_time_unless_it_says_otherwise(images):
    inside, most = [], [0]

    def call(batch):
        inside.append(1)
        most[0] = max(most[0], len(inside))
        threading.Event().wait(0.002)  # lets other threads run
        inside.pop()
        return linear()(batch)

    dflare.search(call, linear(0.4), images, workers=4, batch=2, max_queries=20)
    assert most == [1]
    dflare.search(dflare.Model(call, concurrent=True), linear(0.4), images, workers=4, batch=2, max_queries=20)
    assert most[0] > 1


def test_two_threads_may_search_at_once(toys, images):
    expected = contents(dflare.search(*toys, images, max_queries=100))
    runs = [None, None]

    def work(i):
        runs[i] = dflare.search(*toys, images, max_queries=100)

    threads = [threading.Thread(target=work, args=(i,)) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(expected) > 3
    assert [contents(run) for run in runs] == [expected, expected]


def test_progress_is_told(toys, images):
    told = []
    run = dflare.search(*toys, np.concatenate([images] * 40), max_queries=200, batch=4, progress=told.append)
    assert told and all(isinstance(p, dflare.Progress) and p.done <= max(p.of, p.done) for p in told)
    assert {p.step for p in told} <= {"start-up", "search"}
    assert len(run) > 0


def test_what_a_progress_callable_raises_ends_the_search_and_is_raised(toys, images, tmp_path):
    def tell(progress):
        if progress.step == "search":
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        dflare.search(
            *toys,
            np.concatenate([images] * 200),
            max_queries=2000,
            batch=4,
            out=tmp_path / "run",
            progress=tell,
            strategy="random",
        )
    run = dflare.load(tmp_path / "run")
    assert not run.complete


def test_a_temporary_folder_goes_with_its_run(toys, images):
    run = dflare.search(*toys, images, max_queries=20)
    folder = run.folder
    assert folder.exists()
    del run
    gc.collect()
    assert not folder.exists()


def test_a_run_can_be_kept(toys, images, tmp_path):
    run = dflare.search(*toys, images, max_queries=50)
    kept = run.keep(tmp_path / "kept")
    assert contents(kept) == contents(run)


def test_a_run_loads_from_its_folder(toys, images, tmp_path):
    run = dflare.search(*toys, images, out=tmp_path / "run", max_queries=100)
    loaded = dflare.load(tmp_path / "run")
    assert contents(loaded) == contents(run) != []
    assert loaded.summary == run.summary == json.loads((tmp_path / "run/summary.json").read_text())
    assert np.array_equal(loaded[0].seed, images[loaded[0].seed_index])
    with pytest.raises(dflare.BadInput):
        dflare.load(tmp_path)


def test_options_come_from_the_table_with_the_nearest_name(toys, images):
    with pytest.raises(dflare.BadArgument, match="did you mean 'max_queries'") as raised:
        dflare.search(*toys, images, max_querys=10)
    assert raised.value.message == "unknown option 'max_querys'"
    with pytest.raises(dflare.BadArgument, match="use batch=N with"):
        dflare.search(*toys, images, batch=-1)
    with pytest.raises(ValueError, match="did you mean 'boundary'"):
        dflare.search(*toys, images, strategy="boundry")
    assert "max_queries: " in dflare.search.__doc__
    assert "json: " not in dflare.search.__doc__


def test_options_may_stand_in_a_file(toys, images, tmp_path):
    (tmp_path / "o.toml").write_text("max-queries = 7\nbatch = 3\n")
    run = dflare.search(*toys, images, config=tmp_path / "o.toml", batch=2)
    assert (run.options["max_queries"], run.options["batch"]) == (7, 2)


def test_a_notebook_shows_findings_with_their_inputs(toys, images):
    run = dflare.search(*toys, images, max_queries=100)
    page = run._repr_html_()
    assert page.count("<img") == 2 * min(len(run), 12)
    assert "function:scores" in page


def test_findings_become_a_table(toys, images):
    pytest.importorskip("pandas")
    run = dflare.search(*toys, images, max_queries=100)
    table = run.to_pandas()
    assert list(table["seed"]) == [f.seed_index for f in run]
    assert {"severity", "label_original", "how"} <= set(table.columns)


def test_callables_of_one_name_are_told_apart(images):
    run = dflare.search(linear(), linear(0.4), images, max_queries=20)
    assert (run.options["original"], run.options["compressed"]) == ("function:scores", "function:scores-2")


def test_other_answers_than_scores_are_compared_by_an_oracle(images):
    exact, rough = linear(), linear(0.4)
    run = dflare.search(
        lambda x: exact(x)[:, :3], lambda x: rough(x)[:, :3], images, oracle="value:0.1", max_queries=60
    )
    assert len(run) > 0
    assert run[0].facts["measured"]
