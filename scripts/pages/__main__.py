"""Write the pages, or see whether they are up to date: ``python -m scripts.pages [--check]``.

Names what it changes. Exit code 1 where, with ``--check``, something is not up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import catalogue, man, manual, python, shells

ROOT = Path(__file__).parents[2]
#: Folders in which every file is a page of ours, so that one for a lost command is noticed.
OURS = ("docs/reference", "docs/ko/reference", "share")


def pages() -> dict[str, str]:
    """All pages: path in the checkout → text."""
    return {
        **man.pages(),
        **shells.pages(),
        **manual.pages(),
        **catalogue.pages(),
        **python.pages(),
    }


def stale(wanted: dict[str, str]) -> list[str]:
    """The paths of pages that are missing, differ, or are there for no reason."""
    there = {
        str(path.relative_to(ROOT))
        for folder in OURS
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    differ = [path for path, text in wanted.items() if _read(ROOT / path) != text]
    return sorted({*differ, *(there - set(wanted))})


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(words: list[str]) -> int:
    """Print what is stale, and, unless told only to check, put it right."""
    wanted = pages()
    found = stale(wanted)
    for path in found:
        print(path)
    if "--check" in words:
        return 1 if found else 0
    for path in found:
        if path in wanted:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(wanted[path], encoding="utf-8")
        else:
            (ROOT / path).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
