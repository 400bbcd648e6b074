"""Small convolutional nets: one description serves training (JAX) and the ONNX file."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True)
class Conv:
    channels: int
    kernel: int
    pad: int = 0


@dataclass(frozen=True)
class Dense:
    units: int


@dataclass(frozen=True)
class Net:
    """Layers by name ("relu", "pool", "mean", "flatten") or by value. Inside, images are N x C x H x W."""

    height: int
    width: int
    channels: int
    layers: tuple
    nhwc: bool = False  # the ONNX file takes N x H x W x C
    softmax: bool = False  # the ONNX file gives probabilities, otherwise logits


def init(net: Net, seed: int) -> list:
    """He-normal weights and zero biases, a pair for each layer that has any."""
    rng = np.random.default_rng(seed)
    params, (channels, height, width), features = [], (net.channels, net.height, net.width), 0
    for layer in net.layers:
        if isinstance(layer, Conv):
            params.append(_he(rng, (layer.channels, channels, layer.kernel, layer.kernel)))
            channels = layer.channels
            height, width = (side + 2 * layer.pad - layer.kernel + 1 for side in (height, width))
        elif isinstance(layer, Dense):
            params.append(_he(rng, (layer.units, features)))
            features = layer.units
        elif layer == "pool":
            height, width = height // 2, width // 2
        elif layer in ("flatten", "mean"):
            features = channels * (height * width if layer == "flatten" else 1)
    return params


def _he(rng: np.random.Generator, shape: tuple) -> tuple:
    scale = np.sqrt(2 / np.prod(shape[1:]))
    return jnp.asarray(rng.normal(0, scale, shape), jnp.float32), jnp.zeros(shape[0], jnp.float32)


def logits(net: Net, params: list, x: jnp.ndarray) -> jnp.ndarray:
    """x: preprocessed, N x C x H x W."""
    weights = iter(params)
    for layer in net.layers:
        if isinstance(layer, Conv):
            w, b = next(weights)
            x = jax.lax.conv_general_dilated(x, w, (1, 1), [(layer.pad, layer.pad)] * 2) + b[:, None, None]
        elif isinstance(layer, Dense):
            w, b = next(weights)
            x = x @ w.T + b
        elif layer == "relu":
            x = jax.nn.relu(x)
        elif layer == "pool":
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        elif layer == "mean":
            x = x.mean(axis=(2, 3))
        elif layer == "flatten":
            x = x.reshape(x.shape[0], -1)
    return x


def train(net: Net, params: list, x, y, *, augment, epochs: int, rate: float, seed: int, masks=None) -> list:
    """Adam with a cosine rate. `augment(rng, batch)` varies a batch; weights stay zero where `masks` are."""
    masks = masks or [np.ones_like(w) for w, _ in params]

    @jax.jit
    def step(params, m, v, count, rate, x, y):
        def loss(params):
            log_p = jax.nn.log_softmax(logits(net, params, x))
            return -jnp.take_along_axis(log_p, y[:, None], 1).mean()

        grads = jax.grad(loss)(params)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        scale = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        params = jax.tree.map(lambda p, m, v: p - scale * m / (jnp.sqrt(v) + 1e-8), params, m, v)
        return [(w * mask, b) for (w, b), mask in zip(params, masks)], m, v

    rng, batch = np.random.default_rng(seed), 50
    m = v = jax.tree.map(jnp.zeros_like, params)
    per_epoch = len(x) // batch
    steps = epochs * per_epoch
    for count in range(steps):
        if count % per_epoch == 0:
            order = rng.permutation(len(x))[: per_epoch * batch].reshape(per_epoch, batch)
        rows = order[count % per_epoch]
        now = rate * 0.5 * (1 + np.cos(np.pi * count / steps))
        params, m, v = step(params, m, v, count + 1.0, now, augment(rng, x[rows]), y[rows])
    return params


def prune(params: list, share: float) -> tuple[list, list]:
    """Zeroes the `share` of all weights (not biases) that are smallest, over the whole net. Also gives the masks."""
    sizes = np.concatenate([np.abs(w).ravel() for w, _ in params])
    limit = np.quantile(sizes, share)
    masks = [np.asarray(np.abs(w) > limit, np.float32) for w, _ in params]
    return [(w * mask, b) for (w, b), mask in zip(params, masks)], masks


def save_onnx(net: Net, params: list, path) -> None:
    """Opset 13, IR 8: any ONNX Runtime from 1.10 on opens it. The batch is free."""
    graph = _Graph()
    image = [net.height, net.width, net.channels] if net.nhwc else [net.channels, net.height, net.width]
    if net.nhwc:
        graph.node("Transpose", perm=[0, 3, 1, 2])
    weights = iter(params)
    for layer in net.layers:
        if isinstance(layer, Conv):
            graph.node("Conv", *next(weights), pads=[layer.pad] * 4)
        elif isinstance(layer, Dense):
            graph.node("Gemm", *next(weights), transB=1)
        elif layer == "relu":
            graph.node("Relu")
        elif layer == "pool":
            graph.node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        elif layer == "mean":
            graph.node("GlobalAveragePool")
            graph.node("Flatten")
        elif layer == "flatten":
            graph.node("Flatten")
    if net.softmax:
        graph.node("Softmax", axis=1)
    onnx.save(graph.model([None, *image], classes=int(params[-1][1].shape[0]), name=path.stem), path)


class _Graph:
    """A chain of nodes, each fed by the one before."""

    def __init__(self):
        self.nodes, self.weights, self.last = [], [], "image"

    def node(self, op: str, *weights, **attributes) -> None:
        index = len(self.nodes)
        names = [f"{op.lower()}_{index}_{part}" for part in ("weight", "bias")[: len(weights)]]
        self.weights += [numpy_helper.from_array(np.asarray(w), name) for w, name in zip(weights, names)]
        output = f"{op.lower()}_{index}"
        self.nodes.append(helper.make_node(op, [self.last, *names], [output], name=output, **attributes))
        self.last = output

    def model(self, image: list, classes: int, name: str) -> onnx.ModelProto:
        self.nodes[-1].output[0] = "answer"
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", *image[1:]])],
            [helper.make_tensor_value_info("answer", TensorProto.FLOAT, ["batch", classes])],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="dflare examples")
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model
