"""Where a lab is: the helper process that does its work, and what stands in there."""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..kernel.errors import KernelError
from ..kernel.helper import Helper
from ..topology.codec import plain, restore
from ..topology.layout import Layout
from ..topology.model import Topology
from .command import Command, Commands
from .unbroken import unbroken

_TARGET = "nsnet.api.remote:Remote"


class Machine:
    """A lab's sandbox, or (with `host`) this very machine, through a helper process that is
    started when it is first needed. For use from several threads."""

    def __init__(self, host: bool) -> None:
        self.host = host
        self.layout: Layout | None = None
        self._helper: Helper | None = None
        self._starting = threading.Lock()
        #: Held by whoever changes what is up, from the look at the description to the new layout.
        self.changing = threading.RLock()
        self._last = Commands()
        self._end: weakref.finalize[..., Machine] | None = None

    def up(self, topology: Topology) -> None:
        """Build `topology`. Ctrl-C stops it and takes back what was done."""

        def work(stop: int) -> None:
            data, _ = self.ask("up", {"topology": plain(topology)}, [stop])
            self.layout = restore(Layout, data)

        unbroken(work)

    def find(self, name: str) -> Layout:
        """The layout of a topology that is up already. Raises `NotFound`."""
        self.layout = restore(Layout, self.call("find", name=name))
        return self.layout

    def down(self, name: str) -> None:
        """Take it down; nothing happens where it is not up."""
        if self._helper is None:
            return

        def work(_: int) -> None:
            self._remember()
            self.layout = None
            self.ask("down", {"name": name})

        unbroken(work)

    def reset(self, name: str) -> None:
        """`down`; and `close`, unless the sandbox is then surely as it was at first."""
        if self.host:
            return self.down(name)
        try:
            self.down(name)
            if self._helper is not None and self.call("touched"):
                self.close()
        except Exception:
            self.close()

    def close(self) -> None:
        """End the helper, and with it the sandbox and all that is inside."""

        def work(_: int) -> None:
            with self._starting:
                if self._end is None:
                    return
                self._remember()
                self._helper = self.layout = None
                end, self._end = self._end, None
            end()

        unbroken(work)

    def commands(self) -> Commands:
        """What was run to build what stands, or what stood last."""
        if self.layout is None or self._helper is None:
            return self._last
        return commands_of(self.call("commands"))

    def plan(self, topology: Topology) -> Commands:
        """What `up` would run."""
        return commands_of(self.call("plan", topology=plain(topology)))

    def script(self, topology: Topology) -> str:
        """The script for an empty host."""
        return str(self.call("script", topology=plain(topology)))

    def socket(self, place: str, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A new socket in a container's network stack ("": the host's), for us to use."""

        def work(_: int) -> int:
            words = {"place": place, "family": family, "kind": kind, "protocol": protocol}
            return self.ask("socket", words)[1][0]

        return socket.socket(fileno=unbroken(work))

    def call(self, verb: str, **words: Any) -> Any:
        """Have the helper do one thing; what it answers. Raises what was raised there."""
        return unbroken(lambda stop: self.ask(verb, words)[0])

    def look(self, verb: str, **words: Any) -> Any:
        """As `call`, for what only looks: Ctrl-C ends its waiting."""
        return unbroken(lambda stop: self.ask("ask", {"verb": verb, "words": words}, [stop])[0])

    def ask(
        self, verb: str, words: Mapping[str, Any], fds: Sequence[int] = ()
    ) -> tuple[Any, list[int]]:
        """As `call`, with open files to and fro. Only for work that is `unbroken`."""
        return ask(self.helper(), verb, words, fds)

    @property
    def running(self) -> Helper | None:
        """The helper, if there is one now."""
        return self._helper

    def helper(self) -> Helper:
        """The helper, started now if need be. Only for work that is `unbroken`."""
        with self._starting:
            if self._helper is None:
                private = not self.host
                self._helper = Helper.start(_TARGET, {"sandbox": private}, private=private)
                # Whoever forgets `close`: our end, or the program's, is the helper's too.
                self._end = weakref.finalize(self, self._helper.close)
            return self._helper

    def _remember(self) -> None:
        """Keep the commands for those who ask when it is all over."""
        if self.layout and self._helper:
            with suppress(KernelError):
                self._last = commands_of(self._helper.call("do", verb="commands", words={}))


def ask(
    helper: Helper, verb: str, words: Mapping[str, Any], fds: Sequence[int] = ()
) -> tuple[Any, list[int]]:
    """Have a helper do one thing; what it answers, and the open files that came along.
    Raises what was raised there."""
    value, files = helper.call_for_files("do", verb=verb, words=words, fds=fds)
    if isinstance(value, dict) and "fault" in value:
        from .faults import unpack

        raise unpack(value["fault"])
    return value, files


def commands_of(rows: list[list[str]]) -> Commands:
    """What `Remote` sent of its steps."""
    return Commands(Command(*row) for row in rows)
