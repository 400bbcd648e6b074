"""dflare show: one finding told and rebuilt."""
import re
import shutil
import sqlite3

import pytest
from conftest import DIGITS, LENET, LENET_PRUNED, dflare, digits_search, search


def ids_of(run):
    """SEED:ORDINAL of the images in a run."""
    names = sorted(path.name for path in (run / "findings").glob("*.png"))
    return [f"{int(seed)}:{int(ordinal)}" for seed, ordinal, _ in (name.split("_", 2) for name in names)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("show") / "run"
    assert digits_search(run, "--max-seeds", 20, "--quiet").code == 0
    return run


@pytest.mark.parametrize("options", [
    (), ("--strategy", "dflare", "--max-queries", 300), ("--end-points", "blend"), ("--end-points", "mutate"),
    ("--refine", "climb", "--refine-queries", 30), ("--refine", "shrink", "--refine-queries", 30),
    ("--linf", "64/255", "--max-queries", 300), ("--batch", 7, "--workers", 2, "--rng-seed", 5),
    ("--shard", "1/3", "--ties", "count"),
], ids=lambda options: " ".join(map(str, options)) or "defaults")
def test_findings_are_rebuilt_bit_for_bit(tmp_path, options):
    assert digits_search(tmp_path / "run", "--max-seeds", 12, "--quiet", *options).code == 0
    ids = ids_of(tmp_path / "run")
    assert ids, "nothing was found, and so nothing is shown"
    for finding in ids[:5]:
        result = dflare("show", tmp_path / "run", finding)
        assert result.code == 0 and "bit for bit" in result.out, result


def test_it_says_how_the_finding_was_reached_and_what_it_is(run):
    result = dflare("show", run, ids_of(run)[0])
    first = result.out.splitlines()[0]
    assert re.match(r"[A-Z0-9].*: the original (still )?says \d, the compressed model (still )?says \d$", first), result
    for word in ("image", "from", "kind", "probability", "severity", "distance", "SSIM", "queries"):
        assert word in result.out, result


def test_seed_alone_names_its_finding(run):
    full = ids_of(run)[0]
    assert dflare("show", run, full.split(":")[0]).out == dflare("show", run, full).out


def test_natural_finding_is_told_as_such(tmp_path):
    assert digits_search(tmp_path / "run", "--max-queries", 2, "--quiet").code == 0
    natural = next((tmp_path / "run/findings").glob("*_natural.png"))
    result = dflare("show", tmp_path / "run", int(natural.name.split("_")[0]))
    assert result.code == 0 and result.out.startswith("The input as it is: the original says"), result


def test_nothing_in_the_run_is_changed(run):
    def contents():
        return {path: path.read_bytes() for path in run.rglob("*") if path.is_file() and path.suffix in (".png", ".json")}
    before = contents()
    dflare("show", run, ids_of(run)[0])
    assert contents() == before


def test_image_that_was_tampered_with_is_not_rebuilt(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    with sqlite3.connect(tmp_path / "run/run.sqlite") as store:
        pngs = store.execute("select rowid, png, png_checksum from findings order by rowid limit 2").fetchall()
        assert pngs[0][1] != pngs[1][1]
        store.execute("update findings set png = ?, png_checksum = ? where rowid = ?", (*pngs[1][1:], pngs[0][0]))
        seed, ordinal = store.execute("select seed, ordinal from findings where rowid = ?", pngs[0][:1]).fetchone()
    result = dflare("show", tmp_path / "run", f"{seed}:{ordinal}")
    assert result.code == 1 and "bit for bit" not in result.out, result


def test_model_that_has_changed_is_named(tmp_path):
    model = tmp_path / "compressed.onnx"
    shutil.copy(LENET_PRUNED, model)
    assert search(LENET, model, DIGITS, tmp_path / "run", "--preprocess", "unit", "--max-seeds", 5, "-q").code == 0
    with model.open("ab") as file:
        file.write(b"\0")
    result = dflare("show", tmp_path / "run", ids_of(tmp_path / "run")[0])
    assert result.code == 2 and "compressed.onnx has changed" in result.err, result


@pytest.mark.parametrize("bad", ["x", "1:", ":0", "1:x", "-1", "1:2:3", "99999999999", ""])
def test_id_that_is_none_is_refused(run, bad):
    result = dflare("show", run, bad)
    assert result.code == 2 and "hint:" in result.err, result


def test_finding_that_is_not_there_is_missed(run):
    result = dflare("show", run, "299:7")
    assert result.code == 2 and "no finding 299:7" in result.err, result
    assert dflare("show", run / "nowhere", "1").code == 2
