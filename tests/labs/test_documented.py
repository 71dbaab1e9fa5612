"""docs/labs.md tells of every assertion, as its file does."""

from __future__ import annotations

import ast
from pathlib import Path

import nsnet.labs
from nsnet.labs.reading import assertions

ROOT = Path(nsnet.labs.__file__).parents[2]
FOLDER = Path(nsnet.labs.__file__).parent / "assertions"


def first_line(kind: str) -> str:
    """``apart``: nothing gets … , as Markdown."""
    said = ast.get_docstring(ast.parse((FOLDER / f"{kind}.py").read_text())) or ""
    return " ".join(said.split("\n\n")[0].split()).replace("``", "`")


def test_every_assertion_is_in_the_guide() -> None:
    guide = (ROOT / "docs" / "labs.md").read_text()
    missing = [kind for kind in assertions() if f"- {first_line(kind)}\n" not in guide]
    assert not missing, "\n".join(f"- {first_line(kind)}" for kind in missing)
