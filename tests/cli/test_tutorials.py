"""docs/tutorials.md, typed line by line in a sandbox; what comes back is what is printed there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.lesson import hold, steady
from tests.cli.typed import ROOT

TUTORIALS = (ROOT / "docs" / "tutorials.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("busybox"), reason="busybox is not installed: it plays alpine")
@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    assert hold(TUTORIALS, tmp_path) > 100


def test_what_differs_each_time_is_left_out() -> None:
    assert steady(f"{'3f' * 32}  Up 3 seconds\n") == "ID Up TIME\n"
    assert steady("64 bytes: time=0.1 ms") != steady("64 octets: time=0.1 ms")
