"""Runs of one search joined: from Python as by the command."""

import sys

import numpy as np
import pytest

import dflare


def contents(run):
    return [(f.seed_index, f.png, f.label_original, f.label_compressed, f.queries, f.how) for f in run]


def shards(images, toys, of=2, **options):
    return [dflare.search(*toys, images, max_queries=200, shard=f"{i}/{of}", **options) for i in range(of)]


def test_shards_of_inputs_in_memory_are_the_run_of_one_machine(images, toys, tmp_path):
    parts = shards(images, toys, of=3)
    whole = dflare.search(*toys, images, max_queries=200)
    run = dflare.merge(*parts, out=tmp_path / "run")
    assert len(whole) > 3 and contents(run) == contents(whole)
    assert run.complete and run.notes == []
    for part in parts:
        part._cleanup()  # the parts' folders go
    assert np.array_equal(run.inputs, whole.inputs)
    assert dflare.show(run, run[0]).rebuilt


def test_what_no_run_has_finished_is_searched_by_resume(images, toys):
    parts = shards(images, toys)
    run = dflare.merge(parts[1])
    assert not run.complete and 0 < len(run) < len(parts[0]) + len(parts[1])
    assert contents(dflare.resume(run)) == contents(dflare.search(*toys, images, max_queries=200))


def test_labels_in_memory_go_along(images, toys):
    labels = toys[0](images).argmax(1)
    run = dflare.merge(*shards(images, toys, labels=labels))
    assert len(run) > 0 and all(finding.label == labels[finding.seed_index] for finding in run)


def test_runs_that_do_not_fit_are_refused(images, toys, tmp_path):
    first, _ = shards(images, toys)
    other = dflare.search(*toys, images, max_queries=200, linf=40)
    with pytest.raises(dflare.BadInput, match="linf is"):
        dflare.merge(first, other, out=tmp_path / "run")
    with pytest.raises(dflare.BadInput, match="is of 12 inputs, .* of 11"):
        dflare.merge(first, dflare.search(*toys, images[:11], max_queries=200), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    with pytest.raises(dflare.BadArgument, match="no run is given"):
        dflare.merge()


def test_without_ray_it_says_what_to_install(images, toys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(dflare.BadArgument, match=r"dflare\[ray\]"):
        dflare.ray.search(*toys, images, out=tmp_path / "run")
