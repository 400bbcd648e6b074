"""Bad input, line by line: each ends with its exit code and a message that names the file and the way out."""
import os
import struct
import zlib

import numpy as np
import pytest
from conftest import MODELS, dflare, search, small_images, summary_of
from PIL import Image

OK, COARSE = MODELS / "ok_float.onnx", MODELS / "ok_coarse.onnx"


def truncated_model(tmp):
    path = tmp / "truncated.onnx"
    path.write_bytes(OK.read_bytes()[:-700])
    return path


def text_as_model(suffix):
    def make(tmp):
        path = tmp / f"text{suffix}"
        path.write_text("this is no model\n" * 9)
        return path
    return make


def empty_model(tmp):
    path = tmp / "empty.onnx"
    path.touch()
    return path


def model_named(name):
    return lambda tmp: MODELS / name


# what is wrong | the original | the compressed model | exit code | parts of the message
BAD_MODELS = [
    ("missing file", lambda tmp: tmp / "nowhere.onnx", None, 2, ["nowhere.onnx"]),
    ("a folder", lambda tmp: tmp, None, 2, ["error:"]),
    ("truncated", truncated_model, None, 2, ["truncated.onnx"]),
    ("empty", empty_model, None, 2, ["empty.onnx"]),
    ("text named .onnx", text_as_model(".onnx"), None, 2, ["text.onnx"]),
    ("text named .tflite", text_as_model(".tflite"), None, 2, ["text.tflite"]),
    ("unknown ending", text_as_model(".h5"), None, 2, ["text.h5", ".onnx", ".tflite"]),
    ("two inputs", model_named("two_inputs.onnx"), None, 2, ["two_inputs.onnx", "2 inputs"]),
    ("rank 2 input", model_named("rank2_input.onnx"), None, 2, ["rank2_input.onnx"]),
    ("two outputs", model_named("two_outputs.onnx"), None, 2, ["--output-name", "probabilities"]),
    ("class counts differ", model_named("classes7.onnx"), None, 2, ["classes7.onnx", "ok_coarse.onnx", "7", "10"]),
    ("image shapes differ", model_named("colour.onnx"), None, 2, ["colour.onnx", "8 x 8 x 3", "8 x 8 x 1"]),
    ("compressed missing", None, lambda tmp: tmp / "gone.onnx", 2, ["gone.onnx"]),
]


@pytest.mark.parametrize("wrong, original, compressed, code, parts", BAD_MODELS, ids=[row[0] for row in BAD_MODELS])
def test_bad_model_is_refused(wrong, original, compressed, code, parts, tmp_path, seeds):
    result = search((original or (lambda _: OK))(tmp_path), (compressed or (lambda _: COARSE))(tmp_path), seeds,
                    tmp_path / "run")
    assert result.code == code, result
    assert "error:" in result.err
    assert [part for part in parts if part not in result.err] == [], result
    assert not (tmp_path / "run").exists()


