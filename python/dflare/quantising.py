"""Model files that ONNX Runtime's quantisation makes, and which layers it hurts. For tuning.py."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .errors import BadArgument, BadInput

Floats = npt.NDArray[np.float32]
_LAYERS = ("Conv", "ConvTranspose", "Gemm", "MatMul")
_MEMORY = 256 << 20  # bytes of activations that calibration holds at a time


@dataclass(frozen=True)
class Setting:
    """How ONNX Runtime is to quantise a model: weights to 8 bits, and activations as said here."""

    static: bool = True
    """Ranges of activations come from calibration; False: each batch has its own (dynamic), and what follows
    `per_channel`, but for `in_float`, means nothing."""
    per_channel: bool = True
    """A scale for each output channel of a layer's weights; False: one for all."""
    method: Literal["minmax", "entropy", "percentile"] = "minmax"
    """How calibration takes ranges from what it sees."""
    images: Literal["plain", "corrupted", "findings"] = "plain"
    """What calibration sees: its inputs as they are; under a natural corruption each, too; or findings, too."""
    symmetric: bool = False
    """Ranges of activations lie about 0."""
    activations: Literal[8, 16] = 8
    """Bits of activations."""
    in_float: tuple[str, ...] = ()
    """Names of nodes that are left as they are."""

    @property
    def name(self) -> str:
        """In short: "static-channel-minmax-corrupted-a16-float2"."""
        weights = "channel" if self.per_channel else "tensor"
        left = [f"float{len(self.in_float)}"] if self.in_float else []
        if not self.static:
            return "-".join(["dynamic", weights, *left])
        said = [*(["symmetric"] if self.symmetric else []), *(["a16"] if self.activations == 16 else []), *left]
        return "-".join(["static", weights, self.method, self.images, *said])


@dataclass(frozen=True)
class Layer:
    """A node with weights, and what it costs to quantise it and no other."""

    name: str
    bytes_saved: int
    """By quantising its weights."""
    noise: float
    """Mean squared change of the model's outputs, as a share of the outputs' variance."""


