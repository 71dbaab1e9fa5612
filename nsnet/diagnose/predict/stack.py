"""The IP stack of a namespace: routing, forwarding, delivery.

Sources: Linux ``net/ipv4/{ip_output,ip_input,ip_forward,route}.c``, ``net/ipv4/netfilter.c``
(ip_route_me_harder), ``net/ipv6/ip6_output.c``.
"""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import replace
from ..said import said
from ..trace import words
from .admission import admits
from .fib import Fib, Question, Way
from .netfilter import Netfilter
from .story import Flight, Lost, Story
from .wire import Arrival, Wire

_REFUSED = ("none", "unreachable", "prohibit", "blackhole", "throw")
#: More stations than this are a loop.
_STATIONS = 70


class Stacks:
    """Moves a packet through IP stacks until one of them has it for itself."""

    def __init__(self, survey: Survey, story: Story) -> None:
        self._survey, self._story = survey, story
        self.netfilter = Netfilter(survey, story)
        self._wire = Wire(survey, story, self.netfilter)

    def back_by_port(self, flight: Flight, port: Interface) -> Interface:
        """A reset that goes straight out of a bridge's port, past all rules."""
        self._story.tell(flight, "send", words.begins(flight.leg, flight.packet, self._at(flight)))
        return self._travel_on(flight, self._wire.back(flight, port))

    def send(self, flight: Flight) -> Interface:
        """What a program (or the kernel itself) of a namespace sends. Its source address is chosen
        if it has none. Returns the interface of the stack that it is for. Raises `Lost`."""
        way = self._route(flight, "")
        if way.kind in _REFUSED:
            text, reason = self._no_way(flight, way)
            self._story.tell(
                flight, "send", words.begins(flight.leg, flight.packet, self._at(flight))
            )
            raise self._story.lose(flight, text, reason)
        if not flight.packet.src:
            flight.packet = replace(flight.packet, src=way.source)
        if not flight.packet.src:
            raise self._addressless(flight, way)
        if way.kind == "local":
            way = replace(way, device="lo", via="")
        self._story.tell(flight, "send", words.begins(flight.leg, flight.packet, self._at(flight)))
        self._tell_way(flight, way)
        before = (flight.packet.dst, flight.mark)
        self.netfilter.hook(flight, "output", None, self._device(flight, way), way)
        if (flight.packet.dst, flight.mark) != before:
            way = self._again(flight)
        return self._travel(flight, way)

    def _addressless(self, flight: Flight, way: Way) -> Lost:
        """It has no address. Of IPv6, the kernel then takes ::1, and cannot ask for anybody under
        that: nothing leaves (Linux ``net/ipv6/ndisc.c``, ndisc_solicit)."""
        label = self._at(flight)
        text = said("{label} has no address to send from", label=label)
        own = [a.ip for a in self._survey.addresses(flight.space) if ":" in a.ip]
        if ":" in flight.packet.dst and own == ["::1"]:
            flight.packet = replace(flight.packet, src="::1")
            self._story.tell(flight, "send", words.begins(flight.leg, flight.packet, label))
            self._tell_way(flight, way)
            text = said(
                "{label} has no address to send from but ::1, and under that nobody can be asked "
                "for the next hop",
                label=label,
            )
        return self._story.lose(flight, text, "L3.NO_ADDR")

    def _again(self, flight: Flight) -> Way:
        """The output hook has changed where it goes to."""
        way = self._route(flight, "")
        if way.kind in _REFUSED:
            raise self._story.lose(flight, *self._no_way(flight, way))
        if way.kind == "local":
            way = replace(way, device="lo", via="")
        self._tell_way(flight, way)
        device = self._device(flight, way)
        allowed = any(
            self._survey.sysctl(flight.space, f"net.ipv4.conf.{each}.route_localnet") == "1"
            for each in ("all", device.name)
        )
        if flight.packet.src.startswith("127.") and not device.loopback and not allowed:
            text = said("{source} may not leave by {device}: route_localnet is 0 there",
                        source=flight.packet.src, device=device.name)  # fmt: skip
            raise self._story.lose(flight, text, "SYSCTL.ROUTE_LOCALNET", device.name)
        return way

    def _travel(self, flight: Flight, way: Way) -> Interface:
        return self._travel_on(flight, self._leave(flight, way, None))

    def _travel_on(self, flight: Flight, arrival: Arrival) -> Interface:
        for _ in range(_STATIONS):
            way = self._enter(flight, arrival)
            if way is None:
                return arrival.device
            arrival = self._leave(flight, way, arrival.device)
        raise self._story.lose(flight, said("it goes round in a circle"), "")

    def _leave(self, flight: Flight, way: Way, came: Interface | None) -> Arrival:
        """From the routing decision to the next stack."""
        device = self._device(flight, way)
        self.netfilter.hook(flight, "postrouting", came, device, way)
        if device.loopback:
            return self._loop(flight, device)
        if not device.up:
            text = said("{device} is down", device=device.name)
            raise self._story.lose(flight, text, "L1.LINK_DOWN", device.name)
        return self._wire.carry(flight, device, way.via or flight.packet.dst)

    def _loop(self, flight: Flight, device: Interface) -> Arrival:
        if not device.up:
            text = said("the loopback is down")
            raise self._story.lose(flight, text, "L1.LO_DOWN", device.name)
        text = said("stays within {label}: out by lo …", label=self._at(flight))
        self._story.tell(flight, "out", text, device=device.name)
        self._story.tell(flight, "in", said("… and in again"), device=device.name)
        return Arrival(device)

    def _enter(self, flight: Flight, arrival: Arrival) -> Way | None:
        """A packet comes in by an interface: None if it is for this stack, else the way on."""
        device = arrival.device
        if not arrival.passed:
            self.netfilter.hook(flight, "prerouting", device, None)
        refusal = admits(self._survey, device, flight.packet.src, flight.packet.dst)
        if refusal:
            raise self._story.lose(flight, *refusal, device.name)
        way = Way("local", "lo") if device.loopback else self._route(flight, device.name)
        if way.kind == "local":
            self.netfilter.hook(flight, "input", device, None)
            return None
        return self._pass_on(flight, device, way)

    def _pass_on(self, flight: Flight, device: Interface, way: Way) -> Way:
        """Be a router."""
        if not self._forwards(flight, device):
            text = said("{label} does not forward: it is no router (ip_forward is 0)",
                        label=self._at(flight))  # fmt: skip
            raise self._story.lose(flight, text, "L3.FORWARD_OFF", device.name)
        if way.kind in _REFUSED:
            self._story.lose(flight, *self._no_way(flight, way), device.name)
            word = "admin-prohibited" if way.kind == "prohibit" else "net-unreachable"
            word = "host-unreachable" if way.kind == "unreachable" else word
            raise self._answered(flight, "" if way.kind == "blackhole" else word)
        if flight.packet.ttl <= 1:
            text = said("its time to live is over: a loop?")
            self._story.lose(flight, text, "", device.name)
            raise self._answered(flight, "time-exceeded")
        self._tell_way(flight, way)
        flight.packet = replace(flight.packet, ttl=flight.packet.ttl - 1)
        self.netfilter.hook(flight, "forward", device, self._device(flight, way), way)
        return way

    def _answered(self, flight: Flight, word: str) -> Lost:
        if not word or flight.leg == "error":
            return Lost()
        return Lost(self.netfilter.error(flight, word))

    def _forwards(self, flight: Flight, device: Interface) -> bool:
        if ":" in flight.packet.src:
            return self._survey.sysctl(flight.space, "net.ipv6.conf.all.forwarding") == "1"
        own = self._survey.sysctl(flight.space, f"net.ipv4.conf.{device.name}.forwarding")
        return (own or self._survey.sysctl(flight.space, "net.ipv4.ip_forward")) == "1"

    def _route(self, flight: Flight, iif: str) -> Way:
        packet = flight.packet
        asked = Question(packet.dst, packet.src, iif, mark=flight.mark)
        way = Fib(self._survey, flight.space).find(asked)
        if not way.sure:
            self._story.doubt(
                said("{label} has routing rules that cannot be judged here", label=self._at(flight))
            )
        return way

    def _no_way(self, flight: Flight, way: Way) -> tuple[str, str]:
        packet, at = flight.packet, self._at(flight)
        if way.kind != "none":
            text = said("a route of {label} says {route} for {to}",
                        label=at, route=way.kind, to=packet.dst)  # fmt: skip
            return text, "L3.ROUTE_FORBIDS"
        text = said("{label} has no route to {to}", label=at, to=packet.dst)
        if flight.leg != "request":
            private = packet.dst.startswith(("10.", "172.", "192.168.", "fd", "fc"))
            return text, "NAT.NO_MASQ" if private else "L3.NO_ROUTE_BACK"
        return text, "L3.NO_DEFAULT"

    def _tell_way(self, flight: Flight, way: Way) -> None:
        text = words.routed(self._at(flight), way.device, way.via)
        self._story.tell(flight, "route", text, device=way.device, via=way.via)

    def _device(self, flight: Flight, way: Way) -> Interface:
        found = self._survey.interfaces(flight.space).get(way.device)
        if found is None:
            text = said("there is no interface {device}", device=way.device or "?")
            raise self._story.lose(flight, text)
        return found

    def _at(self, flight: Flight) -> str:
        return self._story.label(flight.space)
