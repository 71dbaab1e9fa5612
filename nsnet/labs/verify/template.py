"""A new exercise: a small one that works, to be changed into yours."""

from __future__ import annotations

import os
import re
import shutil

from ...kernel.errors import KernelError
from ..reading import BadExercise, id_of

_TEMPLATE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "template")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_NUMBERED = re.compile(r"(\d+)-.+")

_PART = """\
# A part: its exercises are the folders beside this file, in the order of their numbers.
title: {{en: "{name}", ko: "{name}"}}
challenge: {id}    # who passes this exercise has passed the part
"""


def write(id: str, part: str, folder: str) -> str:
    """Write the exercise `id` into the part `part` (made if need be) of the library in `folder`;
    where it is. Raises `KernelError`."""
    for word in (id, part):
        if not _ID.fullmatch(word):
            raise BadExercise(f"cannot name it {word!r}", "use small letters, digits and -")
    try:
        place = _numbered(folder, part)
        if not os.path.isfile(os.path.join(place, "part.yaml")):
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, "part.yaml"), "w", encoding="utf-8") as file:
                file.write(_PART.format(name=part.capitalize(), id=id))
        path = _numbered(place, id)
        if os.path.exists(path):
            raise KernelError(f"cannot write {path}", "it is there already")
        shutil.copytree(_TEMPLATE, path)
    except OSError as error:
        raise KernelError(
            f"cannot write {error.filename or folder}", error.strerror or ""
        ) from None
    return path


def _numbered(folder: str, name: str) -> str:
    """The subfolder ``NUMBER-name``: the one that is there, else the next one in order."""
    there = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    same = [each for each in there if _NUMBERED.fullmatch(each) and id_of(each) == name]
    numbers = [int(found[1]) for each in there if (found := _NUMBERED.fullmatch(each))]
    return os.path.join(
        folder, same[0] if same else f"{max(numbers, default=0) // 10 * 10 + 10:03}-{name}"
    )
