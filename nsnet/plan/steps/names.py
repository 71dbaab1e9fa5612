"""Steps about names: what the resolver is told of a container."""

from __future__ import annotations

from ...kernel import files
from ...kernel.errors import KernelError
from ...kernel.stack import Stack
from ..names import PORT
from ..step import Subject
from .told import TellResolver

#: How long a container's sockets may take to open or to close, in seconds.
WAIT = 5.0


class ServeNames(TellResolver):
    """The file from which the resolver learns a container's names, addresses and wishes.

    `asks`: the container itself is served, too; plans go on when its sockets are open (or
    closed).
    """

    container: str
    folder: str
    text: str
    asks: bool = True

    @property
    def path(self) -> str:
        """The file."""
        return f"{self.folder}/names/{self.container}.json"

    @property
    def what(self) -> str:
        return f"tell the resolver of {self.container}"

    @property
    def why(self) -> str:
        return (
            f"others on its networks find {self.container} by its names: container name, short "
            "id, hostname, aliases (Docker: the endpoint's records in the embedded DNS server)"
        )

    @property
    def see(self) -> str:
        return f"cat {self.path}"

    @property
    def identity(self) -> object:
        return ("names", self.path)

    @property
    def leans_on(self) -> tuple[Subject, ...]:
        """The namespace: a new one of the same name needs new sockets, so it is told again."""
        return (("netns", self.container),)

    def apply(self, stack: Stack) -> None:
        files.write(self.path, self.text)
        if self.asks:
            stack.expect(_await_served, self.folder, self.container, self)

    def undo(self, stack: Stack) -> None:
        files.remove_only(self.path)
        if self.asks:
            stack.expect(_await_closed, self.folder, self.container, self)


def _await_served(folder: str, names: list[str]) -> bool:
    """Wait for the sockets of these containers. False where no resolver runs: too early.
    Raises `KernelError` if they do not open."""
    from ...resolver import service

    if not service.alive(folder):
        return False
    missing = service.await_served(folder, names, WAIT)
    if missing:
        why = f"it does not listen in {', '.join(missing)} (port {PORT} may be in use there)"
        raise KernelError("the resolver is not ready", why)
    return True


def _await_closed(folder: str, names: list[str]) -> bool:
    """Wait until nothing of the resolver's is in these containers: one open socket keeps a
    network namespace alive."""
    from ...resolver import service

    if service.alive(folder):
        service.await_closed(folder, names, WAIT)
    return True
