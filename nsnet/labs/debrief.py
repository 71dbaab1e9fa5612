"""After an exercise: the learner's own packet, and what Docker does for the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..kernel.errors import KernelError
from ..show.fold import columns
from ..show.walk.text import lines as walk_lines
from ..topology.naming import DEFAULT_DEVICE
from . import texts
from .assertions._asked import serve
from .assertions._given import texts as several
from .composed import composed
from .exercise import filled, in_language
from .situation import Situation

#: Columns for a walk: as code, it is shown with an indent of four in a terminal of 80.
_WIDTH = 76


def lines(at: Situation, language: str, predicted: int = 0) -> list[str]:
    """The text of the exercise, the prediction, the packet, Docker's rules. `predicted` is the
    learner's choice, from 1 (0: none was made)."""
    parts = (_prediction(at, language, predicted), _packet(at, language), _docker(at, language))
    found: list[str] = []
    for part in parts:
        told = list(part)
        if told:
            found += [*told, ""]
    # Last what explains it: that is what a terminal still shows.
    return found + at.exercise.text("after", language, at.values).rstrip().splitlines()


def _prediction(at: Situation, language: str, predicted: int) -> Iterator[str]:
    asked = at.exercise.predict
    if asked is None:
        return
    words = texts.ui(language)
    fill = at.values
    yield f"## {words['predicted']}"
    yield ""
    yield filled(in_language(asked.ask, language), fill)
    for number, choice in enumerate(asked.choices, start=1):
        mark = "✓" if number == asked.answer else "✗" if number == predicted else " "
        yield f"  {mark} {number}. {filled(in_language(choice, language), fill)}"
    yield filled(in_language(asked.because, language), fill)


def _packet(at: Situation, language: str) -> Iterator[str]:
    """Each walk that the exercise wants to show, traced now."""
    wanted: Any = at.exercise.debrief.get("trace")
    for each in wanted if isinstance(wanted, list) else [wanted] if wanted else []:
        given = filled(each, at.values)
        serve(at, several(given, "serve"))
        yield f"## {texts.ui(language)['packet']}: {given['from']} → {given['to']}"
        yield ""
        try:
            walk = at.trace(str(given["from"]), str(given["to"]), str(given.get("by", ""))).walk
        except KernelError as error:
            yield str(error)
            continue
        yield "```"
        yield from walk_lines(walk, _WIDTH, language)
        yield "```"


def _docker(at: Situation, language: str) -> Iterator[str]:
    """What iptables-save would show with Docker, for the same topology."""
    compose = at.exercise.debrief.get("docker")
    shown = _iptables(filled(compose, at.values), at.exercise.id) if compose else []
    wanted = [re.compile(each) for each in several(at.exercise.debrief, "rules")]
    shown = [line.replace(DEFAULT_DEVICE, "docker0") for line in shown]
    rules = [line for line in shown if not wanted or any(w.search(line) for w in wanted)]
    said = filled(several(at.exercise.debrief, "words"), at.values)
    if rules or said:
        yield f"## {texts.ui(language)['writes']}"
        yield ""
        yield "```"
        for line in [*said, *rules]:
            yield from _folded(line)
        yield "```"


def _folded(line: str) -> Iterator[str]:
    """A long line in several, parted at its blanks, which it keeps."""
    deeper = " " * (len(line) - len(line.lstrip()) + 4)
    while columns(line) > _WIDTH:
        blanks = [at for at, sign in enumerate(line) if sign == " " and line[:at].strip()]
        fitting = [at for at in blanks if columns(line[:at]) <= _WIDTH]
        if not fitting:
            break
        yield line[: fitting[-1]].rstrip()
        line = deeper + line[fitting[-1] :].lstrip()
    yield line


def _iptables(compose: Any, name: str) -> list[str]:
    from ..show.iptables import save
    from ..topology.allocate import allocate
    from ..topology.model import TopologyError
    from ..topology.taken import Taken

    try:
        return save([allocate(composed(compose, name), Taken())])
    except TopologyError as error:
        raise KernelError(f"the debrief of {name}: docker", " ".join(str(error).split())) from None
