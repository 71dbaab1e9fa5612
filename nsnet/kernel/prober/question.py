"""What the prober is asked, and what it replies."""

from __future__ import annotations

from typing import Protocol

from ...value import Value


class Question(Protocol):
    """One question, with the meanings of `nsnet.diagnose.probe.Probe`."""

    @property
    def space(self) -> str:
        """The sender's namespace: "" the host, else a name or a key of `paths`."""

    @property
    def kind(self) -> str:
        """``icmp``, ``tcp``, ``udp`` or ``http``."""

    @property
    def address(self) -> str:
        """To whom; a link-local one with its interface: ``fe80::1%eth0``."""

    @property
    def port(self) -> int:
        """The port, of all but ICMP."""

    @property
    def size(self) -> int:
        """Bytes behind the ICMP header, not to be fragmented; 0 for a small one."""

    @property
    def timeout(self) -> float:
        """Seconds."""

    @property
    def source(self) -> str:
        """The sender's address, "" for the kernel's choice."""

    @property
    def path(self) -> str:
        """What HTTP asks for."""

    @property
    def host(self) -> str:
        """Whom HTTP asks for, "" for the address."""

    @property
    def data(self) -> bytes:
        """What UDP sends."""


class Reply(Value):
    """What came back, with the meanings of `nsnet.diagnose.probe.Answer`."""

    code: str
    errno: int = 0
    by: str = ""
    mtu: int = 0
    connected: bool = False
    seconds: float = 0.0
    local: tuple[str, int] = ("", 0)
    peer: tuple[str, int] = ("", 0)
    data: bytes = b""
