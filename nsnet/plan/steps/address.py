"""Steps about addresses and routes."""

from __future__ import annotations

from ...kernel import address
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import ADDRESSES, ROUTES, Command, Step, Subject, ip


class AddAddress(Step):
    """An address on an interface of the host (`namespace` empty) or of a namespace."""

    namespace: str
    device: str
    index: int
    cidr: str
    phase = ADDRESSES

    @property
    def what(self) -> str:
        where = f" in {self.namespace}" if self.namespace else ""
        return f"give {self.device}{where} the address {self.cidr}"

    @property
    def why(self) -> str:
        if not self.namespace:
            return (
                f"the host itself sits on {self.device} with this address: it is the gateway of "
                "the containers there"
            )
        return (
            f"{self.namespace} is reached under this address; the prefix says which neighbours "
            "are on the same wire (Docker: IPAM)"
        )

    @property
    def see(self) -> str:
        return " ".join(ip(self.namespace, "address", "show", "dev", self.device))

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("address", self.namespace, self.device, _family(self.cidr)),)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace), ("link", self.namespace, self.device))

    def commands(self) -> tuple[Command, ...]:
        extra = ("nodad",) if ":" in self.cidr else ()
        broadcast = () if ":" in self.cidr else ("brd", "+")
        words = ("address", "add", self.cidr, *broadcast, "dev", self.device, *extra)
        return (ip(self.namespace, *words),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.namespace, "address", "delete", self.cidr, "dev", self.device),)

    def apply(self, stack: Stack) -> None:
        address.add_address(stack.channel(self.namespace), self.index, self.cidr, self)

    def undo(self, stack: Stack) -> None:
        address.delete_address(stack.channel(self.namespace), self.index, self.cidr, self)

    def present(self, seen: Observed) -> bool:
        return (self.device, self.cidr) in seen.addresses(self.namespace)


class AddRoute(Step):
    """A route inside a namespace (or of the host, `namespace` empty). Without a gateway `via` is
    empty, or ``::`` for a default route of IPv6."""

    namespace: str
    destination: str
    via: str
    device: str
    index: int
    phase = ROUTES

    @property
    def what(self) -> str:
        where = f" of {self.namespace}" if self.namespace else ""
        return f"set the {self.destination} route{where} via {self._hop}"

    @property
    def why(self) -> str:
        return (
            f"whatever is not on its own wire, {self.namespace or 'the host'} hands to "
            f"{self._hop}; without this route the kernel answers "
            "'Network is unreachable'"
        )

    @property
    def _hop(self) -> str:
        return self.via if self.via not in ("", "::") else self.device

    @property
    def see(self) -> str:
        return " ".join(ip(self.namespace, "route", "show"))

    @property
    def inside(self) -> tuple[Subject, ...]:
        here = (self.namespace, self.device)
        found: tuple[Subject, ...] = (("netns", self.namespace), ("link", *here))
        # An interface that loses its last IPv4 address loses its IPv4 routes; not so IPv6.
        if _family(self.via or self.destination) == "ip":
            found += (("address", *here, "ip"),)
        return found

    def commands(self) -> tuple[Command, ...]:
        return (self._command("add"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command("delete"),)

    def _command(self, verb: str) -> Command:
        family = ("-6",) if ":" in self.via + self.destination else ()
        via = ("via", self.via) if self.via not in ("", "::") else ()
        plain = ip(self.namespace, "route", verb, self.destination, *via, "dev", self.device)
        return (plain[0], *family, *plain[1:])

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.namespace)
        address.add_route(channel, self.destination, self.via, self.index, self)

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.namespace)
        address.delete_route(channel, self.destination, self.via, self.index, self)

    def present(self, seen: Observed) -> bool:
        return (self.destination, self.via, self.device) in seen.routes(self.namespace)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        ours = _family(self.via or self.destination)
        for destination, via, device in seen.routes(self.namespace):
            if destination == self.destination and via and _family(via) == ours:
                return (ReplaceRoute(self, via, device),)
        return (self,)


class ReplaceRoute(Step):
    """Put a route right that leads another way."""

    route: AddRoute
    old_via: str
    old_device: str
    phase = ROUTES

    @property
    def what(self) -> str:
        return self.route.what

    @property
    def why(self) -> str:
        return f"it leads to {self.old_via}: somebody changed it. {self.route.why}"

    @property
    def see(self) -> str:
        return self.route.see

    def commands(self) -> tuple[Command, ...]:
        ((*words,),) = self.route.commands()
        return (tuple("replace" if word == "add" else word for word in words),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        to = self.route
        channel = stack.channel(to.namespace)
        address.replace_route(channel, to.destination, to.via, to.index, self)

    def undo(self, stack: Stack) -> None:
        """Nothing: what it led to was not ours."""

    def present(self, seen: Observed) -> bool:
        return self.route.present(seen)


def _family(text: str) -> str:
    return "ip6" if ":" in text else "ip"
