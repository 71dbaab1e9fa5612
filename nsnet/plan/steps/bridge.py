"""Steps about bridges, the switches inside the kernel, and their ports."""

from __future__ import annotations

from ...kernel import link
from ...kernel.bridgeport import set_flags
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ...topology.naming import safe
from ..step import ADDRESSES, Command, Step, Subject, ip
from .link import ChangeLink, DropLink, HostLink


class AddBridge(HostLink):
    """A bridge on the host, up, with its owner in the alias."""

    name: str
    mac: str
    mtu: int
    group: int
    index: int
    network: str

    @property
    def what(self) -> str:
        return f"create bridge {self.name}"

    @property
    def why(self) -> str:
        return (
            f"a bridge is a switch inside the kernel: every container of network {self.network} "
            "plugs into it (Docker: docker0, or br-… for a user-defined network)"
        )

    @property
    def alias(self) -> str:
        """Whose it is, in words."""
        return f"nsnet network {safe(self.network)}"

    def commands(self) -> tuple[Command, ...]:
        words = f"link add name {self.name} index {self.index} address {self.mac} mtu {self.mtu}"
        made = ip("", *words.split(), "group", str(self.group), "up", "type", "bridge")
        return (made, ip("", "link", "set", "dev", self.name, "alias", self.alias))

    def apply(self, stack: Stack) -> None:
        channel = stack.channel("")
        link.add_bridge(channel, self.name, self.mac, self.mtu, self.group, self.index, self)
        link.set_alias(channel, self.index, self.alias, self)

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        if found is None:
            return False
        wanted = ("bridge", True, self.mac, self.mtu, self.group, self.index)
        return (found.kind, found.up, found.mac, found.mtu, found.group, found.index) == wanted

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        found = seen.link("", self.name)
        if found is None:
            return (self,)
        if (found.kind, found.index) != ("bridge", self.index):
            return (DropLink(self.name), self)
        return (
            ChangeLink(
                self.name,
                mac=self.mac,
                mtu=self.mtu,
                up=True,
                group=self.group,
                old_mac=found.mac,
                old_mtu=found.mtu,
                old_up=found.up,
                old_group=found.group,
            ),
        )


class Hairpin(Step):
    """Allow a bridge port to send a frame back out where it came in."""

    name: str
    index: int
    bridge: str
    phase = ADDRESSES

    @property
    def what(self) -> str:
        return f"set hairpin mode on the bridge port {self.name}"

    @property
    def why(self) -> str:
        return (
            "a container that calls its own published port gets the frame back through the port "
            "that it left by: a bridge does not do that by itself (Docker without its userland "
            "proxy)"
        )

    @property
    def see(self) -> str:
        return f"bridge -d link show dev {self.name}"

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("link", "", self.name), ("port", self.name), ("link", "", self.bridge))

    def commands(self) -> tuple[Command, ...]:
        return (self._command("on"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command("off"),)

    def _command(self, state: str) -> Command:
        return ("bridge", "link", "set", "dev", self.name, "hairpin", state)

    def apply(self, stack: Stack) -> None:
        set_flags(stack.channel(""), self.index, {"hairpin": 1}, self)

    def undo(self, stack: Stack) -> None:
        set_flags(stack.channel(""), self.index, {"hairpin": 0}, self)

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and found.hairpin
