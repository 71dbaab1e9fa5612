"""docs/vagrant.md, typed line by line in a sandbox: why a forwarded port does not reach lo."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsnet.labs.library import exercises
from tests.cli.lesson import hold
from tests.cli.typed import ROOT

PAGE = (ROOT / "docs" / "vagrant.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    assert hold(PAGE, tmp_path) >= 8


def test_its_greeting_counts_the_exercises_there_are() -> None:
    first = next(iter(exercises().values()))
    assert f"1 of {len(exercises())}, {first.title['en']}: nsnet lab start" in PAGE
