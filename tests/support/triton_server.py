#!/usr/bin/env python3
"""A real Triton server (nvidia-pytriton) of ONNX models on loopback. It ends when its standard input does.

    triton_server.py PORT_FILE NAME=MODEL.onnx ...
"""

import socket
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

ROWS = 256  # of a request at most


def free_ports(count):
    opened = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in opened]
    for each in opened:
        each.close()
    return ports


def bind(triton, name, path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options)
    given, gives = session.get_inputs()[0], session.get_outputs()[0]

    def extents(tensor):
        return tuple(dim if isinstance(dim, int) else -1 for dim in tensor.shape[1:])

    @batch
    def infer(**inputs):
        (rows,) = inputs.values()
        return {gives.name: session.run(None, {given.name: rows})[0]}

    triton.bind(
        model_name=name,
        infer_func=infer,
        inputs=[Tensor(name=given.name, dtype=np.float32, shape=extents(given))],
        outputs=[Tensor(name=gives.name, dtype=np.float32, shape=extents(gives))],
        config=ModelConfig(max_batch_size=ROWS),
        strict=False,
    )


def main():
    port_file, *models = sys.argv[1:]
    http, grpc, metrics = free_ports(3)
    config = TritonConfig(http_address="127.0.0.1", http_port=http, grpc_port=grpc, metrics_port=metrics)
    with Triton(config=config) as triton:
        for model in models:
            bind(triton, *model.split("=", 1))
        triton.run()
        Path(f"{port_file}.new").write_text(str(http))
        Path(f"{port_file}.new").rename(port_file)
        sys.stdin.read()


if __name__ == "__main__":
    main()
