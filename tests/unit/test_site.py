"""The site: every page is in its navigation, every link leads somewhere, nothing is loaded."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.pages.site import on_page_markdown
from tests.unit.sources import ROOT

DOCS = ROOT / "docs"
PAGES = {str(path.relative_to(DOCS)): path for path in sorted(DOCS.rglob("*.md"))}
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


class _Config(yaml.SafeLoader):
    """Reads mkdocs.yml without importing what it names."""


_Config.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda _loader, name, _node: name)


def navigation(entry: Any) -> Iterator[str]:
    """The pages of the navigation, in its order."""
    if isinstance(entry, str):
        yield entry
    for each in entry.values() if isinstance(entry, dict) else entry if entry != str(entry) else ():
        yield from navigation(each)


def places(page: Path) -> set[str]:
    """What can stand behind ``#``: the titles, as GitHub and mkdocs write them."""
    titles = re.findall(r"(?m)^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\s-]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        file, _, place = link.partition("#")
        target = page.parent / file if file else page
        known = link.startswith(("https://", "http://")) or target.exists()
        if not known or (place and target.suffix == ".md" and place not in places(target)):
            yield link


def test_every_page_is_in_the_navigation_once() -> None:
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), _Config)
    assert sorted(navigation(config["nav"])) == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert not list(broken(PAGES[page]))


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# One two\n[a](#one-two) [b](a.md#one) [c](b.md) [d](https://example.org)\n")
    assert list(broken(page)) == ["a.md#one", "b.md"]


def test_a_link_out_of_the_site_becomes_words() -> None:
    class _Page:
        class file:  # noqa: N801
            src_uri = "ko/a.md"

    said = on_page_markdown("[in](../b.md) [out](../../c.sh)", page=_Page)
    assert said == "[in](../b.md) out"


def test_the_site_is_built_and_loads_nothing(tmp_path: Path) -> None:
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed (extra: site)")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for page in PAGES:
        text = (tmp_path / page).with_suffix(".html").read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|link|img|iframe)[^>]*\"(?:https?:)?//[^>]*>", text)
    for style in tmp_path.rglob("*.css"):
        assert not re.search(r"(url\(|@import )[\"']?(https?:)?//", style.read_text())
