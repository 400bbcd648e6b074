#!/usr/bin/env python3
"""Makes hang_later.onnx: sound, until the first pixel of an image is bright. Then it never answers. And its pair.

Needs numpy and onnx; running the tests does not.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
SIDE, CLASSES = 8, 10
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def constant(name, value, dtype):
    return numpy_helper.from_array(np.asarray(value, dtype), name)


def info(name, shape, dtype=FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def main():
    rng = np.random.default_rng(3)
    w = rng.normal(0, 1, (SIDE * SIDE, CLASSES))
    w -= w.mean(axis=0)  # or else the brightest class wins whatever the image
    constants = [
        constant("w", w, np.float32),
        constant("starts", [0, 0], np.int64), constant("ends", [1, 1], np.int64), constant("axes", [2, 3], np.int64),
        constant("limit", 0.9, np.float32), constant("many", 1 << 62, np.int64), constant("go", True, np.bool_),
        constant("zero", 0, np.float32),
    ]
    body = helper.make_graph(
        [helper.make_node("Identity", ["go_on"], ["go_on_out"]), helper.make_node("Add", ["total", "zero"], ["total_out"])],
        "body", [info("i", [], INT64), info("go_on", [], BOOL), info("total", ["N", CLASSES])],
        [info("go_on_out", [], BOOL), info("total_out", ["N", CLASSES])])
    nodes = [
        helper.make_node("Slice", ["image", "starts", "ends", "axes"], ["first"]),
        helper.make_node("ReduceMax", ["first"], ["brightest"], keepdims=0),
        helper.make_node("Greater", ["brightest", "limit"], ["is_bright"]),
        helper.make_node("Cast", ["is_bright"], ["one"], to=INT64),
        helper.make_node("Mul", ["one", "many"], ["trips"]),
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["rows"]),
        helper.make_node("Loop", ["trips", "go", "rows"], ["logits"], body=body),
    ]
    graph = helper.make_graph(nodes, "hang_later", [info("image", ["N", 1, SIDE, SIDE])],
                              [info("logits", ["N", CLASSES])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="dflare")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / "hang_later.onnx")

    # Badly compressed: the two differ on many images of noise. Sound always.
    w += rng.normal(0, 0.6, w.shape)
    coarse = constant("w", w - w.mean(axis=0), np.float32)
    graph = helper.make_graph([nodes[5], helper.make_node("MatMul", ["flat", "w"], ["logits"])], "never_hangs",
                              [info("image", ["N", 1, SIDE, SIDE])], [info("logits", ["N", CLASSES])], [coarse])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="dflare")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / "never_hangs.onnx")


if __name__ == "__main__":
    main()
