"""Steps about the resolver: the process that answers all containers of a host, and relays
callers over IPv6."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ...kernel.errors import KernelError
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import PROCESSES, Command, Step, Subject, quoted
from .names import ServeNames


class StartResolver(Step):
    """The host's resolver, which all topologies share; `folder` is the host's state folder."""

    folder: str
    phase = PROCESSES

    @property
    def what(self) -> str:
        return "start the resolver"

    @property
    def why(self) -> str:
        return (
            "one process answers at 127.0.0.11 in every container of a user-defined network, and "
            "takes IPv6 callers of published ports (Docker: the embedded DNS server, a part of "
            "dockerd, and a docker-proxy for each port)"
        )

    @property
    def see(self) -> str:
        return "pgrep -af resolver"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("resolver", self.folder),)

    def commands(self) -> tuple[Command, ...]:
        from ...resolver import service

        run = service.start_command(self.folder)
        return (("env", "-i", *self._marks(), *run, "--detach"),)

    def undo_commands(self) -> tuple[Command, ...]:
        """Stopped first, then killed: its two processes start each other again."""
        marks = [f"-e {quoted(mark)}" for mark in self._marks()]
        host, resolver = (f"grep -lsxz {mark}" for mark in marks)
        found = f"{resolver} /proc/[0-9]*/environ | xargs -r {host} | cut -d/ -f3"
        kill = f"for s in STOP KILL; do {found} | xargs -r kill -$s; done"
        return (("sh", "-c", kill),)

    def _marks(self) -> tuple[str, str]:
        """The words in its environment that say whose it is."""
        return f"NSNET_HOST={os.path.basename(self.folder)}", "NSNET_RESOLVER=1"

    def begin(self, stack: Stack, plan: Sequence[Step]) -> None:
        """Its interpreter takes longer than all other steps. (Where it has ports alone, nobody
        waits for it: see `resolver.handover`.)"""
        if not any(isinstance(step, ServeNames) for step in plan):
            return
        from ...resolver import service, standby

        stack.enter("")
        stack.at_last(standby.release, self)
        service.begin(self.folder)

    def apply(self, stack: Stack) -> None:
        from ...resolver import service

        stack.enter("")
        ran = service.alive(self.folder)
        try:
            service.start(self.folder)
        except KernelError:
            if not ran:  # Without one of its ports it runs all the same.
                service.stop(self.folder)
            raise

    def undo(self, stack: Stack) -> None:
        """It ends beside the steps that follow."""
        from ...resolver import service

        stack.at_last(lambda: service.stop(self.folder), self)
        service.begin_stop(self.folder)

    def present(self, seen: Observed) -> bool:
        from ...resolver import service

        return service.alive(self.folder)
