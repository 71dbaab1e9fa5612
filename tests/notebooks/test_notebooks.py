"""Every notebook, run top to bottom: by Jupyter, where it is installed, else in a plain process."""

from __future__ import annotations

import importlib.util
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


def ran(path: Path, folder: Path, *how: str) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, from a process of its own: its labs end with it."""
    command = [sys.executable, str(ROOT / "tests/notebooks/cells.py"), *how, str(path)]
    homes = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    ours = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}  # an ordinary user's, in Debian
    env = os.environ | ours | dict.fromkeys(homes, str(folder))
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    outputs: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return outputs


def has_jupyter() -> bool:
    """Is the extra `notebook` installed?"""
    return all(importlib.util.find_spec(each) for each in ("ipykernel", "nbclient"))


@each_notebook
@pytest.mark.usefixtures("host")
def test_every_cell_and_answer(path: Path, tmp_path: Path) -> None:
    shown = ran(path, tmp_path, *(["--jupyter"] if has_jupyter() else []))
    for cell, outputs in zip(saved(path), shown, strict=True):
        same(cell, outputs)
    kinds = {kind for outputs in shown for each in outputs for kind in each.get("data", {})}
    assert not has_jupyter() or kinds & {"image/svg+xml", "text/html"}


@pytest.mark.usefixtures("host")
def test_without_jupyter_it_says_the_same(tmp_path: Path) -> None:
    """One is enough: what the files have is written this way."""
    for cell, outputs in zip(saved(NOTEBOOKS[0]), ran(NOTEBOOKS[0], tmp_path), strict=True):
        same(cell, outputs)


@each_notebook
def test_only_text_is_kept(path: Path) -> None:
    for cell in saved(path):
        kinds = {kind for each in cell["outputs"] for kind in each.get("data", {})}
        assert kinds <= {"text/plain"}, "".join(cell["source"])
