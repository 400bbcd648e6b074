"""On real pairs, what a profile tells is what rank and guard tell of the same images."""
import json
import os
import pathlib

import numpy as np
import pytest

from conftest import ROOT, dflare, search

SHARED = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data"
PAIRS = ["cifar10-resnet20-int8", "cifar10-resnet20-prune60", "mnist-lenet5-prune90", "deephunter-resnet20-dynrange"]
pytestmark = [pytest.mark.skipif(not SHARED.is_dir(), reason="real pairs are not there: see $DFLARE_SHARED"),
              pytest.mark.whole]


def given(pair):
    return next(p for p in json.loads((SHARED / "pairs.json").read_text())["pairs"] if p["id"] == pair)


def part_of(pair, folder, first, end):
    """Some of its images, with their labels."""
    for what in ("images", "labels"):
        np.save(folder / f"{what}-{first}.npy", np.load(SHARED / pair[what])[first:end])
    return folder / f"images-{first}.npy", "--labels", folder / f"labels-{first}.npy", "--preprocess", pair["preprocess"]


@pytest.mark.parametrize("name", PAIRS)
def test_a_profile_tells_what_rank_and_guard_tell(name, tmp_path):
    pair = given(name)
    models = SHARED / pair["original"], SHARED / pair["compressed"]
    images, *asked = part_of(pair, tmp_path, 0, 40)
    profile = dflare("profile", *models, images, *asked, "-q", "-o", tmp_path / "p.json", timeout=600)
    assert profile.code == 0, profile
    report = json.loads((tmp_path / "p.json").read_text())
    worst = report["kinds"][0]["kind"]
    assert f"most damaging         {worst}\n" in profile.out
    assert report["kinds"][0]["all"]["differ"] == max(kind["all"]["differ"] for kind in report["kinds"]) > 0

    ranked = dflare("rank", models[0], images, models[1], *asked, "--seed-filter", "agree", "--max-seeds", 0,
                    "--search-seeds", 0, "-q", "--json", timeout=600)
    assert ranked.code == 0, ranked
    variant = json.loads(ranked.out)["variants"][0]
    assert report["as_they_are"]["disagreement"] == variant["disagreement"]
    assert report["as_they_are"]["accuracy_compressed"] == variant["accuracy"]
    assert report["corrupted"]["disagreement"] == variant["corrupted_disagreement"]

    searched, *how = part_of(pair, tmp_path, 40, 240)
    assert search(*models, searched, tmp_path / "run", *how, "-q", timeout=900).code == 0
    guarded = dflare("guard", tmp_path / "run", "--held-out", images, "--corrupted", 13,
                     "--json", "-q", timeout=900)
    assert guarded.code == 0, guarded
    held = json.loads(guarded.out)["held_out"]
    for figures, of in ((report["as_they_are"], "clean"), (report["corrupted"], "corrupted")):
        assert [held[f"differ_{of}"][key] for key in ("part", "of")] == [figures["differ"], figures["images"]]
