"""Notebooks: what a run shows there, and the bar."""

import os
import sys

import conftest
import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")


def executed(notebook, folder):
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    return client.execute().cells


def shown(cells, kind):
    """What cells show as that type."""
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


@pytest.fixture(scope="module")
def cells():
    notebook = nbformat.read(conftest.ROOT / "examples/20_notebook/a_run.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells), "it is committed without outputs"
    return executed(notebook, conftest.ROOT)


def test_a_run_shows_its_table_and_pictures_of_findings_beside_their_inputs(cells):
    (page,) = [page for page in shown(cells, "text/html") if "<pre>" in page]
    assert "success" in page or "found" in page
    assert page.count("data:image/png;base64,") == 24 and "the 12 most decisive of" in page
    assert page.count("title='finding ") == page.count("title='input ") == 12


def test_a_bar_is_shown_in_a_notebook_and_not_where_nobody_asked(cells):
    pytest.importorskip("tqdm")

    def said(cells):
        streams = [o for cell in cells if cell.cell_type == "code" for o in cell.outputs if o.output_type == "stream"]
        return "".join(o.text for o in streams if o.name == "stderr") + "".join(shown(cells, "text/plain"))

    assert "search" in said(cells) or "start-up" in said(cells)
    quiet = nbformat.v4.new_notebook()
    text = f"""
import sys
sys.path.insert(0, {str(conftest.ROOT / "tests/python")!r})
from conftest import COMPRESSED, DIGITS, ORIGINAL
import dflare
n = len(dflare.search(ORIGINAL, COMPRESSED, DIGITS, preprocess="unit", max_seeds=20, progress=False))
"""
    quiet.cells = [nbformat.v4.new_code_cell(text)]
    assert said(executed(quiet, conftest.ROOT)) == ""
