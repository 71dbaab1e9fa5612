"""The wheel and the source archive have in them what belongs to them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.unit.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUILD = PROJECT["tool"]["hatch"]["build"]["targets"]


def built(kind: str, folder: Path) -> Path:
    """A wheel or an sdist of the checkout, made by what pip and build would call."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed (extra: dev)")
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.iterdir())


def files(*folders: str) -> set[str]:
    """What is in the folders of the checkout, without what Python leaves there."""
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def missing(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    return sorted(set(wanted) - set(there))


def test_the_wheel_has_the_package_and_its_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(built("wheel", tmp_path)) as wheel:
        names = wheel.namelist()
        entries = next(name for name in names if name.endswith("entry_points.txt"))
        assert "nsnet = nsnet.__main__:run" in wheel.read(entries).decode()
    shared = [name.partition(".data/data/")[2] for name in names]
    assert not missing(files("nsnet"), names)
    assert not missing(files("share"), shared)
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_source_archive_has_all_folders(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert not missing(files("nsnet", "share", "vagrant", "notebooks", "examples"), names)
    assert {"Vagrantfile", "mkdocs.yml", "LICENSE", "README.md", "docs/index.md"} <= names


def test_what_is_listed_is_there() -> None:
    """Without building: a folder that was renamed would just not be in the archive."""
    for path in BUILD["sdist"]["include"]:
        assert list(ROOT.glob(path.removeprefix("/"))), path
    assert all((ROOT / path).is_dir() for path in BUILD["wheel"]["shared-data"])
