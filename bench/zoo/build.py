#!/usr/bin/env python3
"""Makes the paper's kinds of pairs: trains its networks, compresses each, and lists them in a pairs.json.

    bench/zoo/build.py --data FOLDER -o OUT lenet1 lenet4 lenet5 cnn    FOLDER: train.npy, train_labels.npy, test.npy, ...
    bench/zoo/build.py --download mnist -o OUT lenet5                   by torchvision; needs the network
    bench/zoo/build.py --array IMAGES.npy LABELS.npy --held-out 500 -o OUT lenet5
    bench/zoo/build.py --onnx FOLDER --preprocess imagenet --data FOLDER -o OUT    8-bit versions of float networks at hand

Each network is quantised (ONNX Runtime, static QDQ), pruned (the smallest weights of all layers together, then trained on)
and, for CIFAR-10, distilled into a smaller one. What is in OUT already is not made again. Everything runs on the CPU: a
LeNet with all its versions takes one or two minutes on two cores, the CNN five, ResNet-20 and PlainNet-20 about an hour each,
VGG-16 about five hours (reckoned from the processor time of a step: 0.02, 0.4, 0.6 and 3 s); each says how long when it
starts. bench/experiments takes the list by --pairs OUT/pairs.json.
"""
from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

import data
import export
import training
from networks import NETWORKS, Network

PRUNED = {"mnist": (0.6, 0.8), "cifar10": (0.6,)}
PRESETS = {"imagenet": "scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225", "tf": "scale=127.5,mean=1,std=1",
           "unit": "scale=255"}


