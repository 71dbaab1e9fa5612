"""Steps about the processes that run in containers."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from ...kernel import netns
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import NAMESPACES, PROCESSES, Command, Step, Subject, shell


def kill_command(container: str) -> Command:
    """Ends what runs for a container, found by the word in its environment."""
    found = f"grep -lsxz NSNET_CONTAINER={shlex.quote(container)} /proc/[0-9]*/environ"
    return ("sh", "-c", f"{found} | cut -d/ -f3 | xargs -r kill -KILL")


@dataclass(frozen=True, slots=True)
class StartProcess(Step):
    """A container's command, started detached. `namespace` is empty in host mode;
    `listen` are (protocol, address, port) sockets that are opened for it beforehand."""

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
    phase = PROCESSES

    @property
    def what(self) -> str:
        return f"start {self.title} in {self.container}"

    @property
    def title(self) -> str:
        """The command in a few words."""
        return "the stub listener" if self.stub else shlex.join(self.argv)[:40]

    @property
    def why(self) -> str:
        if self.stub:
            ports = ", ".join(f"{port}/{protocol}" for protocol, _, port in self.listen)
            return (
                f"{self.container} has no image to run here: a small listener answers on {ports} "
                "with its name and the address of its caller (--no-stub leaves it out)"
            )
        return f"the command of {self.container}, in its namespaces (Docker: the container's pid 1)"

    @property
    def see(self) -> str:
        return f"nsnet logs {self.container}"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("process", self.container),)

    def commands(self) -> tuple[Command, ...]:
        run = shell(self.argv)
        own = "unshare --mount --ipc --pid --fork --kill-child --mount-proc"
        if self.namespace:
            inner = f"hostname {shlex.quote(self.hostname)}; exec {run}"
            name = shlex.quote(self.namespace)
            run = f"ip netns exec {name} {own} --uts sh -c {shlex.quote(inner)}"
        else:
            run = f"{own} {run}"
        env = shell(("env", "-i", *(f"{key}={value}" for key, value in self._environment())))
        script = f"setsid {env} {run} </dev/null >>{shlex.quote(self.log)} 2>&1 &"
        return (("mkdir", "-p", self.log.rpartition("/")[0]), ("sh", "-c", script))

    def undo_commands(self) -> tuple[Command, ...]:
        return (kill_command(self.container),)

    def _environment(self) -> tuple[tuple[str, str], ...]:
        from ...kernel.launch import environment

        hostname = self.hostname if self.namespace else ""
        return tuple(environment(self.env, hostname).items())

    def apply(self, stack: Stack) -> None:
        stack.start(self, self._spec)

    def _spec(self, listen: tuple[int, ...]) -> object:
        from ...kernel.spawn import Spawn

        return Spawn(
            name=self.container,
            argv=self.argv,
            netns=netns.path(self.namespace) if self.namespace else "",
            env=self.env,
            hostname=self.hostname if self.namespace else "",
            files=self.files,
            log=self.log,
            listen=listen,
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


@dataclass(frozen=True, slots=True)
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
