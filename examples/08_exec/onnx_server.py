"""Answers dflare by ONNX Runtime's Python package: python3 onnx_server.py MODEL.onnx"""

import os
import sys

import onnxruntime
from dflare_exec import serve

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(os.environ.get("DFLARE_THREADS", 1))
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
image, scores = session.get_inputs()[0], session.get_outputs()[0]

serve(
    lambda batch: session.run([scores.name], {image.name: batch})[0],
    shape=tuple(image.shape[1:]),
    outputs=[(scores.name, tuple(scores.shape[1:]))],
    kind="f32",
    fixed_batch=image.shape[0] if isinstance(image.shape[0], int) else 0,
    runtime=f"onnxruntime {onnxruntime.__version__}",
)
