"""Training, pruning and distilling, on the CPU."""
from __future__ import annotations

import copy
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import prune

BATCH = 128
TEMPERATURE, SOFT = 4.0, 0.7  # of distillation: 0.7 of the loss from the teacher, 0.3 from the labels

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]  # of images, logits, labels


def cross_entropy(_: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits, labels)


def distillation(teacher: nn.Module) -> Loss:
    teacher.eval()

    def loss(images: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = functional.log_softmax(teacher(images) / TEMPERATURE, 1)
        soft = functional.kl_div(functional.log_softmax(logits / TEMPERATURE, 1), wanted, reduction="batchmean",
                                 log_target=True)
        return SOFT * TEMPERATURE**2 * soft + (1 - SOFT) * functional.cross_entropy(logits, labels)

    return loss


def augmented(images: Tensor) -> Tensor:
    """Moved by up to 2 pixels each way (as one batch); colour images mirrored half of the time."""
    down, right = torch.randint(-2, 3, (2,)).tolist()
    moved = torch.roll(images, (down, right), (2, 3))
    return moved.flip(3) if images.shape[1] == 3 and torch.rand(()) < 0.5 else moved


def train(net: nn.Module, x: Tensor, y: Tensor, steps: int, rate: float, loss: Loss = cross_entropy,
          say: Callable[[str], None] = print) -> nn.Module:
    """Adam under a one-cycle schedule. Tells after ten steps how long it will take."""
    net.train()
    optimizer = torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    began = time.monotonic()
    for step in range(steps):
        rows = torch.randint(len(x), (min(BATCH, len(x)),))
        images = augmented(x[rows])
        optimizer.zero_grad()
        loss(images, net(images), y[rows]).backward()
        optimizer.step()
        schedule.step()
        if step == 9:
            say(f"  {steps} steps, about {(time.monotonic() - began) / 10 * steps / 60:.1f} minutes")
    return net.eval()


def pruned(net: nn.Module, share: float, x: Tensor, y: Tensor, steps: int, rate: float) -> nn.Module:
    """A copy whose smallest weights of all convolutions and dense layers together are zero, trained around them."""
    net = copy.deepcopy(net)
    parts = [(m, "weight") for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    prune.global_unstructured(parts, prune.L1Unstructured, amount=share)
    train(net, x, y, steps, rate)
    for module, name in parts:
        prune.remove(module, name)
    return net
