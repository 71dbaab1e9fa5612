"""Questions to a lab, as calls: the words that a user gives, made those of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from ..kernel.errors import KernelError
from .askable import place, seconds, several
from .machine import Machine
from .named import Named

if TYPE_CHECKING:
    from .results.graph import Graph
    from .results.reach import Reach
    from .results.rules import Rules
    from .results.walk import Trace, Walk
    from .results.why import Why

#: How a packet is sent; "" by what the target says: a URL, a port, neither (a ping).
Protocol = Literal["", "tcp", "udp", "ping", "http"]
#: What `Lab.reach` can ask.
Part = Literal["ping", "ports", "names"]

_PROTOCOLS = {"": "", "tcp": "tcp", "udp": "udp", "ping": "icmp", "http": "http"}


def word(machine: Machine, what: Named | str) -> str:
    """A place in the words of the command line. Raises `KernelError` for another lab's, `NotFound`
    for one that is not up."""
    what = place(what)
    if isinstance(what, str):
        return what
    if what._machine is not machine:
        raise KernelError(f"cannot ask for {what.name}", "it is of another lab")
    what._check_up()
    return what.name


def why(
    machine: Machine,
    source: Named | str,
    target: Named | str,
    protocol: Protocol,
    language: str,
) -> Why:
    """Why a packet arrives, or does not."""
    from .results.why import Why

    kind = _protocol(protocol)
    ends = {"source": word(machine, source), "target": word(machine, target)}
    kind = "" if kind == "tcp" else kind
    return Why(machine.look("why", **ends, protocol=kind, language=_language(language)))


def walk(
    machine: Machine,
    source: Named | str,
    target: Named | str,
    protocol: Protocol,
    language: str,
) -> Walk:
    """The way of a packet, predicted."""
    from .results.walk import Walk

    ends = {"source": word(machine, source), "target": word(machine, target)}
    kind, language = _protocol(protocol), _language(language)
    return Walk(machine.look("walk", **ends, protocol=kind, language=language))


def trace(
    machine: Machine,
    source: Named | str,
    target: Named | str,
    protocol: Protocol,
    timeout: float,
    language: str,
) -> Trace:
    """The way of a packet, as it went."""
    from .results.walk import Trace

    ends = {"source": word(machine, source), "target": word(machine, target)}
    kind, language = _protocol(protocol), _language(language)
    return Trace(
        machine.look("trace", **ends, protocol=kind, timeout=seconds(timeout), language=language)
    )


def reach(
    machine: Machine,
    names: Iterable[Named | str],
    parts: Iterable[Part],
    senders: Iterable[Named | str],
    targets: Iterable[Named | str],
    timeout: float,
) -> Reach:
    """Who reaches whom."""
    from .results.reach import Reach

    words = {"names": names, "senders": senders, "targets": targets}
    asked = {name: [word(machine, each) for each in several(some)] for name, some in words.items()}
    for part in (parts := several(parts)):
        if part not in ("ping", "ports", "names"):
            raise KernelError(f"cannot ask for {part!r}", "parts are ping, ports and names")
    return Reach(machine.look("reach", **asked, parts=parts, timeout=seconds(timeout)))


def graph(machine: Machine, what: Iterable[Named | str]) -> Graph:
    """The picture of the networks."""
    from .results.graph import Graph

    return Graph(machine.look("graph", what=[word(machine, each) for each in what]))


def rules(machine: Machine, as_: str) -> Rules:
    """The firewall."""
    from .results.rules import Rules

    if as_ not in ("nft", "iptables"):
        raise KernelError(f"cannot show the rules as {as_!r}", "write nft or iptables")
    return Rules(machine.look("rules", words=as_))


def _protocol(text: str) -> str:
    if not isinstance(text, str) or text not in _PROTOCOLS:
        raise KernelError(f"protocol {text!r} is not known", "write tcp, udp, ping or http")
    return _PROTOCOLS[text]


def _language(text: str) -> str:
    if text not in ("en", "ko"):
        raise KernelError(f"language {text!r} is not known", "write en or ko")
    return text
