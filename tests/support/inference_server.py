#!/usr/bin/env python3
"""A server of the Open Inference Protocol, whose models misbehave by name. It ends when its standard input does.

    inference_server.py PORT_FILE [NAME=MODEL.onnx ...]

http://127.0.0.1:PORT/v2/models/NAME has the binary tensor extension, .../json/v2/models/NAME has not. Models but the
ONNX files are of the standard library alone: three scores of an image, by its first and its last value.
"""

import json
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FORMS = {"FP32": "f", "FP16": "e", "UINT8": "B", "INT8": "b", "INT64": "q"}
# What a model takes and gives: datatype, shape; others by name are "plain".
PLAIN = {"type": "FP32", "shape": [-1, 8, 8, 1], "gives": "FP32"}
MODELS = {
    "bytes": {**PLAIN, "type": "UINT8"},
    "half": {**PLAIN, "type": "FP16", "gives": "FP16"},
    "chw": {**PLAIN, "shape": [-1, 3, 6, 5]},
    "fixed": {**PLAIN, "shape": [4, 8, 8, 1]},
    "largest": {**PLAIN, "most": 5},
    "labels": {**PLAIN, "gives": "INT64"},
    "text": {**PLAIN, "type": "BYTES"},
}
stats = {"connections": 0, "infer": 0, "rows": 0, "answered": 0}
lock = threading.Lock()
sessions = {}


def count(name, by=1):
    with lock:
        stats[name] = stats.get(name, 0) + by
        return stats[name]


def size(dims):
    n = 1
    for dim in dims:
        n *= dim
    return n


def described(name):
    if name in sessions:
        inputs, outputs = sessions[name].get_inputs()[0], sessions[name].get_outputs()[0]
        dims = [[d if isinstance(d, int) else -1 for d in tensor.shape] for tensor in (inputs, outputs)]
        return {"type": "FP32", "shape": dims[0], "gives": "FP32", "names": (inputs.name, outputs.name), "out": dims[1]}
    model = MODELS.get(name, PLAIN)
    return {**model, "names": ("x", "scores"), "out": [model["shape"][0], 3]}


def answer(name, model, rows, values):
    """Scores of the rows, one behind another."""
    if name in sessions:
        import numpy as np

        batch = np.array(values, np.float32).reshape(rows, *model["shape"][1:])
        return sessions[name].run(None, {model["names"][0]: batch})[0].reshape(-1).tolist()
    width = size(model["shape"][1:])
    scores = []
    for row in range(rows):
        image = values[row * width : (row + 1) * width]
        scores += [image[0], image[-1] * 0.5, 1]
    return scores


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        count("connections")

    def log_message(self, *_):
        pass

    def say(self, status, body, json_bytes=None):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if json_bytes is not None:
            self.send_header("Inference-Header-Content-Length", str(json_bytes))
        self.end_headers()
        self.wfile.write(body)

    def split(self):
        """Whether the address is one without binary tensors, and what is behind /v2."""
        binary = not self.path.startswith("/json/")
        return binary, self.path.removeprefix("/json").removeprefix("/v2").strip("/").split("/")

    def do_GET(self):
        binary, parts = self.split()
        if parts == ["stats"]:
            return self.say(200, stats)
        if parts == [""]:
            extensions = ["binary_tensor_data", "model_configuration"] if binary else []
            return self.say(200, {"name": "a server of tests", "version": "1.2", "extensions": extensions})
        name = parts[1]
        if name == "nowhere":
            return self.say(404, {"error": "unknown model"})
        if name == "undescribed":
            return self.say(200, {"name": name})
        model = described(name)
        if parts[2:] == ["config"]:
            return self.say(200, {"max_batch_size": model.get("most", 0)})
        inputs, outputs = model["names"]
        tensors = {
            "inputs": [{"name": inputs, "datatype": model["type"], "shape": model["shape"]}],
            "outputs": [{"name": outputs, "datatype": model["gives"], "shape": model["out"]}],
        }
        return self.say(200, {"name": name, "versions": ["1"], "platform": "tests", **tensors})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        binary, (_, name, *_) = self.split()
        count("infer")
        nth = count("infer " + name)
        model = described(name)
        length = int(self.headers.get("Inference-Header-Content-Length", len(body)))
        question = json.loads(body[:length])
        (tensor,) = question["inputs"]
        rows, form = tensor["shape"][0], FORMS[tensor["datatype"]]
        if binary:
            values = list(struct.unpack(f"<{size(tensor['shape'])}{form}", body[length:]))
        else:
            values = tensor["data"]
        assert len(values) == size(tensor["shape"]), "a question is not what it says"
        count("rows", rows)
        if model.get("most") and rows > model["most"]:
            return self.say(400, {"error": f"{rows} rows, at most {model['most']}"})
        if name == "slow":
            time.sleep(3)
        if name == "broken":
            return self.say(500, {"error": "out of memory on the device"})
        if name == "busy" and nth % 3:
            return self.say(503, b"try later")
        if name == "cut" and nth % 3:
            self.close_connection = True
            if nth % 3 == 1:  # nothing at all
                return None
            self.send_response(200)  # half a body
            self.send_header("Content-Length", "1000")
            self.end_headers()
            return self.wfile.write(b'{"outputs": [')
        if name == "away":
            self.close_connection = True
            return None
        scores = answer(name, model, rows, values)
        return self.give(name, model, rows, scores, binary)

    def give(self, name, model, rows, scores, binary):
        count("answered")
        output = {"name": model["names"][1], "datatype": model["gives"], "shape": [rows, len(scores) // rows]}
        if name == "misnamed":
            output["name"] = "logits"
        if name == "misshapen":
            output["shape"] = [rows, 2]
        if name == "mistyped":
            output["datatype"] = "FP64"
        if name == "garbled":
            return self.say(200, b"<html>")
        if name == "short":
            scores = scores[:-1]
        if name == "nan":
            scores = [float("nan")] * len(scores)
        if not binary:
            output["data"] = [None if value != value else value for value in scores]
            return self.say(200, {"outputs": [output]})
        raw = struct.pack(f"<{len(scores)}{FORMS[model['gives']]}", *scores)
        output["parameters"] = {"binary_data_size": len(raw)}
        text = json.dumps({"outputs": [output]}).encode()
        if name == "more":
            raw += b"more"
        return self.say(200, text + raw, len(text))


def main():
    port_file, *models = sys.argv[1:]
    for model in models:
        import onnxruntime

        name, file = model.split("=", 1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        sessions[name] = onnxruntime.InferenceSession(file, options)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    written = Path(port_file + ".tmp")
    written.write_text(str(server.server_address[1]))
    written.replace(port_file)
    sys.stdin.read()


if __name__ == "__main__":
    main()
