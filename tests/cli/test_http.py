"""Models behind a server (http://.../v2/models/NAME): the same findings as the runtime itself."""
import json
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import DIGITS, LENET, LENET_PRUNED, ROOT, dflare, findings_of, search, summary_of
from test_exec import own_runtime

SERVER = ROOT / "tests/support/inference_server.py"


class Server:
    def __init__(self, folder):
        self.port_file = folder / "port"
        models = [f"original={LENET}", f"pruned={LENET_PRUNED}"]
        self.process = subprocess.Popen([sys.executable, SERVER, self.port_file, *models], stdin=subprocess.PIPE)
        until = time.monotonic() + 60
        while not self.port_file.exists():
            assert time.monotonic() < until and self.process.poll() is None, "the server did not start"
            time.sleep(0.02)
        self.host = f"http://127.0.0.1:{self.port_file.read_text()}"

    def __call__(self, model, before=""):
        return f"{self.host}{before}/v2/models/{model}"

    def stats(self):
        return json.loads(urllib.request.urlopen(f"{self.host}/v2/stats").read())

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


@pytest.mark.parametrize("before", ["", "/json"], ids=["binary", "text"])
def test_findings_through_a_server_are_those_of_the_runtime_itself(tmp_path, server, before):
    options = ["--preprocess", "unit", "--max-seeds", 12, "--max-queries", 60, "--onnxruntime", own_runtime()]
    assert search(LENET, LENET_PRUNED, DIGITS, tmp_path / "here", *options).code == 0
    asked = server.stats()["rows"]
    done = search(server("original", before), server("pruned", before), DIGITS, tmp_path / "there", *options[:-2])
    assert done.code == 0, done
    here, there = (findings_of(tmp_path / run, tmp_path / f"{run}.jsonl") for run in ("here", "there"))
    assert len(here) > 5
    assert there == here
    assert server.stats()["rows"] > asked
    run, local = summary_of(tmp_path / "there"), summary_of(tmp_path / "here")
    assert run["queries"] == local["queries"]
    assert run["settings"]["original"] == server("original", before)


def test_a_run_of_a_server_is_shown_and_gone_on_with(tmp_path, server):
    run = tmp_path / "run"
    arguments = [server("original"), server("pruned"), DIGITS, run, "--preprocess", "unit", "--max-queries", 40]
    assert search(*arguments, "--max-seeds", 8).code == 0
    shown = dflare("show", run, findings_of(run, tmp_path / "f.jsonl")[0]["seed"])
    assert shown.code == 0, shown
    assert dflare("resume", run).code == 0
    corpus = tmp_path / "corpus"
    assert dflare("export", run, "--corpus", corpus).code == 0
    assert "127.0.0.1" not in "".join(file.read_text() for file in corpus.glob("findings/*.json"))


def test_a_server_that_is_not_there_is_told_with_a_way_out():
    done = dflare("inspect", "http://127.0.0.1:1/v2/models/m")
    assert done.code == 3
    assert "http://127.0.0.1:1/v2/models/m: its server gives no whole answer" in done.err
    assert "hint: is it running" in done.err


def test_inputs_in_the_place_of_an_address_are_told(server):
    done = dflare("search", server("original"), DIGITS, server("pruned"))
    assert done.code == 2 and "did you mean" in done.err
