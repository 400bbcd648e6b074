#!/usr/bin/env python3
"""Adversarial images of an ONNX model, by Foolbox on a PyTorch version of it.

    attack.py MODEL IMAGES LABELS PREPROCESS OUT name=FGSM images=N epsilon=E
    attack.py MODEL IMAGES LABELS PREPROCESS OUT name=CW images=N steps=N searches=N confidence=C

IMAGES is a .npy (u8, N x H x W x C) or a folder of <label>/*.png, LABELS a .npy, or None for a folder. PREPROCESS is key=value
text as `dflare --preprocess` takes it. The first N images that the model gets right are attacked within pixel values 0..1 and
rounded to grey levels. OUT gets those that then fool the model (images.npy, labels.npy), and facts.json.
Needs requirements-adversarial.txt and PyTorch.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import foolbox
import numpy as np
import onnx
import torch
from onnx2torch import convert
from PIL import Image

PRESETS = {"unit": "scale=255", "imagenet": "scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225"}


class Network(torch.nn.Module):
    """Takes N x C x H x W pixel values from 0 to 1, as attacks want them; answers with the model's outputs."""

    def __init__(self, file: Path, preprocess: str):
        super().__init__()
        model = onnx.load(file)
        shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
        settings = dict(part.split("=") for part in PRESETS.get(preprocess, preprocess).split(","))
        unknown = settings.keys() - {"scale", "mean", "std", "order"}
        if unknown or settings.get("order", "rgb") != "rgb":
            raise SystemExit(f"cannot attack with preprocessing '{preprocess}': only scale, mean and std are understood")
        self.inner = convert(model).eval()
        self.channels_last = shape[-1] in (1, 3) and shape[1] not in (1, 3)
        self.scale = float(settings.get("scale", 1))
        self.mean, self.std = (self._values(settings.get(key, default)) for key, default in (("mean", "0"), ("std", "1")))

    @staticmethod
    def _values(text: str) -> torch.Tensor:
        return torch.tensor([float(v) for v in text.split(":")]).reshape(1, -1, 1, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = (pixels * 255 / self.scale - self.mean) / self.std
        return self.inner(x.permute(0, 2, 3, 1) if self.channels_last else x)

    @torch.no_grad()
    def labels(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.cat([self(part).argmax(1) for part in pixels.split(100)])


def read(images: Path, labels: str) -> tuple[np.ndarray, np.ndarray]:
    if images.suffix == ".npy":
        return np.load(images), np.load(labels)
    files = sorted(images.glob("*/*.png"))
    pictures = [np.atleast_3d(np.asarray(Image.open(f))) for f in files]
    return np.stack(pictures), np.array([int(f.parent.name) for f in files])


def attack_of(settings: dict) -> tuple[foolbox.Attack, float | None]:
    """The attack and its epsilon; none for one that looks for the smallest change itself."""
    if settings["name"] == "FGSM":
        return foolbox.attacks.LinfFastGradientAttack(), float(settings["epsilon"])
    if settings["name"] == "CW":
        return foolbox.attacks.L2CarliniWagnerAttack(binary_search_steps=int(settings["searches"]),
                                                     steps=int(settings["steps"]), initial_const=1.0,
                                                     confidence=float(settings["confidence"]), stepsize=0.05), None
    raise SystemExit(f"no attack is called {settings['name']}: FGSM or CW")


def said(settings: dict) -> str:
    key = "epsilon" if settings["name"] == "FGSM" else "confidence"
    return f"{settings['name']}, {key} {settings[key]}"


def main() -> None:
    file, images, labels, preprocess, out, *words = sys.argv[1:]
    settings = dict(word.split("=") for word in words)
    torch.manual_seed(0)
    network = Network(Path(file), preprocess)
    pixels, truth = read(Path(images), labels)
    x = torch.from_numpy(pixels.astype(np.float32) / 255).permute(0, 3, 1, 2)
    y = torch.from_numpy(truth.astype(np.int64))
    right = (network.labels(x) == y).nonzero().flatten()[: int(settings["images"])]
    x, y = x[right], y[right]
    attack, epsilon = attack_of(settings)
    model = foolbox.PyTorchModel(network, bounds=(0, 1), device="cpu")
    _, made, _ = attack(model, x, y, epsilons=epsilon)
    whole = (made * 255).round().clamp(0, 255)
    # Where CW finds nothing Foolbox gives a black image: no image of this attack.
    fooled = (network.labels(whole / 255) != y) & whole.flatten(1).any(1)
    if not fooled.any():
        raise SystemExit(f"none of {len(y)} images of {settings['name']} fools the model")
    away = (whole - x * 255).flatten(1)[fooled]
    write(Path(out), whole[fooled], y[fooled], {"name": said(settings), "settings": settings, "attacked": len(y),
                                                "fooled": int(fooled.sum()),
                                                "median_linf": float(away.abs().amax(1).median()),
                                                "median_l2": float(away.norm(dim=1).median() / 255)})


def write(out: Path, pixels: torch.Tensor, labels: torch.Tensor, facts: dict) -> None:
    out.mkdir(parents=True)
    np.save(out / "images.npy", np.ascontiguousarray(pixels.permute(0, 2, 3, 1).numpy().astype(np.uint8)))
    np.save(out / "labels.npy", labels.numpy())
    (out / "facts.json").write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
