"""Steps about the processes that run in containers."""

from __future__ import annotations

from ...kernel import netns
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ...value import field
from ..step import NAMESPACES, PROCESSES, Command, Step, Subject, quoted, shell


def kill_command(container: str) -> Command:
    """Ends what runs for a container, found by the word in its environment."""
    found = f"grep -lsxz NSNET_CONTAINER={quoted(container)} /proc/[0-9]*/environ"
    return ("sh", "-c", f"{found} | cut -d/ -f3 | xargs -r kill -KILL")


class StartProcess(Step):
    """A container's command, started detached. `namespace` is empty in host mode, and so
    is `hostname` there where the machine's own is kept;
    `listen` are (protocol, address, port) sockets that are opened for it beforehand. `links`
    are variables that tell of linked containers, as they are when it starts: that they would be
    others now does not make it another process. `tty`, `interactive` and `on_exit` as in
    `kernel.spawn.Spawn`."""

    container: str
    topology: str
    namespace: str
    argv: tuple[str, ...]
    log: str
    hostname: str = ""
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    listen: tuple[tuple[str, str, int], ...] = ()
    stub: bool = False
    links: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    tty: bool = False
    interactive: bool = False
    on_exit: tuple[str, ...] = field(default=(), compare=False)
    phase = PROCESSES

    @property
    def what(self) -> str:
        return f"start {self.title} in {self.container}"

    @property
    def title(self) -> str:
        """The command in a few words."""
        return "the stub listener" if self.stub else shell(self.argv)[:40]

    @property
    def why(self) -> str:
        if self.stub:
            ports = ", ".join(f"{port}/{protocol}" for protocol, _, port in self.listen)
            return (
                f"{self.container} has no image to run here: a small listener answers on {ports} "
                "with its name and the address of its caller (--no-stub leaves it out)"
            )
        why = f"the command of {self.container}, in its namespaces (Docker: the container's pid 1)"
        if not self._open:
            return why
        return (
            f"{why}; its input is a FIFO here, nsnet gives it a {'terminal' * self.tty or 'pipe'}"
        )

    @property
    def see(self) -> str:
        return f"nsnet logs {self.container}"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("process", self.container),)

    def commands(self) -> tuple[Command, ...]:
        run = shell(self.argv)
        own = "unshare --mount --ipc --pid --fork --kill-child --mount-proc"
        if self.hostname:
            inner = f"hostname {quoted(self.hostname)}; exec {run}"
            own, run = f"{own} --uts", f"sh -c {quoted(inner)}"
        where = f"ip netns exec {quoted(self.namespace)} " * bool(self.namespace)
        run = f"{where}{own} {run}"
        env = shell(("env", "-i", *(f"{key}={value}" for key, value in self._environment())))
        folder = ("mkdir", "-p", self.log.rpartition("/")[0])
        if not self._open:
            script = f"setsid {env} {run} </dev/null >>{quoted(self.log)} 2>&1 &"
            return (folder, ("sh", "-c", script))
        # Opened for reading and writing, a FIFO has no end of file while nobody writes (fifo(7)).
        fifo = quoted(self._fifo)
        script = f"setsid {env} {run} <>{fifo} >>{quoted(self.log)} 2>&1 &"
        make = ("sh", "-c", f"[ -p {fifo} ] || mkfifo {fifo}")
        return (folder, make, ("sh", "-c", script))

    def undo_commands(self) -> tuple[Command, ...]:
        kill = kill_command(self.container)
        return (kill, ("rm", "-f", self._fifo)) if self._open else (kill,)

    @property
    def _open(self) -> bool:
        """Does its input stay open?"""
        return self.tty or self.interactive

    @property
    def _fifo(self) -> str:
        return f"{self.log}.in"

    def _environment(self) -> tuple[tuple[str, str], ...]:
        from ...kernel.launch import environment

        return tuple(environment((*self.links, *self.env), self.hostname, self.tty).items())

    def apply(self, stack: Stack) -> None:
        stack.start(self, self._spec)

    def _spec(self, listen: tuple[int, ...]) -> object:
        from ...kernel.spawn import Spawn
        from ...kernel.streams import socket_path

        return Spawn(
            name=self.container,
            argv=self.argv,
            netns=netns.path(self.namespace) if self.namespace else "",
            env=(*self.links, *self.env),
            hostname=self.hostname,
            files=self.files,
            log=self.log,
            listen=listen,
            tty=self.tty,
            interactive=self.interactive,
            socket=socket_path(self.log.rpartition("/log/")[0], self.container),
            on_exit=self.on_exit,
        )

    def undo(self, stack: Stack) -> None:
        stack.stop(self.container)

    def present(self, seen: Observed) -> bool:
        return seen.running(self.container, self.namespace)

    def removable(self, seen: Observed) -> bool:
        return seen.running(self.container)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        """A process whose namespace was deleted lives on in what has no name any more."""
        return (Stop(self.container), self) if seen.running(self.container) else (self,)


class Stop(Step):
    """End a process that is where nothing can reach it."""

    container: str
    phase = NAMESPACES  # before its namespace is made anew

    @property
    def what(self) -> str:
        return f"end the process that {self.container} had"

    @property
    def why(self) -> str:
        return f"the namespace of {self.container} was deleted; its process is still in there"

    def commands(self) -> tuple[Command, ...]:
        return (kill_command(self.container),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        stack.stop(self.container)

    def undo(self, stack: Stack) -> None:
        """Nothing: it was of no use."""

    def present(self, seen: Observed) -> bool:
        return not seen.running(self.container)
