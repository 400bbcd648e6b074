"""What the tests of the page share: runs of the example pairs, their pages, and a browser."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
DFLARE = pathlib.Path(os.environ.get("DFLARE_BIN", ROOT / "build/release/dflare"))
MODELS = ROOT / "examples/models"
SEEDS = ROOT / "examples/seeds"
AXE = ROOT / "report/node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium")

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: ./dev setup page")


def dflare(*arguments):
    subprocess.run([DFLARE, *map(str, arguments)], check=True, timeout=300)


def page_of(folder, *runs):
    dflare("report", *runs, "-q", "-o", folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="session")
def patches(tmp_path_factory):
    """A run in colours, with class names, natural findings and several findings an input."""
    folder = tmp_path_factory.mktemp("patches")
    dflare("search", MODELS / "patches-cnn.onnx", MODELS / "patches-cnn-int8.onnx", SEEDS / "patches", "--classes",
           SEEDS / "patches-classes.txt", "--preprocess", "imagenet", "--findings-per-seed", 2, "-q", "-o", folder / "run")
    return folder / "run"


@pytest.fixture(scope="session")
def page_file(patches, tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("page"), patches)


@pytest.fixture(scope="session", params=["cifar10-resnet20-prune60", "imagenet-mobilenetv1-025-quant"])
def real_page(request, tmp_path_factory):
    """Pages of real networks: 400 findings of 32 pixels, 60 of 224."""
    shared = pathlib.Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data"
    if not shared.is_dir():
        pytest.skip("real pairs are not there: see $DFLARE_SHARED")
    pair = next(p for p in json.loads((shared / "pairs.json").read_text())["pairs"] if p["id"] == request.param)
    folder = tmp_path_factory.mktemp("real")
    few = ["--max-seeds", 200 if "cifar" in request.param else 30, "--findings-per-seed", 2]
    dflare("search", shared / pair["original"], shared / pair["compressed"], shared / pair["images"], "--labels",
           shared / pair["labels"], "--preprocess", pair["preprocess"], "--output", pair["output"], "--label-offset",
           pair["label_offset"], *few, "-q", "-o", folder / "run")
    return page_of(folder, folder / "run")


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("chromium is not installed: ./dev setup page")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens a page, and at the end asserts that it told no error and asked for nothing."""
    opened, told = [], []

    def open_page(file, media=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}, **options})
        page = context.new_page()
        page.emulate_media(media=media)
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: None if request.url in (file.as_uri(), "data:,") else told.append(request.url))
        page.goto(file.as_uri())
        opened.append(context)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert told == []
