"""docs/understand.md, typed line by line in a sandbox, and its list of diagnoses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsnet.diagnose import texts
from nsnet.diagnose.findings import Broken
from nsnet.faults.catalogue import KINDS
from tests.cli.lesson import hold, steady
from tests.cli.typed import ROOT

UNDERSTAND = (ROOT / "docs" / "understand.md").read_text(encoding="utf-8")
_LISTED = re.compile(r"<!-- diagnoses: .*? -->\n(.*?)<!-- end -->", re.DOTALL)


def diagnoses() -> Iterator[str]:
    """The table of all ids: what is wrong, what to do, whether it can be practised."""
    yield "| id | what is wrong | what to do | practise |"
    yield "|---|---|---|---|"
    for name in texts.ids():
        words = texts.of(Broken(name, ""))
        yield f"| `{name}` | {words.title} | {words.hint} | {'✓' if name in KINDS else ''} |"


@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    assert hold(UNDERSTAND, tmp_path) > 40


def test_every_diagnosis_is_listed() -> None:
    """If it fails: the table between the two comments is to be what `diagnoses()` gives."""
    listed = _LISTED.search(UNDERSTAND)
    assert listed is not None
    assert listed[1].splitlines() == list(diagnoses())


def test_what_differs_each_time_is_left_out() -> None:
    assert steady("accept  17 packets so far, +1 by this one") == "accept COUNTED"
    assert steady("  25     #13  fib") == steady("   9     #14  fib")
    assert steady("203.0.113.1:52897 → 203.0.113.2:8080") == "203.0.113.1:PORT → 203.0.113.2:8080"
