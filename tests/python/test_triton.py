"""A real Triton server on loopback: what is found there is what is found here, also where answers are spoilt on the way.
Needs .venv-triton (`./dev test --all`)."""

import json
import os
import subprocess
import sys
import time

import pytest
from conftest import COMPRESSED, DIGITS, ORIGINAL, ROOT

import dflare

sys.path.append(str(ROOT / "tests/support"))
from faulty_proxy import Proxy  # noqa: E402

PYTHON = ROOT / ".venv-triton/bin/python"
pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-triton: ./dev test --all makes it"),
]
ASKED = {"preprocess": "unit", "max_seeds": 40, "max_queries": 100, "progress": False}


@pytest.fixture(scope="module")
def triton(tmp_path_factory):
    """Its address, with models `original` and `int8`."""
    port = tmp_path_factory.mktemp("triton") / "port"
    command = [PYTHON, ROOT / "tests/support/triton_server.py", port, f"original={ORIGINAL}", f"int8={COMPRESSED}"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=clean)
    until = time.monotonic() + 120
    while not port.exists():
        assert process.poll() is None and time.monotonic() < until, "Triton did not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port.read_text()}"
    process.stdin.close()
    process.wait(60)


def addresses(host):
    return [f"{host}/v2/models/{name}" for name in ("original", "int8")]


@pytest.fixture(scope="module")
def here():
    return dflare.search(ORIGINAL, COMPRESSED, DIGITS, **ASKED)


def test_findings_are_those_of_the_files(triton, here):
    there = dflare.search(*addresses(triton), DIGITS, **ASKED)
    assert len(here) > 20 and [f.png for f in there] == [f.png for f in here]
    assert there.summary["queries"] == here.summary["queries"]
    assert "triton 2." in json.dumps(there.summary["models"])
    assert dflare.show(there, there[0]).rebuilt


@pytest.mark.parametrize("fault", ["busy", "reset", "half", "slow", "away"])
def test_faults_on_the_way_that_pass_leave_findings_as_they_are(triton, here, fault):
    proxy = Proxy(triton, fault, 40)
    there = dflare.search(*addresses(proxy.host), DIGITS, **ASKED)
    proxy.close()
    assert proxy.spoilt >= 3 and [f.png for f in there] == [f.png for f in here]


@pytest.mark.parametrize("fault", ["error", "names", "shape"])
def test_answers_that_are_none_end_their_input_alone(triton, here, fault):
    proxy = Proxy(triton, fault, 40)
    there = dflare.search(*addresses(proxy.host), DIGITS, workers=1, batch=4, **ASKED)
    proxy.close()
    assert there.summary["ends"]["model_failed"] >= 1
    assert len(there) > 0 and {f.png for f in there} <= {f.png for f in here}
