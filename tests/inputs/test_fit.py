"""Images are fitted as Pillow and OpenCV do it, to the grey level: 50 photographs, three sizes, three fits, each filter."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared"))
PILLOW = {name: getattr(Image.Resampling, name.upper()) for name in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
OPENCV = {"cv-nearest": cv2.INTER_NEAREST, "cv-linear": cv2.INTER_LINEAR, "cv-cubic": cv2.INTER_CUBIC, "cv-area": cv2.INTER_AREA}
PHOTOS = 50


def photographs(folder):
    """Real ones where they are, else noise of several grains; lossless, so that only the resizing is compared."""
    real = sorted((SHARED / "data/folders/imagenet_jpeg").glob("*.JPEG"))[:PHOTOS]
    rng = np.random.default_rng(0)
    for i in range(PHOTOS):
        if i < len(real):
            image = Image.open(real[i]).convert("RGB")
        else:
            size = (int(rng.integers(20, 600)), int(rng.integers(20, 600)))
            image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
            image = image.filter(ImageFilter.GaussianBlur(i % 4))
        image.save(folder / f"{i:02}.png", compress_level=1)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return photographs(tmp_path_factory.mktemp("photos"))


def resized(image, size, name):
    """The image at (width, height), by the library that the filter is of."""
    if name in PILLOW:
        return np.asarray(image.resize(size, PILLOW[name]))
    return cv2.resize(np.asarray(image), size, interpolation=OPENCV[name])


def cropped(image, side, name):
    """torchvision's Resize and CenterCrop, with timm's size before the crop at a fraction of 0.875."""
    short = int(side / 0.875)
    w, h = image.size
    size = (short, int(short * h / w)) if w <= h else (int(short * w / h), short)
    top, left = int(round((size[1] - side) / 2)), int(round((size[0] - side) / 2))
    return resized(image, size, name)[top:top + side, left:left + side]


def squashed(image, side, name):
    return resized(image, (side, side), name)


def letterboxed(image, side, name):
    """As YOLO's loaders do it."""
    factor = min(side / image.height, side / image.width)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    out = np.full((side, side, 3), 99, np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    out[top:top + size[1], left:left + size[0]] = resized(image, size, name)
    return out


FITS = {"fit=crop,crop=0.875": cropped, "fit=squash": squashed, "fit=letterbox:99": letterboxed}
FILTERS = [*PILLOW, *OPENCV]


def differences(fitted, folder, side):
    """{(fit, filter): the largest difference in grey levels over all files}."""
    ways = [(fit, name) for fit in FITS for name in FILTERS]
    by_way = dict(zip(ways, fitted(folder, (side, side, 3), *(f"{fit},filter={name}" for fit, name in ways))))
    most = dict.fromkeys(ways, 0)
    for file in folder.iterdir():
        image = Image.open(file).convert("RGB")
        for fit, name in ways:
            wanted = FITS[fit](image, side, name)
            most[fit, name] = max(most[fit, name], int(np.abs(by_way[fit, name][file.name].astype(int) - wanted).max()))
    return most


@pytest.mark.parametrize("side", [32, 96, 224])
def test_pixels_are_those_of_pillow_and_opencv(fitted, folder, side):
    assert len(list(folder.iterdir())) == PHOTOS
    for (fit, name), most in differences(fitted, folder, side).items():
        assert most <= (0 if name in PILLOW else 1), (fit, name)


def test_growing_thin_and_single_pixel_images(fitted, tmp_path):
    rng = np.random.default_rng(1)
    for i, (h, w) in enumerate([(1, 1), (3, 2), (7, 400), (400, 7), (33, 31), (1, 50)]):
        Image.fromarray(rng.integers(0, 256, (h, w, 3), np.uint8)).save(tmp_path / f"{i}.png")
    for (fit, name), most in differences(fitted, tmp_path, 32).items():
        assert most <= (0 if name in PILLOW else 1), (fit, name)


def test_the_imagenet_preset_is_torchvisions_resize_and_crop(fitted, folder):
    for file, image in fitted(folder, (224, 224, 3), "imagenet")[0].items():
        assert np.array_equal(image, cropped(Image.open(folder / file), 224, "bilinear")), file


def test_grey_models_get_what_a_file_opened_as_grey_gives(fitted, folder):
    for name in ("bilinear", "cv-area"):
        for file, image in fitted(folder, (96, 96, 1), f"fit=squash,filter={name}")[0].items():
            wanted = squashed(Image.open(folder / file).convert("L"), 96, name)
            assert np.abs(image[..., 0].astype(int) - wanted).max() <= 1, file
