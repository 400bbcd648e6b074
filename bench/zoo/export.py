"""Networks as ONNX files, their 8-bit versions, and what ONNX Runtime makes of both."""
from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

CALIBRATION = 256  # images


def save_onnx(net: torch.nn.Module, example: np.ndarray, file: Path) -> None:
    """With a free batch; batch normalisation is folded into the convolutions."""
    old_exporter = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(net.eval(), torch.from_numpy(example[:1]), str(file), input_names=["image"], output_names=["answer"],
                      dynamic_axes={"image": {0: "batch"}, "answer": {0: "batch"}}, opset_version=13, **old_exporter)
    onnx.checker.check_model(onnx.load(file))


class _Images(CalibrationDataReader):
    def __init__(self, name: str, images: np.ndarray):
        self.name, self.rest = name, iter(images)

    def get_next(self) -> dict | None:
        image = next(self.rest, None)
        return None if image is None else {self.name: image[None]}


def quantise(model: Path, images: np.ndarray, target: Path) -> None:
    """Static quantisation in QDQ form: per tensor, MinMax, activations uint8, weights int8."""
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    name = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"]).get_inputs()[0].name
    quantize_static(str(prepared), str(target), _Images(name, images[:: max(1, len(images) // CALIBRATION)][:CALIBRATION]),
                    quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    prepared.unlink()


def labels(model: Path, images: np.ndarray) -> np.ndarray:
    """Of every image asked alone; ties by first index."""
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.array([int(np.argmax(session.run(None, {name: image[None]})[0])) for image in images])


def measured(original: Path, compressed: Path, images: np.ndarray, truth: np.ndarray) -> dict:
    a, b = labels(original, images), labels(compressed, images)
    return {"images": len(images), "accuracy_original": round(float((a == truth).mean()), 4),
            "accuracy_compressed": round(float((b == truth).mean()), 4), "disagreements": int((a != b).sum()),
            "usable_seeds": int(((a == b) & (a == truth)).sum())}
