"""What assertions look at: the kernel as the learner has left it, and questions to it."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from typing import Any

from ..diagnose.findings import Finding
from ..diagnose.ladder import diagnose
from ..diagnose.places import Places
from ..diagnose.texts.particles import settle
from ..diagnose.trace import Trace, trace
from ..kernel.crowd import Crowd
from ..kernel.process import start_time
from ..kernel.stack import Stack
from ..kernel.survey import Survey
from . import texts
from .exercise import Exercise


class Situation:
    """One look at an exercise under work. `values` are those of the attempt, `answers` what the
    learner has said, `notes` what assertions remember for those after them. `since` is when the
    attempt began, in seconds since the epoch; `language` is that of
    what is said of probes.

    Listeners that a check needs are opened in the learner's namespaces for the time of the
    `with` block (`serve`); a program of the learner's on the same port is left alone.
    """

    def __init__(
        self,
        stack: Stack,
        exercise: Exercise,
        values: Mapping[str, str],
        answers: Mapping[str, str] | None = None,
        since: float = 0.0,
        language: str = "en",
    ) -> None:
        self.stack, self.exercise, self._since = stack, exercise, since
        self.values, self.answers = values, dict(answers or {})
        self.language = language
        self.survey = Survey(stack)
        self.places = Places(self.survey, {})
        self.notes: dict[str, Any] = {}
        self._crowd = Crowd()
        self._serving: dict[tuple[int, int, str, str], str] = {}

    def __enter__(self) -> Situation:
        return self

    def __exit__(self, *_: object) -> None:
        self._crowd.close()
        self.stack.enter("")

    def look(self) -> None:
        """Look afresh from now on."""
        self.stack.enter("")
        self.survey.forget()

    def say(self, word: str, /, **facts: str) -> str:
        """What came of a probe, in the learner's language: the words of ``[words.probe]``."""
        words: Any = texts.ui(self.language)["probe"]
        return settle(str(words[word]).format(**facts))

    def key(self, name: str) -> str | None:
        """The survey's key of the namespace called `name` (``host`` is "", also where somebody has
        given it a name); None without one."""
        if name == "host":
            return ""
        for key, space in self.survey.spaces().items():
            if (key and key == name) or name in space.names:
                return key
        return None

    def unnamed(self) -> list[int]:
        """Processes in namespaces without a name that were started since the attempt began: not
        those of the machine's services."""
        begun = time.clock_gettime(time.CLOCK_BOOTTIME) - (time.time() - self._since)
        ticks = int(begun * os.sysconf("SC_CLK_TCK"))
        pids = [int(k.removeprefix("pid:")) for k in self.survey.spaces() if k.startswith("pid:")]
        return [pid for pid in pids if start_time(pid) >= ticks]

    def serve(self, name: str, port: int, protocol: str = "tcp", address: str = "") -> str:
        """Have somebody answer on a port in a namespace: the word that it answers with. "" where
        something else has the port."""
        key = self.key(name)
        if key is None:
            return ""
        space = self.survey.spaces()[key]
        where = (space.inode, port, protocol, address)
        if where not in self._serving:
            word = f"{name}-{secrets.token_hex(3)}"
            self.stack.enter("")
            opened = self._crowd.open(space.path if key else "", word, port, protocol, address)
            self._serving[where] = word if opened else ""
        return self._serving[where]

    def diagnose(self, source: str, target: str, by: str = "") -> Finding:
        """Ask, and explain the answer. `by` as ``--ping``, ``tcp``, ``udp``, ``http``. Raises
        `NotFound` where there is no such place."""
        self.look()
        origin = self.places.source(source)
        aim = self.places.target(target, origin)
        return diagnose(self.stack, self.places, origin, aim, _PROTOCOLS.get(by, by))

    def trace(self, source: str, target: str, by: str = "", timeout: float = 1.0) -> Trace:
        """Send one packet and follow it. Raises `NotFound` as above."""
        self.look()
        origin = self.places.source(source)
        aim = self.places.target(target, origin)
        word = _PROTOCOLS.get(by, by) or ("tcp" if aim.port else "icmp")
        try:
            return trace(self.stack, self.places, origin, aim, word, timeout)
        finally:
            self.stack.enter("")


_PROTOCOLS = {"ping": "icmp"}
