"""What the README says of the examples is what they give."""
import json
import re

from conftest import DIGITS, LENET, LENET_INT8, LENET_PRUNED, ROOT, dflare, search

README = re.sub(r"\s+", " ", (ROOT / "README.md").read_text())


def test_the_picture_of_the_2_says_what_the_finding_is(tmp_path):
    done = search(LENET, LENET_PRUNED, DIGITS, tmp_path / "run", "--preprocess", "unit", "--strategy", "natural", "--goal",
                  "regression", "--refine", "climb", "--max-queries", 400, "--total-queries", 400, "--max-seeds", 100, "-q")
    assert done.code == 0, done
    told = re.sub(r"\s+", " ", dflare("show", tmp_path / "run", 80).out)
    turned = re.search(r"Turned ([\d.]+) degrees", told)[1]
    assert f"turned it by {turned} degrees" in README
    original, compressed = re.search(r"original ([\d.]+) % for its label, compressed ([\d.]+) %", told).groups()
    assert f"says 2 ({float(original):.0f} %), the pruned model 4 ({float(compressed):.0f} %)" in README
    assert "the original still says 2, the compressed model says 4" in told


def test_near_every_digit_that_both_get_right_they_differ(tmp_path):
    done = search(LENET, LENET_INT8, DIGITS, tmp_path / "run", "--preprocess", "unit", "--max-queries", 200, "-q")
    assert done.code == 0, done
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["agreement"] == 1 and summary["seeds"] == 300
    right = summary["accuracy"]["original"]
    assert summary["accuracy"]["compressed"] == right
    assert f"agree on all 300 images and are both right on {100 * right:.1f} %" in README
    assert summary["found"] == summary["searched"] == round(300 * right)
    number = re.search(r"dflare show build/first-run (\d+)", README)[1]
    assert dflare("show", tmp_path / "run", number).code == 0
