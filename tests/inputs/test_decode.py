"""Files of every format become the pixels that Pillow makes of them: transparency, orientation, odd kinds."""

import struct
import time
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

HEIGHT, WIDTH = 20, 33


def picture(mode="RGB"):
    """Smooth and without symmetry, so that every turn shows."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    channels = np.stack([x * 7, y * 12, (x * y) % 256, 40 + x * 6 % 200], -1).astype(np.uint8)
    return Image.fromarray(channels[..., :3]).convert(mode) if mode != "RGBA" else Image.fromarray(channels, "RGBA")


def encoded(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def on_white(image):
    image = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image)
    return page


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunks(png, *chunks):
    return png[:33] + b"".join(chunks) + png[33:]


def bmp(pixels, bits, compression, palette=b"", width=WIDTH, height=HEIGHT, header=b""):
    """A bitmap of given bytes; `header` stands behind the 40 bytes of the usual one."""
    at = 14 + 40 + len(header) + len(palette)
    return (b"BM" + struct.pack("<IHHI", at + len(pixels), 0, 0, at)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0)
            + header + palette + pixels)


def rle8(indices):
    """Runs and stretches, line by line from the bottom."""
    out = b""
    for line in indices[::-1]:
        out += b"".join(bytes([1, v]) for v in line[:4]) + bytes([0, len(line) - 9]) + bytes(line[4:-5])
        out += (b"" if (len(line) - 9) % 2 == 0 else b"\0") + bytes([5, line[-1]]) + b"\0\0"
    return out + bytes([0, 1])


GREYS = b"".join(bytes([i, i // 2, 255 - i, 0]) for i in range(256))
INDICES = [[(x * y + x) % 200 for x in range(WIDTH - 5)] + [y] * 5 for y in range(HEIGHT)]
RGBA = np.asarray(picture("RGBA"))
SRGB = chunk(b"sRGB", b"\0")
GAMMA = chunk(b"gAMA", struct.pack(">I", 100000))

FILES = {
    "bmp_24": encoded(picture(), "BMP"),
    "bmp_grey": encoded(picture("L"), "BMP"),
    "bmp_1": encoded(picture("1"), "BMP"),
    "bmp_palette": encoded(picture().quantize(200), "BMP"),
    "bmp_32": encoded(picture("RGBA"), "BMP"),
    "bmp_32_no_alpha": bmp(RGBA[::-1, :, [2, 1, 0, 3]].tobytes(), 32, 0),
    "bmp_top_down": bmp(np.pad(RGBA[..., :3][..., ::-1].reshape(HEIGHT, -1), ((0, 0), (0, 1))).tobytes(), 24, 0, height=-HEIGHT),
    "bmp_555": bmp(np.pad(RGBA[..., :2].copy().view("<u2")[..., 0] & 0x7fff, ((0, 0), (0, 1))).tobytes(), 16, 0),
    "bmp_565": bmp(np.pad(RGBA[..., :2].copy().view("<u2")[..., 0], ((0, 0), (0, 1))).tobytes(), 16, 3,
                   header=struct.pack("<III", 0xf800, 0x7e0, 0x1f)),
    "bmp_rle8": bmp(rle8(INDICES), 8, 1, GREYS),
    "pbm": encoded(picture("1"), "PPM"),
    "pgm": encoded(picture("L"), "PPM"),
    "ppm": encoded(picture(), "PPM"),
    "pgm_text": b"P2 # a comment\n33 20\n255\n" + b" ".join(str(v).encode() for v in RGBA[..., 0].flat),
    "ppm_text": b"P3\n33\t20 255\n" + b"\n".join(str(v).encode() for v in RGBA[..., :3].flat),
    "pbm_text": b"P1 33 20\n" + b"".join(b"1" if v > 99 else b"0 " for v in RGBA[..., 0].flat),
    "pgm_of_100_levels": b"P5 33 20 100\n" + bytes(v % 101 for v in RGBA[..., 0].flat),
    "webp": encoded(picture(), "WEBP", quality=80),
    "webp_lossless": encoded(picture(), "WEBP", lossless=True),
    "webp_alpha": encoded(picture("RGBA"), "WEBP", lossless=True, exact=True),
    "webp_animated": encoded(picture(), "WEBP", save_all=True, append_images=[picture().rotate(180)], lossless=True),
    "png_alpha": encoded(picture("RGBA"), "PNG"),
    "png_grey_alpha": encoded(picture("LA"), "PNG"),
    "png_alpha_srgb": with_chunks(encoded(picture("RGBA"), "PNG"), SRGB),
    "png_alpha_gamma": with_chunks(encoded(picture("RGBA"), "PNG"), GAMMA),
    "png_alpha_both": with_chunks(encoded(picture("RGBA"), "PNG"), GAMMA, SRGB),
    "png_alpha_profile": encoded(picture("RGBA"), "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
    "png_opaque_gamma": with_chunks(encoded(picture(), "PNG"), GAMMA),
    "jpeg": encoded(picture(), "JPEG", quality=95),
}


@pytest.mark.parametrize("name", FILES)
def test_pixels_are_those_of_pillow(fitted, tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    shown, dropped = (r[name].astype(int) for r in fitted(tmp_path, (HEIGHT, WIDTH, 3), "raw", "alpha=drop"))
    image = Image.open(BytesIO(FILES[name]))
    most = 2 if name == "jpeg" else 1  # Pillow's own libjpeg
    assert np.abs(shown - np.asarray(on_white(image))).max() <= most
    assert np.abs(dropped - np.asarray(image.convert("RGB"))).max() <= most


def test_bitmaps_of_runs_jump_and_end_early(fitted, tmp_path):
    """What Pillow refuses, by hand: 6 x 3 pixels of 4 bits. Skipped pixels have index 0."""
    palette = b"".join(bytes([16 * i] * 3 + [0]) for i in range(16))
    runs = bytes([0, 2, 1, 1, 3, 0x5a, 0, 0]) + bytes([0, 5, 0x12, 0x34, 0x50, 0]) + bytes([0, 1])
    (tmp_path / "a").write_bytes(bmp(runs, 4, 2, palette, 6, 3))
    wanted = [[1, 2, 3, 4, 5, 0], [0, 5, 10, 5, 0, 0], [0, 0, 0, 0, 0, 0]]
    assert (fitted(tmp_path, (3, 6, 1), "raw")[0]["a"][..., 0] // 16).tolist() == wanted


def test_thousands_of_comments_are_not_unpacked(fitted, tmp_path):
    packed = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(7_900_000)))
    (tmp_path / "a").write_bytes(with_chunks(encoded(picture(), "PNG"), packed * 2000))
    began = time.monotonic()
    fitted(tmp_path, (HEIGHT, WIDTH, 3), "raw")
    assert time.monotonic() - began < 20  # unpacking takes a minute and more


CUT = [name for name in FILES if name not in ("pbm_text", "pgm_text", "ppm_text")]


@pytest.mark.parametrize("name", CUT)
def test_cut_files_are_refused(fitted, tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name][:-9 if name != "webp_animated" else -400])
    with pytest.raises(AssertionError, match=f"{name}: corrupt"):
        fitted(tmp_path, (HEIGHT, WIDTH, 3), "raw")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [*range(1, 9), 0, 9])
@pytest.mark.parametrize("order", ["<", ">"])
def test_images_stand_as_the_camera_was_held(fitted, tmp_path, kind, orientation, order):
    exif = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    options = {"lossless": True} if kind == "WEBP" else {}
    if kind == "JPEG":
        options["quality"] = 95
    data = encoded(picture(), kind, exif=b"Exif\0\0" + exif, **options)
    (tmp_path / "a").write_bytes(data)
    wanted = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
    turned = fitted(tmp_path, (wanted.height, wanted.width, 3), "raw")[0]["a"].astype(int)
    assert np.abs(turned - np.asarray(wanted)).max() <= 2
    stored = fitted(tmp_path, (HEIGHT, WIDTH, 3), "orientation=stored")[0]["a"].astype(int)
    assert np.abs(stored - np.asarray(Image.open(BytesIO(data)).convert("RGB"))).max() <= 2
