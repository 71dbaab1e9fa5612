"""nsnet out of its wheel, from any folder: nothing that it needs is in the checkout alone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.typed import machine
from tests.unit.test_wheel import built

#: Where it is run from tells that it is not the checkout.
_SCRIPT = """set -e
trap "nsnet -q --sandbox down --all" EXIT
cd "$HOME"
python -c 'import nsnet; print(nsnet.__file__)'
nsnet -q --sandbox up bridge-demo
nsnet --sandbox exec alpine1 curl -s 172.17.0.4
nsnet lab list | tail -n 1
nsnet lab start two-rooms --no-shell | grep -m1 -i 'two rooms'
nsnet lab check | tail -n 1 || :
nsnet lab stop
nsnet lab new my-first
NSNET_LABS=labs nsnet lab list | tail -n 1
"""


@pytest.mark.usefixtures("host")
def test_it_works_without_the_checkout(tmp_path: Path) -> None:
    home, place = tmp_path / "home", tmp_path / "place"
    home.mkdir()
    with zipfile.ZipFile(built("wheel", tmp_path / "dist")) as wheel:
        wheel.extractall(place)
    env = machine(home)
    for name, words in {"python": '"$@"', "nsnet": '-m nsnet "$@"'}.items():
        (home / name).write_text(f"#!/bin/sh\nexec {sys.executable} -P {words}\n")
        (home / name).chmod(0o755)
    env["PYTHONPATH"] = os.pathsep.join([str(place), *filter(os.path.isdir, sys.path[1:])])
    done = subprocess.run(["sh", "-c", _SCRIPT], env=env, capture_output=True, text=True, cwd="/")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == str(place / "nsnet/__init__.py")
    assert "web 172.17.0.4:80 saw 172.17.0.2" in lines[1]
    assert "exercises solved" in lines[2]
    assert "Two rooms" in lines[3]
    assert lines[4].startswith("Not yet.")
    assert lines[5] == "two-rooms has ended; nothing is left of it."
    assert lines[-1] == "0 of 1 exercises solved"