class Workshop:
    """Makes the files of a folder, those that are not there yet."""

    def __init__(self, out: Path, images: data.Data, preprocess: str, effort: float):
        self.out, self.images, self.preprocess, self.effort = out, images, preprocess, effort
        self.x, self.test = (data.preprocessed(part, preprocess) for part in (images.train, images.test))
        self.pairs: list[dict] = []

    def network(self, name: str) -> None:
        """A trained network and all its compressed versions."""
        kind = NETWORKS[name]
        if data.PREPROCESS[kind.data] != self.preprocess:
            raise SystemExit(f"{name} is for {kind.data}, whose images have another shape than these")
        net = self._trained(name, kind)
        self.int8(name, self.out / f"{name}.onnx")
        for share in PRUNED[kind.data]:
            pruned = f"{name}-prune{round(100 * share)}"
            self._make(pruned, lambda share=share: training.pruned(net, share, *self._set(), self._steps(kind) // 3,
                                                                   kind.rate / 3))
            self._list(pruned, name, f"global L1 pruning of {share:.0%} of the weights, then {self._steps(kind) // 3} steps")
        if kind.student:
            student = f"{name}-distilled"
            self._make(student, lambda: training.train(kind.student(), *self._set(), self._steps(kind), kind.rate,
                                                       training.distillation(net)))
            self._list(student, name, "distillation (T = 4, 0.7 from the teacher) into a smaller network")

    def int8(self, name: str, original: Path) -> None:
        target = self.out / f"{name}-int8.onnx"
        if not target.exists():
            print(f"{target.stem}: quantising", flush=True)
            part = target.with_suffix(".part.onnx")
            export.quantise(original, self.x, part)
            os.replace(part, target)
        self._list(target.stem, name, "ONNX Runtime static QDQ, per tensor, MinMax", original)

    def write_list(self) -> Path:
        """The pairs of earlier runs over the same folder stay in it."""
        file = self.out / "pairs.json"
        data_name = "images-" + "x".join(map(str, self.images.test.shape[1:]))
        known = {p["id"]: p for p in json.loads(file.read_text())["pairs"]} if file.exists() else {}
        known |= {p["id"]: p | {"images": f"{data_name}.npy", "labels": f"{data_name}_labels.npy"} for p in self.pairs}
        np.save(self.out / f"{data_name}.npy", self.images.test)
        np.save(self.out / f"{data_name}_labels.npy", self.images.test_labels.astype(np.int64))
        whole = file.with_suffix(".part")
        whole.write_text(json.dumps({"pairs": list(known.values()), "families": []}, indent=2) + "\n")
        os.replace(whole, file)
        return file

    def _trained(self, name: str, kind: Network) -> torch.nn.Module:
        self._make(name, lambda: training.train(kind.make(), *self._set(), self._steps(kind), kind.rate))
        net = kind.make()
        net.load_state_dict(torch.load(self.out / f"{name}.pt"))
        return net.eval()

    def _make(self, name: str, make) -> None:
        """NAME.pt, then NAME.onnx: the second's presence says that both are whole."""
        target = self.out / f"{name}.onnx"
        if target.exists():
            return
        print(f"{name}: training", flush=True)
        began = time.monotonic()
        torch.manual_seed(sum(map(ord, name)))
        net = make()
        torch.save(net.state_dict(), self.out / f"{name}.pt")
        part = target.with_suffix(".part.onnx")
        export.save_onnx(net, self.test, part)
        os.replace(part, target)
        print(f"  took {(time.monotonic() - began) / 60:.1f} minutes", flush=True)

    def _list(self, compressed: str, name: str, method: str, original: Path | None = None) -> None:
        original = original or self.out / f"{name}.onnx"
        facts = export.measured(original, self.out / f"{compressed}.onnx", self.test, self.images.test_labels)
        print(f"  {compressed}: accuracy {facts['accuracy_original']:.3f} / {facts['accuracy_compressed']:.3f}, they differ on "
              f"{facts['disagreements']} of {facts['images']}", flush=True)
        self.pairs.append({"id": compressed, "original": os.path.relpath(original, self.out),
                           "compressed": f"{compressed}.onnx", "method": method, "preprocess": self.preprocess,
                           "output": "logits" if name in NETWORKS else "auto", "label_offset": 0, "measured": facts})

    def _set(self) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.from_numpy(self.x), torch.from_numpy(self.images.train_labels.astype(np.int64))

    def _steps(self, kind: Network) -> int:
        return max(20, round(kind.steps * self.effort))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"of {', '.join(NETWORKS)}")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder of the models and the list")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder with train.npy, train_labels.npy, test.npy, test_labels.npy")
    source.add_argument("--array", type=Path, nargs=2, metavar=("IMAGES", "LABELS"), help="two .npy files, to be split")
    source.add_argument("--download", choices=list(data.PREPROCESS), help="by torchvision, into OUT/downloads")
    parser.add_argument("--held-out", type=int, default=500, help="--array: images for testing (default: 500)")
    parser.add_argument("--onnx", type=Path, help="folder of float .onnx networks to quantise")
    parser.add_argument("--preprocess", default="imagenet", help="--onnx: imagenet, tf, unit, or scale=..,mean=..,std=..")
    parser.add_argument("--effort", type=float, default=1.0, help="factor on the steps of training (default: 1)")
    args = parser.parse_args()
    unknown = set(args.networks) - set(NETWORKS)
    if unknown or not (args.networks or args.onnx):
        parser.error(f"name networks of {', '.join(NETWORKS)}, or a folder by --onnx")
    args.out.mkdir(parents=True, exist_ok=True)
    images = (data.from_folder(args.data) if args.data else data.from_array(*args.array, args.held_out) if args.array
              else data.downloaded(args.download, args.out / "downloads"))
    colour = images.test.shape[-1] == 3
    preprocess = (PRESETS.get(args.preprocess, args.preprocess) if args.onnx
                  else data.PREPROCESS["cifar10" if colour else "mnist"])
    shop = Workshop(args.out, images, preprocess, args.effort)
    for name in args.networks:
        shop.network(name)
    for file in sorted(args.onnx.glob("*.onnx")) if args.onnx else []:
        shop.int8(file.stem, file.resolve())
    print(shop.write_list())


if __name__ == "__main__":
    main()
