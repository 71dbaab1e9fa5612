"""``--format``: Go's text/template, as far as users of Docker meet it.

A `Template` is read once and run for each value. Values are JSON-like; `values` has what tells
Go's structs and nil values from maps and empty lists, which print differently. What a template
prints, and what is said about a wrong one, is compared with recordings of the docker command
(tests/docker/templates.json).
"""

from __future__ import annotations

from .errors import TemplateError
from .values import as_json, raw

__all__ = ["Template", "TemplateError", "as_json"]


class Template:
    """A template that was understood. Raises `TemplateError` where it is none."""

    def __init__(self, text: str) -> None:
        from .parse import parse  # only where there is a template: it takes 10 ms

        self._trees = parse(text)
        self._text = text

    def render(self, value: object) -> str:
        """The text for `value`. Raises `TemplateError`."""
        from .run import Run

        return Run(self._text, self._trees).text(value)

    def inspect(self, value: object) -> str:
        """As ``docker inspect`` does it: what cannot be said of the daemon's own types is tried
        on the plain JSON, where a key that is not there is an error."""
        try:
            return self.render(value)
        except TemplateError:
            from .run import Run

            return Run(self._text, self._trees, strict=True).text(raw(value))
