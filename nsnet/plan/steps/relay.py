"""Steps about published ports that the kernel cannot translate."""

from __future__ import annotations

import json

from ...kernel import files
from ...kernel.stack import Stack
from .told import TellResolver

#: How long a port may take to open or to close, in seconds.
WAIT = 2.0


class RelayPort(TellResolver):
    """The file from which the resolver's process learns of a port to relay: `listen`:`port` of
    the host leads to `to`:`to_port`. Plans go on when the port is open (or closed)."""

    folder: str
    container: str
    protocol: str
    listen: str
    port: int
    to: str
    to_port: int

    @property
    def name(self) -> str:
        """What it is called: its host side."""
        return f"{self.protocol}-{self.port}-{self.listen}"

    @property
    def path(self) -> str:
        """The file."""
        return f"{self.folder}/ports/{self.name}.json"

    @property
    def text(self) -> str:
        """What is in the file."""
        told = {
            "container": self.container,
            "protocol": self.protocol,
            "listen": self.listen,
            "port": self.port,
            "to": self.to,
            "to_port": self.to_port,
        }
        return json.dumps(told) + "\n"

    @property
    def where(self) -> str:
        """The host side as text."""
        return f"[{self.listen}]:{self.port}/{self.protocol}"

    @property
    def what(self) -> str:
        return f"relay {self.where} to {self.container}"

    @property
    def why(self) -> str:
        if ":" in self.to:
            reason = "the kernel never delivers what comes to ::1 from another interface"
        else:
            reason = f"{self.container} has IPv4 only, and nftables cannot turn IPv6 into IPv4"
        return (
            f"{reason}: a process takes the call and makes another one to {self.to} (Docker: "
            "docker-proxy; callers over IPv4 need none, their packets are rewritten)"
        )

    @property
    def see(self) -> str:
        return f"ss -l{self.protocol[0]}np sport = :{self.port}"

    @property
    def identity(self) -> object:
        return ("relay", self.path)

    def apply(self, stack: Stack) -> None:
        files.write(self.path, self.text)
        stack.expect(_await_open, self.folder, self.name, self)

    def undo(self, stack: Stack) -> None:
        files.remove_only(self.path)
        stack.expect(_await_closed, self.folder, self.name, self)


def _await_open(folder: str, names: list[str]) -> bool:
    """Wait for these ports. Where no resolver runs, whoever starts it opens them. Raises
    `KernelError` for one that cannot be had."""
    from ...resolver import service

    if service.alive(folder):
        for missing in service.await_served(folder, [f"ports/{each}" for each in names], WAIT):
            raise service.port_refusal(folder, missing.removeprefix("ports/"))
    return True


def _await_closed(folder: str, names: list[str]) -> bool:
    """Wait until these ports are free again."""
    from ...resolver import service

    if service.alive(folder):
        service.await_closed(folder, [f"ports/{each}" for each in names], WAIT)
    return True