class Quantiser:
    """Quantises one model. `fed`: rows of float32 by the names of Setting.images, as the model's input takes them."""

    def __init__(self, model: str, input_name: str, fed: Mapping[str, Floats], scratch: Path) -> None:
        onnx, _ = _packages()
        self._input = input_name
        self._prepared = scratch / "prepared.onnx"
        _prepare(model, self._prepared)
        graph = onnx.load(str(self._prepared), load_external_data=False).graph
        self._fed = {images: _as_input(graph, input_name, rows) for images, rows in fed.items()}
        self._weights = _weights_of(graph)
        self._activations = _activation_bytes(graph)
        if not self._weights:
            raise BadInput(
                f"{model}: has no layer that can be quantised ({', '.join(_LAYERS)} with weights of their own)",
                "give files that you made: variants=",
            )

    def see(self, images: str, more: Floats) -> None:
        """Calibration by `images` sees these besides the plain ones. Rows as `fed`'s."""
        plain = self._fed["plain"]
        self._fed[images] = np.concatenate([plain, more.reshape(len(more), *plain.shape[1:])])

    def digest_of(self, setting: Setting) -> str:
        """Of what calibration sees."""
        if not setting.static:
            return ""
        fed = self._fed[setting.images]
        return hashlib.sha256(np.ascontiguousarray(fed).data).hexdigest()

    @property
    def layers(self) -> list[str]:
        """Names of the nodes with weights, in the model's order."""
        return list(self._weights)

    def quantise(self, setting: Setting, target: Path) -> None:
        """Writes a model file: whole, or not at all. What ONNX Runtime raises goes through."""
        unknown = set(setting.in_float) - set(self._weights)
        if unknown:
            raise BadArgument(
                f"in_float names {', '.join(sorted(unknown))}, which are no layers of the model",
                f"its layers are {', '.join(self._weights)}",
            )
        partial = target.with_suffix(".partial.onnx")
        if setting.static:
            self._static(setting, partial, self._fed[setting.images])
        else:
            self._dynamic(setting, partial)
        os.replace(partial, target)

    def sensitivity(self, setting: Setting, rows: int, target: Path) -> Iterator[Layer]:
        """Each layer, quantised alone as `setting` says; judged on as many rows of its calibration. `target` is a file
        to write to. Lasts about as long as quantising once a layer."""
        chosen = _spread(self._fed[setting.images], rows)
        plain = self._outputs(self._prepared, chosen)
        variance = float(np.mean((plain - plain.mean(axis=0)) ** 2)) or 1.0
        for layer in self._weights:
            self._static(setting, target, chosen, only=layer)
            noise = float(np.mean((self._outputs(target, chosen) - plain) ** 2)) / variance
            yield Layer(layer, self._weights[layer] * 3 // 4, noise)

    def _static(self, setting: Setting, target: Path, fed: Floats, only: str | None = None) -> None:
        _, quantization = _packages()
        kinds, methods = quantization.QuantType, quantization.CalibrationMethod
        rows, stride = self._strides(len(fed))
        signed = setting.symmetric
        activations = {8: (kinds.QUInt8, kinds.QInt8), 16: (kinds.QUInt16, kinds.QInt16)}[setting.activations][signed]
        method = {"minmax": methods.MinMax, "entropy": methods.Entropy, "percentile": methods.Percentile}
        with _quiet():
            quantization.quantize_static(
                str(self._prepared),
                str(target),
                _reader(quantization, self._input, _spread(fed, rows)),
                quant_format=quantization.QuantFormat.QDQ,
                per_channel=setting.per_channel,
                activation_type=activations,
                weight_type=kinds.QInt8,
                nodes_to_quantize=[only] if only else None,
                nodes_to_exclude=list(setting.in_float),
                calibrate_method=method[setting.method],
                extra_options={"ActivationSymmetric": setting.symmetric, "CalibStridedMinMax": stride},
            )

    def _dynamic(self, setting: Setting, target: Path) -> None:
        _, quantization = _packages()
        with _quiet():
            quantization.quantize_dynamic(
                str(self._prepared),
                str(target),
                per_channel=setting.per_channel,
                weight_type=quantization.QuantType.QUInt8,  # ConvInteger takes no others on a CPU
                nodes_to_exclude=list(setting.in_float),
            )

    def _strides(self, rows: int) -> tuple[int, int]:
        """How many of the rows are seen, and how many of them at a time: their activations are in memory at once."""
        fit = max(1, _MEMORY // max(1, self._activations))
        at_once = rows // -(-rows // fit)
        return rows // at_once * at_once, at_once

    def _outputs(self, model: Path, fed: Floats) -> npt.NDArray[np.float64]:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        answers = [session.run(None, {self._input: row[np.newaxis]}) for row in fed]
        rows = [np.concatenate([np.ravel(part) for part in parts]) for parts in answers]
        return np.asarray(rows, dtype=np.float64)


def _packages() -> tuple[Any, Any]:
    try:
        import onnx
        import onnxruntime.quantization as quantization
    except ImportError as error:
        raise BadArgument(
            f"quantising needs packages that are not installed: {error}",
            'pip install "dflare[tune]"; or give files that you made: variants=',
        ) from error
    return onnx, quantization


def _reader(quantization: Any, name: str, fed: Floats) -> Any:
    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.set_range(0, len(fed))

        def __len__(self) -> int:
            return len(fed)

        def set_range(self, start_index: int, end_index: int) -> None:
            self._rows = iter(fed[start_index:end_index])

        def get_next(self) -> dict[str, Floats] | None:
            row = next(self._rows, None)
            return None if row is None else {name: row[np.newaxis]}

    return Reader()


def _prepare(model: str, target: Path) -> None:
    """Shapes inferred and what belongs together fused, as ONNX Runtime wants it before quantising."""
    try:
        from onnxruntime.quantization.shape_inference import quant_pre_process

        with _quiet():
            quant_pre_process(model, str(target), skip_symbolic_shape=True)
        onnx, _ = _packages()
        prepared = onnx.load(str(target))
        for number, node in enumerate(prepared.graph.node):  # layers are known by the names of their nodes
            node.name = node.name or f"{node.op_type}_{number}"
        onnx.save(prepared, str(target))
    except Exception as error:
        raise BadInput(f"{model}: ONNX Runtime cannot prepare it for quantising: {error}") from error


def _as_input(graph: Any, name: str, rows: Floats) -> Floats:
    """In the shape that the graph says; what it leaves open is the rows' own."""
    for value in graph.input:
        if value.name != name:
            continue
        if value.type.tensor_type.elem_type != 1:  # FLOAT
            raise BadInput(
                f"the model's input {name} holds no float32: it is quantised, or not the original",
                "give the original, or files that you made: variants=",
            )
        dims = [dim.dim_value for dim in value.type.tensor_type.shape.dim][1:]
        if any(dim <= 0 for dim in dims):
            return rows
        return np.ascontiguousarray(rows.reshape(len(rows), *dims))
    raise BadInput(f"the model has no input {name}")


def _weights_of(graph: Any) -> dict[str, int]:
    """Bytes of the weights of each node that quantisation can take, in the graph's order."""
    from onnx import numpy_helper

    sizes = {tensor.name: 4 * int(np.prod(tensor.dims)) for tensor in graph.initializer if tensor.data_type == 1}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            sizes[node.output[0]] = numpy_helper.to_array(node.attribute[0].t).nbytes
    found = {}
    for node in graph.node:
        if node.op_type in _LAYERS and len(node.input) > 1 and node.input[1] in sizes and node.name:
            found[node.name] = sizes[node.input[1]]
    return found


def _activation_bytes(graph: Any) -> int:
    """Of one row, all tensors together, as far as their shapes are known."""
    dims = ([dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim][1:] for value in graph.value_info)
    return sum(4 * int(np.prod(each)) for each in dims)


def _spread(fed: Floats, rows: int) -> Floats:
    """As many of them, evenly."""
    if rows >= len(fed):
        return fed
    chosen: Floats = fed[np.linspace(0, len(fed) - 1, rows).round().astype(int)]
    return chosen


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """ONNX Runtime's quantisation prints and logs as it goes."""
    root = logging.getLogger()
    disabled, root.disabled = root.disabled, True
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        root.disabled = disabled


def sha256(file: str | os.PathLike[str]) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


__all__ = ["Layer", "Quantiser", "Setting", "sha256"]
