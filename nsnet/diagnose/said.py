"""A sentence that can be told in several languages.

In code it is written in English, with its blanks by name. What comes of it is a `str` like any
other, in English; it remembers what it was made of, so that whoever shows it can tell the same in
another language (`texts.told.told`), whose catalogue is not read before.
"""

from __future__ import annotations


class Said(str):
    """An English sentence. `form` still has its blanks, `blanks` fill them; one of them may be
    `Said` itself."""

    form: str
    blanks: dict[str, object]


def said(form: str, /, **blanks: object) -> Said:
    """The sentence `form`. It has to stand in the call itself, where a test looks for it: the
    catalogues have the same in other languages (``texts/walk.ko.toml``)."""
    made = Said(form.format_map(blanks))
    made.form, made.blanks = form, blanks
    return made
