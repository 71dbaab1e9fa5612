"""mkdocs' hook: what a page of the site does not have in common with the file in the checkout."""

from __future__ import annotations

import re
from typing import Any

#: A link out of docs/, to a file of the repository: the site has no such page.
_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+[^)]*\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """`markdown` with such links as plain words."""
    depth = page.file.src_uri.count("/")

    def plain(link: re.Match[str]) -> str:
        up = link[0].partition("](")[2].count("../")
        return link[1] if up > depth else link[0]

    return _OUTSIDE.sub(plain, markdown)
