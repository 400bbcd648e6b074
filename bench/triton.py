#!/usr/bin/env python3
"""Rows a second that a Triton server on loopback answers: asked by dflare, and by tritonclient's own HTTP client, both
with the same rows a request and the same requests in flight, in turns.

    triton.py ORIGINAL.onnx IMAGES.npy --preprocess unit [--batch 64] [--workers 2] [--rounds 5] [--queries 100]

Needs .venv-triton (`./dev test --all` makes it); the client is run by its Python.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import dflare

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-triton/bin/python"
CLIENT = """
import json, sys, threading, time
import numpy as np
import tritonclient.http as http
host, rows, threads, seconds, extents = json.loads(sys.argv[1])
images = np.random.default_rng(0).random((rows, *extents), dtype=np.float32)
asked = [0] * threads
def ask(i):
    client = http.InferenceServerClient(host)
    meta = client.get_model_metadata("model")
    given = http.InferInput(meta["inputs"][0]["name"], images.shape, "FP32")
    gives = http.InferRequestedOutput(meta["outputs"][0]["name"])
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        given.set_data_from_numpy(images)
        client.infer("model", [given], outputs=[gives]).as_numpy(meta["outputs"][0]["name"])
        asked[i] += rows
workers = [threading.Thread(target=ask, args=(i,)) for i in range(threads)]
[worker.start() for worker in workers]
[worker.join() for worker in workers]
print(sum(asked) / seconds)
"""


def by_client(host, a, extents):
    words = json.dumps([host.removeprefix("http://"), a.batch, a.workers, a.seconds, extents])
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([PYTHON, "-c", CLIENT, words], env=clean, check=True, capture_output=True, text=True)
    return float(done.stdout)


def by_dflare(host, a):
    """A search that finds nothing, as both models are one; a query asks it twice."""
    address = f"{host}/v2/models/model"
    run = dflare.search(
        address,
        address,
        a.images,
        preprocess=a.preprocess,
        strategy="random",
        seed_filter="agree",
        max_seeds=256,
        max_queries=a.queries,
        batch=a.batch,
        workers=a.workers,
        progress=False,
    )
    return 2 * run.summary["queries_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("original")
    parser.add_argument("images")
    parser.add_argument("--preprocess", required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=100, help="of dflare's searches, an input")
    parser.add_argument("--seconds", type=float, default=4)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder, "port")
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [PYTHON, ROOT / "tests/support/triton_server.py", port, f"model={a.original}"]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, env=clean, stderr=subprocess.DEVNULL)
        while not port.exists():
            time.sleep(0.1)
        host = f"http://127.0.0.1:{port.read_text()}"
        told = dflare.inspect(a.original)["models"][0]["input"]
        height, width, channels = told["shape"]
        shape = [channels, height, width] if told["layout"] == "nchw" else [height, width, channels]
        rates = [(by_client(host, a, shape), by_dflare(host, a)) for _ in range(a.rounds)]
        server.stdin.close()
        server.wait()
    for name, found in zip(("tritonclient", "dflare"), zip(*rates, strict=True), strict=True):
        print(f"{name:12} {statistics.median(found):8.0f} rows/s {sorted(map(round, found))}")


if __name__ == "__main__":
    main()
