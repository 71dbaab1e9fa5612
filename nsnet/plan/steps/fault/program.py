"""Faults of programs: one that does not listen, or at its own loopback only."""

from __future__ import annotations

from ....kernel import deaf, netns
from ....kernel.deaf import Ear
from ....kernel.errors import KernelError
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep


class Deafen(FaultStep):
    """A program stands still, and its sockets do not listen: to callers, it has ended. Nothing
    of it is lost."""

    port: int
    ears: tuple[Ear, ...]

    outlives = True
    reason = (
        "a machine whose program does not listen refuses the call (Docker: the container is up)"
    )

    @property
    def what(self) -> str:
        return f"stop who listens on port {self.port}"

    def commands(self) -> tuple[Command, ...]:
        """`gdb` because a person has no other way into the sockets of a program."""
        return tuple(
            command
            for each in self.ears
            for command in (
                ("gdb", "-p", str(each.pid), "-batch", "-ex", f"call (int)shutdown({each.fd}, 0)"),
                ("kill", "-STOP", str(each.pid)),
            )
        )

    def undo_commands(self) -> tuple[Command, ...]:
        return tuple(
            command
            for each in self.ears
            for command in (
                ("kill", "-CONT", str(each.pid)),
                ("gdb", "-p", str(each.pid), "-batch", "-ex", f"call (int)listen({each.fd}, 128)"),
            )
        )

    def apply(self, stack: Stack) -> None:
        for each in self.ears:
            try:
                deaf.plug(each)
            except PermissionError as error:
                why = "only root may reach into it"
                raise KernelError(f"cannot stop process {each.pid}", why) from error

    def undo(self, stack: Stack) -> None:
        for each in self.ears:
            deaf.unplug(each)


class AnswerInside(FaultStep):
    """A small listener on 127.0.0.1 in the place of a program that is deaf."""

    port: int
    ears: tuple[Ear, ...]
    number: int
    host: str

    outlives = True
    reason = "a program that listens on 127.0.0.1 hears nobody but its own namespace"

    @property
    def name(self) -> str:
        """The word in its environment by which it is found."""
        return f"fault-{self.number}"

    @property
    def what(self) -> str:
        return f"listen on 127.0.0.1:{self.port} alone"

    def commands(self) -> tuple[Command, ...]:
        script = f"python3 -m http.server --bind 127.0.0.1 {self.port} &"
        return (self.within("sh", "-c", script),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (("pkill", "-f", f"bind 127.0.0.1 {self.port}"),)

    def apply(self, stack: Stack) -> None:
        from ....kernel.listen import listen_in
        from ....kernel.spawn import Spawn, spawn
        from ...content import stub_command

        for each in self.ears:
            deaf.lend(each)
        wanted = (("tcp", "127.0.0.1", self.port),)
        where = netns.path(self.space) if self.space else ""
        stack.enter("")
        import os

        fds = tuple(listen_in(where, wanted))
        try:
            env = (("NSNET_HOST", self.host), ("NSNET_CONTAINER", self.name))
            argv = stub_command(self.name, wanted)
            spawn(Spawn(name=self.name, argv=argv, netns=where, env=env, listen=fds))
        finally:
            for fd in fds:
                os.close(fd)

    def undo(self, stack: Stack) -> None:
        from ....kernel.marks import marked
        from ....kernel.process import stop_all

        word = f"NSNET_CONTAINER={self.name}".encode()
        found = marked(word)
        host = self.host.encode()
        stop_all([one for one, env in found if env.get(b"NSNET_HOST") == host], timeout=0)
