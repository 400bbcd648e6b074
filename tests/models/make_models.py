#!/usr/bin/env python3
"""Makes the tiny models of this folder: every odd shape, type and misbehaviour that a model file can bring.

Needs numpy, onnx, tflite and flatbuffers; running the tests needs none of them. Weights come from fixed seeds, so a
second run writes the same bytes.
"""
import pathlib

import flatbuffers
import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
SIDE, FILTERS, CLASSES = 8, 4, 10
FLOAT, HALF, UINT8, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8, TensorProto.INT64


# --- ONNX ---------------------------------------------------------------------------------------------------------

def constant(name, value, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(value, dtype), name)


def weights(classes=CLASSES, channels=1, dtype=np.float32, levels=None):
    """A convolution and a dense layer; `levels` rounds them, as a coarse quantiser would."""
    rng = np.random.default_rng(7)
    arrays = {
        "conv_w": rng.normal(0, 0.5, (FILTERS, channels, 3, 3)),
        "conv_b": rng.normal(0, 0.1, FILTERS),
        "dense_w": rng.normal(0, 0.3, (FILTERS * SIDE * SIDE, classes)),
        "dense_b": rng.normal(0, 0.1, classes),
    }
    if levels:
        arrays = {k: np.round(v / np.abs(v).max() * levels) / levels * np.abs(v).max() for k, v in arrays.items()}
    return [constant(name, value, dtype) for name, value in arrays.items()]