def png_of_size(path, width, height):
    """A PNG that claims a size, without the pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def corrupt_png(path):
    good = path.with_name("good.tmp")
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (8, 8), dtype=np.uint8)).save(good, "png")
    data = good.read_bytes()
    good.unlink()
    path.write_bytes(data[:40] + bytes([data[40] ^ 255]) + data[41:-20])


def image_of(size, mode, **options):
    def make(path):
        Image.new(mode, size, 90 if mode in ("L", "I;16") else tuple([90] * len(mode))).save(path, **options)
    return make


# what it is | file name | how to make it | may be searched
ODD_IMAGES = [
    ("corrupt", "corrupt.png", corrupt_png, False),
    ("text", "text.png", lambda path: path.write_text("no image"), False),
    ("0 bytes", "empty.png", lambda path: path.touch(), False),
    ("0 bytes jpeg", "empty.jpg", lambda path: path.touch(), False),
    ("20000 x 20000", "huge.png", lambda path: png_of_size(path, 20000, 20000), False),
    ("1 x 1", "dot.png", image_of((1, 1), "L"), True),
    ("16 bits", "deep.png", image_of((8, 8), "I;16"), True),
    ("alpha", "alpha.png", image_of((8, 8), "RGBA"), True),
    ("CMYK JPEG", "cmyk.jpg", image_of((8, 8), "CMYK"), True),
]


@pytest.mark.parametrize("what, name, make, fine", ODD_IMAGES, ids=[row[0] for row in ODD_IMAGES])
def test_odd_image_is_used_or_left_out_with_its_reason(what, name, make, fine, tmp_path, seeds):
    make(seeds / name)
    result = search(OK, COARSE, seeds, tmp_path / "run", "--max-queries", 5)
    assert result.code == 0, result
    named = name in result.err
    assert named or fine, f"{what}: nobody said why it was left out\n{result}"


@pytest.mark.parametrize("what, name, make, fine", [row for row in ODD_IMAGES if not row[3]],
                         ids=[row[0] for row in ODD_IMAGES if not row[3]])
def test_nothing_but_a_bad_image_is_unusable_input(what, name, make, fine, tmp_path):
    folder = tmp_path / "seeds"
    folder.mkdir()
    make(folder / name)
    result = search(OK, COARSE, folder, tmp_path / "run")
    assert (result.code, name in result.err) == (2, True), result
    assert not (tmp_path / "run").exists()


def saved(array, **options):
    def make(tmp):
        np.save(tmp / "seeds.npy", array, **options)
        return tmp / "seeds.npy"
    return make


def not_an_array(tmp):
    (tmp / "seeds.npy").write_text("no array")
    return tmp / "seeds.npy"


def short_array(tmp):
    np.save(tmp / "seeds.npy", np.zeros((4, 8, 8), np.uint8))
    data = (tmp / "seeds.npy").read_bytes()
    (tmp / "seeds.npy").write_bytes(data[:-30])
    return tmp / "seeds.npy"


def empty_folder(tmp):
    (tmp / "none").mkdir()
    return tmp / "none"


# what is wrong | SEEDS | parts of the message
BAD_SEEDS = [
    ("missing", lambda tmp: tmp / "nowhere", ["nowhere"]),
    ("empty folder", empty_folder, ["none"]),
    ("float array", saved(np.zeros((4, 8, 8), np.float32)), ["seeds.npy", "uint8"]),
    ("signed array", saved(np.zeros((4, 8, 8), np.int8)), ["seeds.npy"]),
    ("Fortran order", saved(np.asfortranarray(np.zeros((4, 8, 8), np.uint8))), ["seeds.npy", "Fortran"]),
    ("rank 1", saved(np.zeros(64, np.uint8)), ["seeds.npy"]),
    ("rank 5", saved(np.zeros((1, 2, 8, 8, 1), np.uint8)), ["seeds.npy"]),
    ("objects", saved(np.array([{}], object), allow_pickle=True), ["seeds.npy"]),
    ("not an array", not_an_array, ["seeds.npy"]),
    ("shorter than it says", short_array, ["seeds.npy"]),
]


@pytest.mark.parametrize("wrong, make, parts", BAD_SEEDS, ids=[row[0] for row in BAD_SEEDS])
def test_bad_seeds_are_refused(wrong, make, parts, tmp_path):
    result = search(OK, COARSE, make(tmp_path), tmp_path / "run")
    assert result.code == 2, result
    assert [part for part in parts if part not in result.err] == [], result


def labels_csv(text):
    def make(tmp, seeds):
        (tmp / "labels.csv").write_text(text)
        return tmp / "labels.csv"
    return make


def labels_npy(tmp, seeds):
    np.save(tmp / "labels.npy", np.zeros(3, np.int64))
    return tmp / "labels.npy"


def test_seeds_without_a_label_are_left_out_and_counted(tmp_path, seeds):
    (tmp_path / "labels.csv").write_text("file,label\n00.png,1\n01.png,2\n")
    result = search(OK, COARSE, seeds, tmp_path / "run", "--labels", tmp_path / "labels.csv", "--seed-filter", "agree",
                    "--max-queries", 5)
    assert result.code in (0, 5), result
    assert "label" in result.err + result.out


@pytest.mark.parametrize("make, parts", [
    (lambda tmp, seeds: tmp / "nowhere.csv", ["nowhere.csv"]),
    (labels_csv("file,label\n00.png,three\n"), ["labels.csv", "three"]),
    (labels_npy, ["labels.npy"]),
], ids=["missing file", "a name without --classes", "array for a folder"])
def test_bad_labels_are_refused(make, parts, tmp_path, seeds):
    result = search(OK, COARSE, seeds, tmp_path / "run", "--labels", make(tmp_path, seeds))
    assert result.code == 2, result
    assert [part for part in parts if part not in result.err] == [], result


# arguments after `search A B SEEDS` | parts of the message
BAD_OPTIONS = [
    (["--max-querys", "9"], ["--max-querys", "did you mean '--max-queries'"]),
    (["--max-queries", "many"], ["--max-queries", "many", "whole number"]),
    (["--max-queries", "0"], ["--max-queries", ">= 2"]),
    (["--max-queries", "-5"], ["--max-queries"]),
    (["--max-queries", "1e3"], ["--max-queries"]),
    (["--timeout", "nan"], ["--timeout"]),
    (["--max-queries"], ["--max-queries"]),
    (["--strategy", "dflair"], ["dflair", "did you mean 'dflare'"]),
    (["--fitness", "papr"], ["papr", "did you mean 'paper'"]),
    (["--selection", "unifrom"], ["did you mean 'uniform'"]),
    (["--strategy", "dflare", "--operators", "gausian-noise"], ["gausian-noise", "did you mean 'gaussian-noise'"]),
    (["--strategy", "dflare", "--operators", ""], ["error:"]),
    (["--operators", "paper"], ["--operators has no effect", "--strategy dflare"]),
    (["--strategy", "random", "--end-points", "blend"], ["--end-points has no effect", "--strategy boundary"]),
    (["--refine-queries", "50"], ["--refine-queries has no effect", "--refine climb"]),
    (["--catch", "0.9"], ["unknown option '--catch'", "of `dflare guard`"]),
    (["--preprocess", "imagnet"], ["imagnet", "did you mean 'imagenet'"]),
    (["--preprocess", "scal=255"], ["scal", "did you mean 'scale'"]),
    (["--preprocess", "std=0"], ["error:"]),
    (["--preprocess", "nowhere.toml"], ["nowhere.toml"]),
    (["--seed-filter", "corect"], ["did you mean 'correct'"]),
    (["--ties", "skipp"], ["did you mean 'skip'"]),
    (["--output", "logit"], ["did you mean 'logits'"]),
    (["--output-name", "nothing"], ["nothing", "logits"]),
    (["--tflite-kernels", "builtins"], ["did you mean 'builtin'"]),
    (["--shard", "4/4"], ["--shard", "0/4"]),
    (["--shard", "one"], ["--shard"]),
    (["--input-size", "8"], ["--input-size", "HxW"]),
    (["--input-size", "9x9"], ["error:"]),
    (["--confirm", "0"], ["--confirm", ">= 1"]),
    (["--config", "nowhere.toml"], ["nowhere.toml"]),
    (["surplus"], ["surplus"]),
]


@pytest.mark.parametrize("options, parts", BAD_OPTIONS, ids=[" ".join(row[0]) for row in BAD_OPTIONS])
def test_bad_option_is_refused(options, parts, tmp_path, seeds):
    result = dflare("search", OK, COARSE, seeds, *options, "-o", tmp_path / "run")
    assert result.code == 2, result
    assert [part for part in parts if part not in result.err] == [], result
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("arguments, parts", [
    (["serach", "a", "b", "c"], ["serach", "did you mean 'search'"]),
    (["--versoin"], ["--versoin", "did you mean '--version'"]),
    (["search", "a.onnx"], ["COMPRESSED is missing"]),
    (["resume"], ["RUN is missing"]),
    (["resume", "nowhere"], ["nowhere"]),
    (["export", "nowhere", "-o", "x"], ["nowhere"]),
    (["export", "nowhere"], ["-o TARGET"]),
    (["export", "nowhere", "--format", "json", "-o", "x"], ["did you mean 'jsonl'"]),
    (["inspect"], ["MODEL... is missing"]),
    (["inspect", "nowhere.onnx"], ["nowhere.onnx"]),
], ids=lambda value: " ".join(value))
def test_bad_command_is_refused(arguments, parts, tmp_path):
    result = dflare(*arguments, cwd=tmp_path)
    assert result.code == 2, result
    assert [part for part in parts if part not in result.err] == [], result


@pytest.mark.parametrize("text, parts", [
    ("max-querys = 5\n", ["max-querys", "did you mean 'max-queries'"]),
    ("max-queries = 'many'\n", ["max-queries", "many"]),
    ("max-queries = [5]\n", ["max-queries"]),
    ("max-queries = \n", ["config.toml", "line 1"]),
])
def test_bad_config_is_refused(text, parts, tmp_path, seeds):
    (tmp_path / "config.toml").write_text(text)
    result = search(OK, COARSE, seeds, tmp_path / "run", "--config", tmp_path / "config.toml")
    assert result.code == 2, result
    assert [part for part in parts if part not in result.err] == [], result


def test_run_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path, seeds):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/mine.txt").write_text("keep me")
    result = search(OK, COARSE, seeds, tmp_path / "run")
    assert result.code == 2, result
    assert str(tmp_path / "run") in result.err
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["mine.txt"]


def test_no_usable_seed_ends_with_5(tmp_path):
    # All are labelled with a class that neither model gives them.
    folder = small_images(tmp_path / "seeds/9")
    result = search(OK, OK, folder.parent, tmp_path / "run")
    assert result.code == 5, result
    assert "6 that both models get wrong" in result.err, result
    assert not (tmp_path / "run").exists()


def test_missing_runtime_ends_with_3(tmp_path, seeds):
    result = search(OK, COARSE, seeds, tmp_path / "run", "--onnxruntime", "/nonexistent/libonnxruntime.so")
    assert result.code == 3, result
    assert "/nonexistent/libonnxruntime.so" in result.err and "--onnxruntime" in result.err


@pytest.mark.parametrize("option, model", [("--onnxruntime", "ok_float.onnx"), ("--tflite", "dense_float.tflite")])
def test_a_library_that_is_no_runtime_ends_with_3(option, model, tmp_path, seeds):
    text = tmp_path / "libtext.so"
    text.write_text("no library")
    for library in (text, "/lib/x86_64-linux-gnu/libm.so.6"):
        result = search(MODELS / model, MODELS / model, seeds, tmp_path / "run", option, library)
        assert result.code == 3, result
        assert str(library) in result.err


def test_nan_outputs_are_reported_and_the_run_goes_on(tmp_path):
    # Bright images make nan_output.onnx answer NaN: one is bright, the others may be made so.
    folder = small_images(tmp_path / "seeds")
    Image.new("L", (8, 8), 250).save(folder / "bright.png")
    result = search(MODELS / "nan_output.onnx", COARSE, folder, tmp_path / "run", "--preprocess", "unit",
                    "--max-queries", 30)
    assert result.code == 0, result
    assert "NaN" in result.out
    assert summary_of(tmp_path / "run")["skipped"].get("not_finite") == 1


def test_a_folder_that_cannot_be_written_ends_with_4(tmp_path, seeds):
    if os.geteuid() == 0:
        target = "/proc/dflare-run"  # root may write everywhere else
    else:
        (tmp_path / "locked").mkdir(mode=0o500)
        target = tmp_path / "locked/run"
    result = search(OK, COARSE, seeds, target)
    assert result.code == 4, result
    assert str(target) in result.err
