"""The paper's networks. All take N x C x H x W, preprocessed, and answer with logits."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn


def lenet(channels: tuple[int, int], dense: tuple[int, ...]) -> nn.Module:
    """LeNet-1, -4 and -5 in shape, with ReLU and max pooling."""
    first, second = channels
    layers: list[nn.Module] = [nn.Conv2d(1, first, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                               nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    width = second * 25
    for units in dense:
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, 10))


def cnn() -> nn.Module:
    """The paper's CNN on MNIST: two 3 x 3 convolutions and a wide dense layer."""
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(64 * 144, 128), nn.ReLU(), nn.Linear(128, 10))


class Block(nn.Module):
    """Two 3 x 3 convolutions; with a shortcut in ResNets, without in PlainNets."""

    def __init__(self, before: int, after: int, stride: int, shortcut: bool):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
                                  nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after))
        self.shortcut: nn.Module | None = None
        if shortcut:
            same = before == after and stride == 1
            self.shortcut = nn.Identity() if same else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False),
                                                                     nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return nn.functional.relu(y + self.shortcut(x) if self.shortcut is not None else y)


def residual(blocks: int, shortcut: bool = True) -> nn.Module:
    """The CIFAR networks of He et al. with 6 * blocks + 2 layers (shortcuts by 1 x 1 convolutions where shapes change)."""
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    before = 16
    for stage, after in enumerate((16, 32, 64)):
        for i in range(blocks):
            layers.append(Block(before, after, 2 if stage and not i else 1, shortcut))
            before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def vgg16(width: float = 1.0) -> nn.Module:
    """VGG-16's convolutions with batch normalisation, and one dense layer, as is usual on CIFAR-10."""
    layers: list[nn.Module] = []
    before = 3
    for stage in ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3):
        for channels in (int(c * width) for c in stage):
            layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            before = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before, 10))


@dataclass(frozen=True)
class Network:
    data: str  # mnist or cifar10
    make: Callable[[], nn.Module]
    steps: int  # of training, with batches of 128
    rate: float  # highest learning rate of Adam's one-cycle schedule
    student: Callable[[], nn.Module] | None = None  # what is distilled


NETWORKS = {
    "lenet1": Network("mnist", lambda: lenet((4, 12), ()), 3000, 5e-3),
    "lenet4": Network("mnist", lambda: lenet((4, 16), (120,)), 3000, 3e-3),
    "lenet5": Network("mnist", lambda: lenet((6, 16), (120, 84)), 3000, 3e-3),
    "cnn": Network("mnist", cnn, 600, 1e-3),
    "plainnet20": Network("cifar10", lambda: residual(3, False), 6000, 3e-3, lambda: residual(1, False)),
    "resnet20": Network("cifar10", lambda: residual(3), 6000, 3e-3, lambda: residual(1)),
    "vgg16": Network("cifar10", vgg16, 6000, 1e-3, lambda: vgg16(0.25)),
}
