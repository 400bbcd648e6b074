"""Models behind a server, by their address: what they find is what the files find."""

import subprocess
import sys
import time

import pytest
from conftest import COMPRESSED, DIGITS, ORIGINAL, ROOT

import dflare

sys.path.append(str(ROOT / "tests/support"))
from faulty_proxy import Proxy  # noqa: E402

SERVER = ROOT / "tests/support/inference_server.py"


ASKED = {"preprocess": "unit", "max_seeds": 12, "max_queries": 60, "progress": False}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Addresses of the original and the compressed model."""
    port = tmp_path_factory.mktemp("server") / "port"
    models = [f"original={ORIGINAL}", f"int8={COMPRESSED}"]
    process = subprocess.Popen([sys.executable, SERVER, port, *models], stdin=subprocess.PIPE)
    until = time.monotonic() + 60
    while not port.exists():
        assert time.monotonic() < until and process.poll() is None, "the server did not start"
        time.sleep(0.02)
    yield [f"http://127.0.0.1:{port.read_text()}/v2/models/{name}" for name in ("original", "int8")]
    process.stdin.close()
    process.wait(30)


def test_findings_by_address_are_those_by_path_and_are_gone_on_with(served, tmp_path):
    asked = {"preprocess": "unit", "max_seeds": 8, "max_queries": 60}
    there = dflare.search(*served, DIGITS, out=tmp_path / "run", **asked)
    here = dflare.search(ORIGINAL, COMPRESSED, DIGITS, **asked)
    assert len(here) > 3
    assert [f.png for f in there] == [f.png for f in here]
    assert there.options["original"] == served[0]
    assert dflare.show(tmp_path / "run", there[0]).rebuilt
    mixed = dflare.search(ORIGINAL, served[1], DIGITS, **asked)
    assert [f.png for f in mixed] == [f.png for f in here]


@pytest.fixture(scope="module")
def here():
    return dflare.search(ORIGINAL, COMPRESSED, DIGITS, **ASKED)


@pytest.fixture
def spoilt(served):
    """Both addresses behind a proxy."""
    proxies = []

    def behind(fault, every):
        proxies.append(Proxy(served[0], fault, every))
        return proxies[-1], [proxies[-1].host + address[address.index("/v2") :] for address in served]

    yield behind
    for proxy in proxies:
        proxy.close()


@pytest.mark.parametrize("fault", ["busy", "reset", "half", "slow", "away"])
def test_faults_that_pass_leave_findings_and_queries_as_they_are(spoilt, here, fault):
    proxy, models = spoilt(fault, 25)
    run = dflare.search(*models, DIGITS, **ASKED)
    assert proxy.spoilt >= 3
    assert [f.png for f in run] == [f.png for f in here] and len(here) > 5
    assert run.summary["queries"] == here.summary["queries"]


@pytest.mark.parametrize("fault", ["error", "names", "shape"])
def test_an_answer_that_is_none_ends_its_input_alone(spoilt, here, fault):
    proxy, models = spoilt(fault, 30)
    run = dflare.search(*models, DIGITS, workers=1, batch=4, **ASKED)
    assert 1 <= run.summary["ends"]["model_failed"] <= proxy.spoilt
    assert len(run) > 0 and {f.png for f in run} <= {f.png for f in here}


def test_a_server_that_is_not_there_is_told():
    with pytest.raises(dflare.ModelFailed, match="hint: is it running"):
        dflare.inspect("http://127.0.0.1:1/v2/models/m")
