"""Every notebook, run top to bottom: in a plain process, and by Jupyter where it is installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.lesson import steady
from tests.notebooks.cells import code, text

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def saved(path: Path) -> list[dict[str, Any]]:
    """The code cells of a file."""
    return code(json.loads(path.read_text(encoding="utf-8")))


def same(cell: dict[str, Any], outputs: list[dict[str, Any]]) -> None:
    """What a cell has said is what the file says it does, but for times and chosen ports."""
    expected, got = (
        re.sub(r"\b\d+\.\d+ s\b", "TIME", steady(text(each))) for each in (cell["outputs"], outputs)
    )
    source = "".join(cell["source"])
    again = "if it is right: python tests/notebooks/cells.py --write notebooks/*.ipynb"
    assert got == expected, f"{source}\n({again})"


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 6


@each_notebook
@pytest.mark.usefixtures("host")
def test_every_cell_and_answer(path: Path) -> None:
    command = [sys.executable, str(ROOT / "tests/notebooks/cells.py"), str(path)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for cell, outputs in zip(saved(path), json.loads(done.stdout), strict=True):
        same(cell, outputs)


@each_notebook
def test_only_text_is_kept(path: Path) -> None:
    for cell in saved(path):
        kinds = {kind for each in cell["outputs"] for kind in each.get("data", {})}
        assert kinds <= {"text/plain"}, "".join(cell["source"])


@each_notebook
@pytest.mark.usefixtures("host")
def test_in_jupyter(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ipykernel", reason="extra: notebook")
    nbclient = pytest.importorskip("nbclient", reason="extra: notebook")
    nbformat = pytest.importorskip("nbformat", reason="extra: notebook")
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown = code(notebook)
    for cell, done in zip(saved(path), shown, strict=True):
        same(cell, done["outputs"])
    pictures = {kind for cell in shown for each in cell["outputs"] for kind in each.get("data", {})}
    assert pictures & {"image/svg+xml", "text/html"}
