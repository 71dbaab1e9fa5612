"""The asking half of a lab: why, walk, trace, reach, graph, rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Literal

from . import questions
from .machine import Machine
from .questions import Part, Protocol

if TYPE_CHECKING:
    from .network import Network
    from .place import Place
    from .results.graph import Graph
    from .results.reach import Reach
    from .results.rules import Rules
    from .results.walk import Trace, Walk
    from .results.why import Why


class Looking:
    """What a `Lab` can be asked. Places are objects or texts as on the command line: ``"db:80"``,
    ``"outside"``, ``"http://db/"``; also ``f"{db}:80"``."""

    _machine: Machine

    def why(
        self,
        source: Place | str,
        target: Place | str,
        *,
        protocol: Protocol = "",
        language: Literal["en", "ko"] = "en",
    ) -> Why:
        """Does a packet arrive, and if not, which rung of the ladder is broken? ``nsnet why``.

        >>> with Lab() as lab:
        ...     web = lab.container("web", ports=["8080:80"])
        ...     lab.up()
        ...     lab.why(lab.outside, "host:8080"), lab.why(lab.outside, "host:81").id
        (<Why outside → host:8080: arrives>, 'NAT.NO_DNAT')
        """
        return questions.why(self._machine, source, target, protocol, language)

    def walk(
        self,
        source: Place | str,
        target: Place | str,
        *,
        protocol: Protocol = "",
        language: Literal["en", "ko"] = "en",
    ) -> Walk:
        """Predict the way of a packet and of its answer; nothing is sent. ``nsnet walk``.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab.walk(web, "8.8.8.8").rewritten[0].text
        'source 172.17.0.2 becomes 203.0.113.2'
        """
        return questions.walk(self._machine, source, target, protocol, language)

    def trace(
        self,
        source: Place | str,
        target: Place | str,
        *,
        protocol: Protocol = "",
        timeout: float = 1.0,
        language: Literal["en", "ko"] = "en",
    ) -> Trace:
        """Send a real packet and follow it, for an answer within so many seconds. ``nsnet trace``.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab.trace(web, lab.outside).places
        ('web', 'host', 'outside')
        """
        return questions.trace(self._machine, source, target, protocol, timeout, language)

    def reach(
        self,
        *names: Place | str,
        parts: Iterable[Part] = (),
        senders: Iterable[Place | str] = (),
        targets: Iterable[Place | str] = (),
        timeout: float = 1.0,
    ) -> Reach:
        """Who reaches whom: everybody, or `names` alone, asks everybody else, all at once.
        `parts` are ``"ping"``, ``"ports"``, ``"names"``; `senders` and `targets` narrow each
        side. ``nsnet reach``.

        >>> with Lab() as lab:
        ...     web, db = lab.container("web"), lab.container("db")
        ...     lab.up()
        ...     bool(lab.reach(web, db, parts=["ping"])[web, db])
        True
        """
        return questions.reach(self._machine, names, parts, senders, targets, timeout)

    def graph(self, *what: Place | Network | str) -> Graph:
        """The picture of the networks; of these containers and networks alone, if any are named.
        ``nsnet graph``.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab.graph(web)
        <Graph: 2 places, 1 network>
        """
        return questions.graph(self._machine, what)

    def rules(self, as_: Literal["nft", "iptables"] = "nft") -> Rules:
        """The firewall of the host: what is in force, or (``as_="iptables"``) what Docker would
        write for the same. ``nsnet rules``.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     [line for line in lab.rules("iptables").lines if "MASQUERADE" in line]
        ['-A POSTROUTING -s 172.17.0.0/16 ! -o nsnet0 -j MASQUERADE']
        """
        return questions.rules(self._machine, as_)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """In a notebook, a lab that is up shows its picture (IPython's protocol)."""
        bundle = {"text/plain": repr(self)}
        if self._machine.layout is not None:
            bundle |= self.graph()._pictures()
        wanted = set(bundle) if include is None else set(include)
        return {kind: bundle[kind] for kind in bundle if kind in wanted - set(exclude or ())}