def network(source="image", target="logits"):
    return [
        helper.make_node("Conv", [source, "conv_w", "conv_b"], ["conv"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node("Flatten", ["relu"], ["flat"]),
        helper.make_node("Gemm", ["flat", "dense_w", "dense_b"], [target]),
    ]


def tensor(name, shape, dtype=FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def image(batch="N", channels=1, side=SIDE, dtype=FLOAT):
    return tensor("image", [batch, channels, side, side], dtype)


def save(name, nodes, inputs, outputs, constants):
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="dflare")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def mean_of_image():
    return helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=1)


def flat_mean():
    return [mean_of_image(), helper.make_node("Reshape", ["mean", "column"], ["flat_mean"])]


def sound_models():
    logits = tensor("logits", ["N", CLASSES])
    save("ok_float", network(), [image()], [logits], weights())
    save("ok_coarse", network(), [image()], [logits], weights(levels=6))
    save("classes7", network(), [image()], [tensor("logits", ["N", 7])], weights(classes=7))
    save("colour", network(), [image(channels=3)], [logits], weights(channels=3))
    save("fixed_batch4", network(), [image(4)], [tensor("logits", [4, CLASSES])], weights())
    save("fp16", network(), [image(dtype=HALF)], [tensor("logits", ["N", CLASSES], HALF)], weights(dtype=np.float16))
    turn = helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2])
    save("nhwc", [turn] + network("planes"), [tensor("image", ["N", SIDE, SIDE, 1])], [logits], weights())
    lift = helper.make_node("Reshape", ["image", "planes_shape"], ["planes"])
    save("rank3", [lift] + network("planes"), [tensor("image", ["N", SIDE, SIDE])], [logits],
         weights() + [constant("planes_shape", [-1, 1, SIDE, SIDE], np.int64)])
    flatten = helper.make_node("Reshape", ["row", "classes"], ["logits"])
    save("one_row", network(target="row") + [flatten], [image(1)], [tensor("logits", [CLASSES])],
         weights() + [constant("classes", [CLASSES], np.int64)])
    spread = helper.make_node("Reshape", ["rows", "spread"], ["logits"])
    save("n_c_1_1", network(target="rows") + [spread], [image()], [tensor("logits", ["N", CLASSES, 1, 1])],
         weights() + [constant("spread", [0, CLASSES, 1, 1], np.int64)])
    save("no_output_shape", network(), [image()], [tensor("logits", ["N", "C"])], weights())
    soft = helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1)
    save("two_outputs", network() + [soft], [image()], [logits, tensor("probabilities", ["N", CLASSES])], weights())

    rng = np.random.default_rng(9)
    pool = [helper.make_node("Conv", ["image", "wide_w"], ["wide"]),
            helper.make_node("GlobalAveragePool", ["wide"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["logits"])]
    save("open_size", pool, [tensor("image", ["N", 1, "H", "W"])], [logits],
         [constant("wide_w", rng.normal(0, 1, (CLASSES, 1, 3, 3)))])

    bytes_in = [helper.make_node("Cast", ["image"], ["real"], to=FLOAT), helper.make_node("Mul", ["real", "unit"], ["x"])]
    bytes_out = [helper.make_node("Softmax", ["logits"], ["p"], axis=1), helper.make_node("Mul", ["p", "most"], ["scaled"]),
                 helper.make_node("Round", ["scaled"], ["rounded"]), helper.make_node("Cast", ["rounded"], ["bytes"], to=UINT8)]
    save("u8_in_u8_out", bytes_in + network("x") + bytes_out, [image(dtype=UINT8)],
         [tensor("bytes", ["N", CLASSES], UINT8)], weights() + [constant("unit", 1 / 255), constant("most", 255)])


def row_mixing_models():
    """Models whose rows affect each other: one scale serves the whole batch."""
    logits = tensor("logits", ["N", CLASSES])
    quantise = [helper.make_node("DynamicQuantizeLinear", ["image"], ["bytes", "scale", "zero"]),
                helper.make_node("DequantizeLinear", ["bytes", "scale", "zero"], ["x"])]
    save("dynamic_quantised", quantise + network("x"), [image()], [logits], weights())
    branches = [helper.make_graph(quantise, name, [], [tensor("x", ["N", 1, SIDE, SIDE])]) for name in ("yes", "no")]
    choose = helper.make_node("If", ["always"], ["x_out"], then_branch=branches[0], else_branch=branches[1])
    save("dynamic_in_subgraph", [choose] + network("x_out"), [image()], [logits],
         weights() + [constant("always", True, np.bool_)])
    largest = [helper.make_node("ReduceMax", ["image"], ["largest"], keepdims=1),
               helper.make_node("Div", ["image", "largest"], ["x"])]
    save("mixes_rows", largest + network("x"), [image()], [logits], weights())


def unfit_models():
    """Models that are refused, or that misbehave when asked."""
    logits = tensor("logits", ["N", CLASSES])
    add = helper.make_node("Add", ["image", "other"], ["sum"])
    save("two_inputs", [add] + network("sum"), [image(), tensor("other", ["N", 1, SIDE, SIDE])], [logits], weights())
    # A rate, a state that is open in the batch, and a mask of the image's shape: what voices and texts are asked with.
    gated = [helper.make_node("Mul", ["image", "mask"], ["gated"]), helper.make_node("Cast", ["rate"], ["hertz"], to=FLOAT),
             helper.make_node("ReduceSum", ["state", "axes"], ["past"], keepdims=0)]
    heads = network("gated", target="z") + [helper.make_node("Mul", ["z", "hertz"], ["scaled"]),
                                            helper.make_node("Add", ["scaled", "past"], ["logits"])]
    save("rate_and_state", gated + heads,
         [image(), tensor("rate", [], INT64), tensor("state", [2, "N", CLASSES]), tensor("mask", ["N", 1, SIDE, SIDE])],
         [logits], weights() + [numpy_helper.from_array(np.array([0], np.int64), "axes")])
    rng = np.random.default_rng(5)
    dense = [constant("w", rng.normal(0, 0.3, (SIDE * SIDE, CLASSES)))]
    save("rank2_input", [helper.make_node("MatMul", ["image", "w"], ["logits"])], [tensor("image", ["N", SIDE * SIDE])],
         [logits], dense)
    sigmoid = helper.make_node("Sigmoid", ["z"], ["score"])
    save("sigmoid", network(target="logits") + [helper.make_node("ReduceMean", ["logits"], ["z"], axes=[1], keepdims=1), sigmoid],
         [image()], [tensor("score", ["N", 1])], weights())
    save("maps", network()[:2], [image()], [tensor("conv", ["N", FILTERS, SIDE, SIDE]), tensor("relu", ["N", FILTERS, SIDE, SIDE])],
         weights()[:2])
    save("labels_only", network() + [helper.make_node("ArgMax", ["logits"], ["label"], axis=1, keepdims=0)], [image()],
         [tensor("label", ["N"], INT64)], weights())
    beside = helper.make_model(helper.make_graph(
        [helper.make_node("Flatten", ["image"], ["plain"]), helper.make_node("Mul", ["plain", "halves"], ["flat"]),
         helper.make_node("MatMul", ["flat", "w"], ["logits"])],
        "weights_beside", [image()], [logits], dense + [constant("halves", np.full((1, SIDE * SIDE), 0.5))]), opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (HERE / "weights_beside.bin").unlink(missing_ok=True)
    onnx.save(beside, HERE / "weights_beside.onnx", save_as_external_data=True, location="weights_beside.bin",
              size_threshold=0)
    sequence = helper.make_tensor_sequence_value_info("parts", TensorProto.FLOAT, None)
    save("sequence_output", network() + [helper.make_node("SequenceConstruct", ["logits"], ["parts"])], [image()],
         [logits, sequence], weights())
    one = helper.make_node("Reshape", ["image", "one_row"], ["flat"])
    save("hard_coded_batch", [one, helper.make_node("MatMul", ["flat", "w"], ["logits"])], [image()], [logits],
         dense + [constant("one_row", [1, SIDE * SIDE], np.int64)])

    column = constant("column", [-1, 1], np.int64)
    save("constant", flat_mean() + [helper.make_node("Mul", ["flat_mean", "zeros"], ["logits"])], [image()], [logits],
         [column, constant("zeros", np.zeros((1, CLASSES)))])
    # 0.5 - mean is negative for bright images (with --preprocess unit): its logarithm is NaN, and added to everything.
    brightness = flat_mean() + [helper.make_node("Sub", ["half", "flat_mean"], ["left"])]
    spoiled = helper.make_node("Add", ["rows", "spoil"], ["logits"])
    save("nan_output", network(target="rows") + brightness + [
        helper.make_node("Log", ["left"], ["log"]), helper.make_node("Mul", ["log", "zero"], ["spoil"]), spoiled],
        [image()], [logits], weights() + [column, constant("half", 0.5), constant("zero", 0)])
    # exp(400 * mean) overflows for bright images.
    save("inf_output", network(target="rows") + flat_mean() + [
        helper.make_node("Mul", ["flat_mean", "steep"], ["power"]), helper.make_node("Exp", ["power"], ["spoil"]), spoiled],
        [image()], [logits], weights() + [column, constant("steep", 400)])
    hang(weights() + [column], logits)


def hang(constants, logits):
    """Counts towards 2^62 before it answers."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go_on"], ["go_on_out"]), helper.make_node("Add", ["total", "flat_mean"], ["total_out"])],
        "body", [tensor("i", [], INT64), tensor("go_on", [], TensorProto.BOOL), tensor("total", ["N", 1])],
        [tensor("go_on_out", [], TensorProto.BOOL), tensor("total_out", ["N", 1])])
    loop = helper.make_node("Loop", ["trips", "go", "flat_mean"], ["spoil"], body=body)
    save("hang", network(target="rows") + flat_mean() + [loop, helper.make_node("Add", ["rows", "spoil"], ["logits"])],
         [image()], [logits], constants + [constant("trips", 1 << 62, np.int64), constant("go", True, np.bool_)])


# --- TensorFlow Lite ----------------------------------------------------------------------------------------------

T = tflite.TensorType


class Flat:
    """Just enough of TensorFlow Lite's file format for a chain of operators."""

    def __init__(self):
        self.b = flatbuffers.Builder(1024)
        self.buffers, self.tensors, self.operators, self.codes = [self._buffer(b"")], [], [], []
        self.behind = {}  # weights that go behind the flatbuffer, by the number that stands for their place

    def _buffer(self, data, outside=False):
        vector = self.b.CreateByteVector(data) if data and not outside else None
        tflite.BufferStart(self.b)
        if vector is not None:
            tflite.BufferAddData(self.b, vector)
        if outside:
            place = 0x1122334455667700 + len(self.behind)
            self.behind[place] = data
            tflite.BufferAddOffset(self.b, place)
            tflite.BufferAddSize(self.b, len(data))
        return tflite.BufferEnd(self.b)

    def _ints(self, values, width=4):
        self.b.StartVector(width, len(values), width)
        for value in reversed(values):
            self.b.PrependInt32(int(value))
        return self.b.EndVector()

    def _offsets(self, values):
        self.b.StartVector(4, len(values), 4)
        for value in reversed(values):
            self.b.PrependUOffsetTRelative(value)
        return self.b.EndVector()

    def _quantisation(self, scale, zero, dimension):
        self.b.StartVector(4, 1, 4)
        self.b.PrependFloat32(scale)
        scales = self.b.EndVector()
        self.b.StartVector(8, 1, 8)
        self.b.PrependInt64(zero)
        zeros = self.b.EndVector()
        tflite.QuantizationParametersStart(self.b)
        tflite.QuantizationParametersAddScale(self.b, scales)
        tflite.QuantizationParametersAddZeroPoint(self.b, zeros)
        tflite.QuantizationParametersAddQuantizedDimension(self.b, dimension)
        return tflite.QuantizationParametersEnd(self.b)

    def tensor(self, name, shape, dtype=T.FLOAT32, data=None, scale=0, zero=0, variable=False,
               outside=False, dimension=0):
        buffer = 0
        if data is not None:
            buffer = len(self.buffers)
            self.buffers.append(self._buffer(np.ascontiguousarray(data).tobytes(), outside))
        text, dims = self.b.CreateString(name), self._ints(shape)
        quantisation = self._quantisation(scale, zero, dimension) if scale else None
        tflite.TensorStart(self.b)
        tflite.TensorAddName(self.b, text)
        tflite.TensorAddShape(self.b, dims)
        tflite.TensorAddType(self.b, dtype)
        tflite.TensorAddBuffer(self.b, buffer)
        tflite.TensorAddIsVariable(self.b, variable)
        if quantisation is not None:
            tflite.TensorAddQuantization(self.b, quantisation)
        self.tensors.append(tflite.TensorEnd(self.b))
        return len(self.tensors) - 1

    def operator(self, code, inputs, outputs, options=None, kind=0):
        ins, outs = self._ints(inputs), self._ints(outputs)
        custom = self.b.CreateString(code) if isinstance(code, str) else None
        code = tflite.BuiltinOperator.CUSTOM if custom else code
        tflite.OperatorCodeStart(self.b)
        if custom is not None:
            tflite.OperatorCodeAddCustomCode(self.b, custom)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.b, code)
        tflite.OperatorCodeAddBuiltinCode(self.b, code)
        tflite.OperatorCodeAddVersion(self.b, 4 if code == tflite.BuiltinOperator.FULLY_CONNECTED else 1)
        self.codes.append(tflite.OperatorCodeEnd(self.b))
        tflite.OperatorStart(self.b)
        tflite.OperatorAddOpcodeIndex(self.b, len(self.codes) - 1)
        tflite.OperatorAddInputs(self.b, ins)
        tflite.OperatorAddOutputs(self.b, outs)
        if options is not None:
            tflite.OperatorAddBuiltinOptionsType(self.b, kind)
            tflite.OperatorAddBuiltinOptions(self.b, options)
        self.operators.append(tflite.OperatorEnd(self.b))

    def dense(self, inputs, output):
        tflite.FullyConnectedOptionsStart(self.b)
        options = tflite.FullyConnectedOptionsEnd(self.b)
        self.operator(tflite.BuiltinOperator.FULLY_CONNECTED, inputs, [output], options,
                      tflite.BuiltinOptions.FullyConnectedOptions)

    def reshape(self, source, shape, output):
        new_shape = self._ints(shape)
        tflite.ReshapeOptionsStart(self.b)
        tflite.ReshapeOptionsAddNewShape(self.b, new_shape)
        options = tflite.ReshapeOptionsEnd(self.b)
        wanted = self.tensor("shape", [len(shape)], T.INT32, np.array(shape, np.int32))
        self.operator(tflite.BuiltinOperator.RESHAPE, [source, wanted], [output], options,
                      tflite.BuiltinOptions.ReshapeOptions)

    def save(self, name, inputs, outputs):
        tensors, operators = self._offsets(self.tensors), self._offsets(self.operators)
        ins, outs = self._ints(inputs), self._ints(outputs)
        tflite.SubGraphStart(self.b)
        tflite.SubGraphAddTensors(self.b, tensors)
        tflite.SubGraphAddInputs(self.b, ins)
        tflite.SubGraphAddOutputs(self.b, outs)
        tflite.SubGraphAddOperators(self.b, operators)
        subgraphs = self._offsets([tflite.SubGraphEnd(self.b)])
        codes, buffers = self._offsets(self.codes), self._offsets(self.buffers)
        description = self.b.CreateString("dflare")
        tflite.ModelStart(self.b)
        tflite.ModelAddVersion(self.b, 3)
        tflite.ModelAddOperatorCodes(self.b, codes)
        tflite.ModelAddSubgraphs(self.b, subgraphs)
        tflite.ModelAddDescription(self.b, description)
        tflite.ModelAddBuffers(self.b, buffers)
        self.b.Finish(tflite.ModelEnd(self.b), b"TFL3")
        model = bytes(self.b.Output())
        for place, data in self.behind.items():
            model += bytes(-len(model) % 16)
            model = model.replace(place.to_bytes(8, "little"), len(model).to_bytes(8, "little")) + data
        (HERE / f"{name}.tflite").write_bytes(model)


def dense_weights():
    rng = np.random.default_rng(11)
    return (rng.normal(0, 0.3, (CLASSES, SIDE * SIDE)).astype(np.float32), rng.normal(0, 0.1, CLASSES).astype(np.float32))


def tflite_models():
    w, bias = dense_weights()

    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    f.dense([x, f.tensor("w", w.shape, data=w), f.tensor("b", bias.shape, data=bias)], y)
    f.save("dense_float", [x], [y])

    # The same, with weights where newer converters put them: behind the flatbuffer.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    f.dense([x, f.tensor("w", w.shape, data=w, outside=True), f.tensor("b", bias.shape, data=bias, outside=True)], y)
    f.save("outside_weights", [x], [y])

    # What cannot be run: an operator that no library has, a dimension that is not there, weights of 4 bits.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    f.operator("FlexErf", [x], [y])
    f.save("custom_operator", [x], [y])
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    f.dense([x, f.tensor("w", w.shape, T.INT8, np.zeros(w.shape, np.int8), 0.5, dimension=7), -1], y)
    f.save("no_such_dimension", [x], [y])
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    f.dense([x, f.tensor("w", w.shape, T.INT4, np.zeros(w.size // 2, np.int8), 0.5), -1], y)
    f.save("int4_weights", [x], [y])

    # `dense_float` of raw pixels that come as 32-bit integers.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1], T.INT32)
    real = f.tensor("real", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    tflite.CastOptionsStart(f.b)
    tflite.CastOptionsAddInDataType(f.b, T.INT32)
    tflite.CastOptionsAddOutDataType(f.b, T.FLOAT32)
    cast = tflite.CastOptionsEnd(f.b)
    f.operator(tflite.BuiltinOperator.CAST, [x], [real], cast, tflite.BuiltinOptions.CastOptions)
    f.dense([real, f.tensor("w", w.shape, data=w / 255), f.tensor("b", bias.shape, data=bias)], y)
    f.save("int32_input", [x], [y])

    # `dense_float` and half of it, upside down.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    y = f.tensor("logits", [1, CLASSES])
    half = f.tensor("half", [1, CLASSES // 2])
    f.dense([x, f.tensor("w", w.shape, data=w), f.tensor("b", bias.shape, data=bias)], y)
    f.dense([x, f.tensor("w2", [CLASSES // 2, SIDE * SIDE], data=-w[::2]),
             f.tensor("b2", [CLASSES // 2], data=-bias[::2])], half)
    f.save("two_outputs", [x], [y, half])

    # `dense_float` times a gain that is an input too, and comes first.
    f = Flat()
    gain = f.tensor("gain", [1])
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    z = f.tensor("z", [1, CLASSES])
    y = f.tensor("logits", [1, CLASSES])
    f.dense([x, f.tensor("w", w.shape, data=w), f.tensor("b", bias.shape, data=bias)], z)
    tflite.MulOptionsStart(f.b)
    mul = tflite.MulOptionsEnd(f.b)
    f.operator(tflite.BuiltinOperator.MUL, [z, gain], [y], mul, tflite.BuiltinOptions.MulOptions)
    f.save("gain", [gain, x], [y])

    # For pixels / 255: one grey level is one step of the input.
    f = Flat()
    w_scale, x_scale, y_scale = float(np.abs(w).max()) / 127, 1 / 255, 0.0625
    x = f.tensor("image", [1, SIDE, SIDE, 1], T.INT8, scale=x_scale, zero=-128)
    y = f.tensor("logits", [1, CLASSES], T.INT8, scale=y_scale, zero=3)
    f.dense([x, f.tensor("w", w.shape, T.INT8, np.round(w / w_scale).astype(np.int8), w_scale),
             f.tensor("b", bias.shape, T.INT32, np.round(bias / (w_scale * x_scale)).astype(np.int32), w_scale * x_scale)], y)
    f.save("dense_int8", [x], [y])

    # The batch is hard-coded inside.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    flat = f.tensor("flat", [1, SIDE * SIDE])
    y = f.tensor("logits", [1, CLASSES])
    f.reshape(x, [1, SIDE * SIDE], flat)
    f.dense([flat, f.tensor("w", w.shape, data=w), f.tensor("b", bias.shape, data=bias)], y)
    f.save("dense_batch1", [x], [y])

    # An SVDF layer of memory 3: its answer depends on earlier invocations unless its state is reset.
    f = Flat()
    x = f.tensor("image", [1, SIDE, SIDE, 1])
    flat = f.tensor("flat", [1, SIDE * SIDE])
    y = f.tensor("logits", [1, CLASSES])
    f.reshape(x, [-1, SIDE * SIDE], flat)
    time = np.tile(np.array([0.25, 0.5, 1], np.float32), (CLASSES, 1))
    state = f.tensor("state", [1, 3 * CLASSES], variable=True)
    inputs = [flat, f.tensor("w", w.shape, data=w), f.tensor("time", time.shape, data=time),
              f.tensor("b", bias.shape, data=bias), state]
    tflite.SVDFOptionsStart(f.b)
    tflite.SVDFOptionsAddRank(f.b, 1)
    options = tflite.SVDFOptionsEnd(f.b)
    f.operator(tflite.BuiltinOperator.SVDF, inputs, [y], options, tflite.BuiltinOptions.SVDFOptions)
    f.save("stateful", [x], [y])


if __name__ == "__main__":
    sound_models()
    row_mixing_models()
    unfit_models()
    tflite_models()
