"""Real pairs that are no classifiers: a detector, a pose, a face, a mask."""
import json
import lzma
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from conftest import DFLARE, ROOT, SANITIZED, dflare, findings_of, summary_of

DOMAINS = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data/domains/detect"
pytestmark = [pytest.mark.skipif(not DOMAINS.is_dir(), reason="real pairs are not there: see $DFLARE_SHARED"),
              pytest.mark.skipif(SANITIZED, reason="real detectors take too long under AddressSanitizer")]

NANODET = "order=bgr,mean=123.675:116.28:103.53,std=58.395:57.12:57.375,fit=squash"
FACES = "order=bgr,mean=123.68:116.779:103.939"

QUICK = ("detector", "pose")  # the others take half a minute a test
# name: original, compressed, folder of inputs, how many of them, options
PAIRS = {
    "detector": ("nanodet.onnx", "nanodet_int8.onnx", "coco", 4,
                 ["--preprocess", NANODET, "--oracle", "boxes:nanodet", "--max-queries", 12]),
    "pose": ("movenet-lightning_float.tflite", "movenet_single_pose_lightning_ptq.tflite", "people", 5,
             ["--preprocess", "fit=letterbox:0", "--oracle", "value:0.2", "--max-queries", 40]),
    "face": ("faceresemb_float.tflite", "faceresemb_int8.tflite", "faces", 5,
             ["--preprocess", FACES, "--oracle", "cosine:0.9", "--max-queries", 12]),
    "mask": ("selfie_float.tflite", "selfie_dyn.tflite", "people", 5,
             ["--preprocess", "unit", "--oracle", "mask:0.8", "--max-queries", 40]),
}


class Pair:
    def __init__(self, name, folder):
        original, compressed, inputs, count, self.options = PAIRS[name]
        self.original, self.compressed = self.unpacked(original, folder), self.unpacked(compressed, folder)
        self.inputs = folder / "inputs"
        self.inputs.mkdir()
        for path in sorted((DOMAINS / "shared" / inputs).glob("*.*"))[:count + 2]:
            if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
                shutil.copy(path, self.inputs)

    @staticmethod
    def unpacked(name, folder):
        packed = DOMAINS / "models" / (name + ".xz")
        if not packed.exists():
            return DOMAINS / "models" / name
        (folder / name).write_bytes(lzma.decompress(packed.read_bytes()))
        return folder / name

    def command(self, run, *options):
        return ["search", self.original, self.compressed, self.inputs, "-o", run, "--quiet", *self.options, *options]


@pytest.fixture(scope="module", params=[name if name in QUICK else pytest.param(name, marks=pytest.mark.whole)
                                        for name in PAIRS])
def pair(request, tmp_path_factory):
    return Pair(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def run(pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    result = dflare(*pair.command(folder), timeout=300)
    assert result.code == 0, result
    return folder


def test_it_is_searched_and_told(run, tmp_path):
    rows = findings_of(run, tmp_path / "rows.jsonl")
    assert rows and all(row["severity"] >= 0 and row["measured"] for row in rows), rows
    searched = [row for row in rows if row["kind"] != "natural"]
    if searched:
        shown = dflare("show", run, searched[0]["seed"], timeout=300)
        assert shown.code == 0 and "bit for bit" in shown.out and "measured" in shown.out, shown


def test_the_batch_does_not_matter(pair, run, tmp_path):
    assert summary_of(run)["rows_exact"]
    for batch in (1, 7):
        again = tmp_path / f"batch{batch}"
        assert dflare(*pair.command(again, "--batch", batch), timeout=300).code == 0
        assert findings_of(again, tmp_path / "a.jsonl") == findings_of(run, tmp_path / "b.jsonl"), batch


def test_a_killed_run_goes_on_to_the_same_end(pair, run, tmp_path):
    killed = tmp_path / "killed"
    search = subprocess.Popen([DFLARE, *map(str, pair.command(killed))], stdout=subprocess.DEVNULL)
    while search.poll() is None and not list(killed.glob("findings/*.png")):
        time.sleep(0.01)
    search.send_signal(signal.SIGKILL)
    search.wait()
    resumed = dflare("resume", killed, "--quiet", timeout=300)
    assert resumed.code == 0, resumed
    assert findings_of(killed, tmp_path / "a.jsonl") == findings_of(run, tmp_path / "b.jsonl")


def test_what_is_not_said_is_asked_for(pair, tmp_path):
    """Without --oracle the refusal names those that would take the model; a vector is told by its answers only."""
    options = [o for o in pair.options]
    at = options.index("--oracle")
    del options[at:at + 2]
    result = dflare("search", pair.original, pair.compressed, pair.inputs, "-o", tmp_path / "run", *options, timeout=300)
    if "faceres" in str(pair.original):
        assert result.code in (0, 5), result
        return
    assert result.code == 2 and "--oracle" in result.err + json.dumps(result.out), result
