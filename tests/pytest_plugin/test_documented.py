"""The example project and the examples of docs/pytest.md do what they say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.pytest_plugin.conftest import ROOT, Runner

_EXAMPLE = ROOT / "examples" / "pytest"


def test_the_example_project(run: Runner, tmp_path: Path) -> None:
    shutil.copy(_EXAMPLE / "counter.py", tmp_path)
    done = run((_EXAMPLE / "test_counter.py").read_text(encoding="utf-8"))
    assert done.outcomes in ({"passed": 4, "skipped": 1}, {"passed": 5}), done.text


def test_the_example_project_finds_a_mistake(run: Runner, tmp_path: Path) -> None:
    program = (_EXAMPLE / "counter.py").read_text(encoding="utf-8")
    broken = program.replace("if number not in self._answers:", "if True:")
    assert broken != program
    (tmp_path / "counter.py").write_text(broken, encoding="utf-8")
    done = run((_EXAMPLE / "test_counter.py").read_text(encoding="utf-8"), "-k", "slow or counts")
    assert done.outcomes["failed"] == 1, done.text


def test_the_document(run: Runner) -> None:
    text = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    done = run("\n".join(blocks))
    assert done.status == 0, done.text
    assert sum(done.outcomes.values()) == "".join(blocks).count("def test_"), done.text
