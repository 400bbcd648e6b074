"""What of bench/zoo needs no PyTorch: reading and preprocessing of images."""
import importlib.util
import pathlib
import sys

import numpy as np
import pytest

FILE = pathlib.Path(__file__).resolve().parents[2] / "bench/zoo/data.py"
spec = importlib.util.spec_from_file_location("zoo_data", FILE)
data = importlib.util.module_from_spec(spec)
sys.modules["zoo_data"] = data
spec.loader.exec_module(data)


@pytest.fixture
def images(tmp_path):
    x = np.random.default_rng(1).integers(0, 256, (10, 4, 4, 3), dtype=np.uint8)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", np.arange(10))
    return x


def test_the_last_images_are_held_out(images, tmp_path):
    split = data.from_array(tmp_path / "x.npy", tmp_path / "y.npy", 3)
    assert np.array_equal(split.test, images[7:]) and np.array_equal(split.train, images[:7])
    assert split.test_labels.tolist() == [7, 8, 9]


def test_holding_out_everything_is_refused(images, tmp_path):
    with pytest.raises(SystemExit, match="10 images"):
        data.from_array(tmp_path / "x.npy", tmp_path / "y.npy", 10)


def test_a_folder_is_read_back_and_missing_files_are_named(images, tmp_path):
    split = data.from_array(tmp_path / "x.npy", tmp_path / "y.npy", 3)
    split.save(tmp_path / "set")
    assert np.array_equal(data.from_folder(tmp_path / "set").train, split.train)
    (tmp_path / "set/test_labels.npy").unlink()
    with pytest.raises(SystemExit, match="has no test_labels.npy"):
        data.from_folder(tmp_path / "set")


def test_preprocessing_is_that_of_the_command(images):
    x = data.preprocessed(images, data.PREPROCESS["cifar10"])
    assert x.shape == (10, 3, 4, 4) and x.dtype == np.float32
    assert x[3, 1, 2, 0] == pytest.approx((images[3, 2, 0, 1] / 255 - 0.456) / 0.224, abs=1e-6)
    assert data.preprocessed(images, "scale=255")[0, 0, 0, 0] == pytest.approx(images[0, 0, 0, 0] / 255)
