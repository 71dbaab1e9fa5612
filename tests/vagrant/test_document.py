"""docs/vagrant.md, typed line by line in a sandbox: why a forwarded port does not reach lo."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.lesson import hold
from tests.cli.typed import ROOT

PAGE = (ROOT / "docs" / "vagrant.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    assert hold(PAGE, tmp_path) >= 8
