"""torch.nn.Module as a model, by a stand-in: the real one is large, and what is used of it is little."""

import contextlib
import sys
import types

import numpy as np
import pytest
from conftest import linear

import dflare


class Tensor:
    """As much of a tensor as is used."""

    def __init__(self, array):
        self.array = array
        self.dtype, self.device = array.dtype, "cpu"

    def to(self, device, dtype):
        return Tensor(self.array.astype(dtype))

    def float(self):
        return Tensor(self.array.astype(np.float32))

    def cpu(self):
        return self

    def numpy(self):
        return self.array


@pytest.fixture
def torch(monkeypatch):
    torch = types.ModuleType("torch")
    torch.nn = types.ModuleType("torch.nn")
    torch.inside = []

    class Module:
        training = True

        def eval(self):
            self.training = False
            return self

    Module.__module__ = "torch.nn.modules.module"

    @contextlib.contextmanager
    def inference_mode():
        torch.inside.append(True)
        yield
        torch.inside.pop()

    torch.nn.Module, torch.from_numpy, torch.inference_mode = Module, Tensor, inference_mode
    monkeypatch.setitem(sys.modules, "torch", torch)
    return torch


@pytest.fixture
def net(torch):
    class Net(torch.nn.Module):
        def __init__(self, coarse=0.0):
            self.scores, self.seen = linear(coarse), []

        def parameters(self):
            yield Tensor(np.zeros(1, np.float16))

        def __call__(self, tensor):
            assert torch.inside
            self.seen.append(tensor.array)
            return Tensor(self.scores(tensor.array.astype(np.float32)))

    return Net


def test_a_module_gets_a_tensor_n_c_h_w_of_the_type_of_its_weights(net, images):
    exact, rough = net().eval(), net(0.4).eval()
    run = dflare.search(exact, rough, images, preprocess="unit", max_queries=100, output="logits")
    assert len(run) > 0
    assert {batch.dtype for batch in exact.seen} == {np.dtype(np.float16)}
    assert all(batch.shape[1:] == (1, 8, 8) and batch.max() <= 1 for batch in exact.seen)
    assert run.options["original"] == "function:Net"


def test_a_module_without_preprocessing_gets_floats_too(net, images):
    exact = net().eval()
    with pytest.warns(UserWarning, match="say how by original_preprocess"):
        dflare.search(exact, net(0.4).eval(), images, max_queries=20)
    assert exact.seen[0].shape[1:] == (1, 8, 8) and exact.seen[0].max() > 1


def test_a_module_in_training_mode_is_refused(net, images):
    with pytest.raises(dflare.BadArgument, match=r"Net is in training mode.*\n.*call model.eval\(\) first"):
        dflare.search(net(), net(0.4).eval(), images)
