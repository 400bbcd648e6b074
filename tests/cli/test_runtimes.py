"""Which library runs a model and what it may not do; which files a run's record covers; two runtimes compared."""
import json
import shutil
import sqlite3
import subprocess

import pytest
from conftest import LENET, LENET_PRUNED, MODELS, SANITIZED, dflare, digits_search, search, small_images

# A library that leaves a file where it was loaded.
LOADED = """
#include <fstream>
static const bool written = [] { std::ofstream("WITNESS") << "loaded"; return true; }();
"""
# Tells who looks a host up or connects; nothing gets out.
NETWORK = """
#include <cstdio>
#include <netdb.h>
#include <sys/socket.h>
static void tell(const char* what) { if (FILE* file = std::fopen("WITNESS", "a")) { std::fprintf(file, "%s\\n", what); std::fclose(file); } }
extern "C" int getaddrinfo(const char* node, const char*, const addrinfo*, addrinfo**) { tell(node ? node : "?"); return EAI_FAIL; }
extern "C" int connect(int, const sockaddr* to, socklen_t) { if (to->sa_family != AF_UNIX) tell("connect"); return -1; }
"""


def library(folder, source):
    """A shared library made of `source`, and the file that it writes."""
    folder.mkdir(exist_ok=True)
    witness = folder / "witness"
    (folder / "library.cpp").write_text(source.replace("WITNESS", str(witness)))
    subprocess.run(["c++", "-shared", "-fPIC", "-o", folder / "library.so", folder / "library.cpp"], check=True)
    return folder / "library.so", witness


def edit_record(run, key, change):
    """As whoever made the folder could: without a checksum, as older versions wrote it."""
    with sqlite3.connect(run / "run.sqlite") as store:
        record = json.loads(store.execute("select value from record where key = ?", (key,)).fetchone()[0])
        change(record)
        store.execute("update record set value = ?, checksum = null where key = ?", (json.dumps(record), key))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("runtimes") / "run"
    assert digits_search(run, "--max-seeds", 6, "--quiet").code == 0
    return run


def first_id(run):
    seed, ordinal, _ = sorted(path.name for path in (run / "findings").glob("*.png"))[0].split("_", 2)
    return f"{int(seed)}:{int(ordinal)}"


@pytest.mark.parametrize("verb", ["show", "resume", "guard"])
def test_a_run_does_not_choose_the_library(tmp_path, run, verb):
    shutil.copytree(run, tmp_path / "run")
    evil, witness = library(tmp_path / "evil", LOADED)

    def name_it(settings):
        for name in ("onnxruntime", "tflite", "original-onnxruntime", "compressed-onnxruntime"):
            settings[name] = str(evil)

    edit_record(tmp_path / "run", "settings", name_it)
    with sqlite3.connect(tmp_path / "run/run.sqlite") as store:
        store.execute("delete from done where seed = (select max(seed) from done)")  # something for resume to do
    more = {"show": (first_id(run),), "resume": ("-q",), "guard": ("-o", tmp_path / "guard", "-q")}[verb]
    dflare(verb, tmp_path / "run", *more)
    assert not witness.exists()
    # The test can fail: named on the command line, the same library is opened.
    dflare("show", tmp_path / "run", first_id(run), "--onnxruntime", evil)
    assert witness.exists()


def test_no_library_is_recorded(run):
    with sqlite3.connect(run / "run.sqlite") as store:
        settings = json.loads(store.execute("select value from record where key = 'settings'").fetchone()[0])
    assert "preprocess" in settings
    assert not [name for name in settings if name.endswith("onnxruntime") or name.endswith("tflite")]


def test_another_version_of_the_runtime_is_told(tmp_path, run):
    shutil.copytree(run, tmp_path / "run")
    assert "note: the run asked" not in dflare("show", tmp_path / "run", first_id(run)).err
    edit_record(tmp_path / "run", "facts",
                lambda facts: facts["models"]["original"].update(runtime="onnxruntime 1.9.9"))
    result = dflare("show", tmp_path / "run", first_id(run))
    assert "the run asked its original model by onnxruntime 1.9.9, now it is asked by onnxruntime 1." in result.err


def test_a_file_that_a_model_reads_is_part_of_what_it_is(tmp_path):
    for name in ("weights_beside.onnx", "weights_beside.bin"):
        shutil.copy(MODELS / name, tmp_path / name)
    seeds = small_images(tmp_path / "seeds")
    result = search(MODELS / "ok_float.onnx", tmp_path / "weights_beside.onnx", seeds, tmp_path / "run", "--preprocess",
                    "unit", "--max-queries", 20, "-q")
    assert result.code == 0, result
    weights = bytearray((tmp_path / "weights_beside.bin").read_bytes())
    weights[3] ^= 1
    (tmp_path / "weights_beside.bin").write_bytes(weights)
    with sqlite3.connect(tmp_path / "run/run.sqlite") as store:
        store.execute("delete from done where seed = (select max(seed) from done)")
    result = dflare("resume", tmp_path / "run")
    assert result.code == 2 and "weights_beside.bin has changed" in result.err, result


def test_a_run_without_the_files_beside_still_opens(tmp_path, run):
    shutil.copytree(run, tmp_path / "run")
    edit_record(tmp_path / "run", "settings", lambda settings: settings.pop("original-tflite-kernels"))
    assert dflare("show", tmp_path / "run", first_id(run)).code == 0


@pytest.mark.skipif(SANITIZED, reason="no library can be put before AddressSanitizer's")
def test_onnx_runtime_sends_nothing_home(tmp_path):
    shim, witness = library(tmp_path / "shim", NETWORK)
    home = tmp_path / "home"
    home.mkdir()
    env = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LD_PRELOAD": str(shim), "CI": "", "TF_BUILD": "",
           "GITHUB_ACTIONS": ""}
    result = dflare("inspect", LENET, env=env)
    assert result.code == 0, result
    assert digits_search(tmp_path / "run", "--max-seeds", 2, "-q", env=env).code == 0
    assert not list(home.rglob("*"))
    assert not witness.exists(), witness.read_text()


def test_one_file_under_two_kernels_is_a_pair(tmp_path):
    model = MODELS / "dense_int8.tflite"
    result = dflare("inspect", model, model, "--original-tflite-kernels", "builtin", "--json")
    runtimes = [entry["runtime"] for entry in json.loads(result.out)["models"]]
    assert "(builtin)" in runtimes[0] and "(xnnpack)" in runtimes[1], runtimes
    seeds = small_images(tmp_path / "seeds")
    result = search(model, model, seeds, tmp_path / "run", "--preprocess", "unit", "--compressed-tflite-kernels",
                    "builtin", "--max-queries", 20, "-q")
    assert result.code == 0, result
    with sqlite3.connect(tmp_path / "run/run.sqlite") as store:
        facts = json.loads(store.execute("select value from record where key = 'facts'").fetchone()[0])
    assert "(xnnpack)" in facts["models"]["original"]["runtime"]
    assert "(builtin)" in facts["models"]["compressed"]["runtime"]


@pytest.mark.parametrize("option", ["original-onnxruntime", "compressed-onnxruntime"])
def test_each_model_may_have_a_library_of_its_own(tmp_path, option):
    result = dflare("inspect", LENET, LENET_PRUNED, f"--{option}", tmp_path / "nowhere.so")
    assert result.code == 3 and "nowhere.so" in result.err, result
    one = LENET if option.startswith("original") else LENET_PRUNED
    assert one.name not in result.out


def test_nothing_is_said_of_xnnpack():
    assert dflare("inspect", MODELS / "dense_float.tflite").err == ""
