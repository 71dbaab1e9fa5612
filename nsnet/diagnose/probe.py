"""Our own prober: what is asked of the network, and what came back."""

from __future__ import annotations

from ..value import Value

#: What can come back.
CODES = (
    "answered",  # what was asked for
    "refused",  # TCP reset, or ICMP port unreachable
    "unreachable",  # an ICMP error said so: host, net or administratively; or ARP found nobody
    "no-route",  # our own kernel: ENETUNREACH
    "prohibited",  # our own kernel: EACCES, EPERM (a rule in the output hook), or ICMP's word
    "too-big",  # EMSGSIZE, or ICMP fragmentation needed
    "timeout",  # nothing at all
    "error",  # anything else that the kernel said; `errno` has it
)


class Probe(Value):
    """One question. `space` is the sender's key in the survey, `kind` is ``icmp``, ``tcp``,
    ``udp`` or ``http``. `size` is the ICMP payload in bytes, sent with "don't fragment" if it is
    given (0: small). `timeout` in seconds. `path` and `host` are for HTTP; `source` binds the
    sender's address, `data` is what UDP sends."""

    space: str
    kind: str
    address: str
    port: int = 0
    size: int = 0
    timeout: float = 1.0
    source: str = ""
    path: str = "/"
    host: str = ""
    data: bytes = b"nsnet"


class Answer(Value):
    """What came back. `by` is who sent an ICMP error. `local` and `peer` are the (address, port)
    of our socket as the kernel chose it (of ICMP the identifier stands for the port). `seconds`
    is the time to the answer; `data` the beginning of what UDP or HTTP answered. `mtu` is the
    largest packet that goes, where it was too big; `connected`: a TCP connection came about, even
    if HTTP got no answer over it.
    """

    probe: Probe
    code: str
    errno: int = 0
    by: str = ""
    seconds: float = 0.0
    local: tuple[str, int] = ("", 0)
    peer: tuple[str, int] = ("", 0)
    data: bytes = b""
    mtu: int = 0
    connected: bool = False

    @property
    def ok(self) -> bool:
        """Was the question answered?"""
        return self.code == "answered"
