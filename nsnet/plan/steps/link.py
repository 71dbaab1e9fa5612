"""Steps about network interfaces: bridges, cables (veth pairs), and their state."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel import link
from ...kernel.apply import Stack
from ...kernel.observe import Observed
from ..step import ADDRESSES, LINKS, Command, Step, Subject, ip


def foreign(seen: Observed, name: str, group: int) -> str:
    """The message for an interface that stands in the way of ours."""
    found = seen.link("", name)
    if found is None or found.group == group:
        return ""
    return (
        f"interface {name}: the name is already in use by an interface that nsnet did not make: "
        f"rename or remove it (see: ip -d link show dev {name})"
    )


@dataclass(frozen=True, slots=True)
class AddBridge(Step):
    """A bridge on the host, up, with its owner in the alias."""

    name: str
    mac: str
    mtu: int
    group: int
    index: int
    network: str
    phase = LINKS

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
    def see(self) -> str:
        return f"ip -d link show dev {self.name}"

    @property
    def makes(self) -> Subject:
        return ("link", "", self.name)

    @property
    def alias(self) -> str:
        """Whose it is, in words."""
        return f"nsnet network {self.network}"

    def commands(self) -> tuple[Command, ...]:
        words = f"link add name {self.name} index {self.index} address {self.mac} mtu {self.mtu}"
        made = ip("", *words.split(), "group", str(self.group), "up", "type", "bridge")
        return (made, ip("", "link", "set", "dev", self.name, "alias", self.alias))

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "delete", "dev", self.name),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel("")
        link.add_bridge(channel, self.name, self.mac, self.mtu, self.group, self.index, self)
        link.set_alias(channel, self.index, self.alias, self)

    def undo(self, stack: Stack) -> None:
        link.delete(stack.channel(""), self.name, self)

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and found.up and found.mac == self.mac and found.kind == "bridge"

    def removable(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and found.group == self.group

    def conflict(self, seen: Observed) -> str:
        return foreign(seen, self.name, self.group)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        found = seen.link("", self.name)
        if found is None:
            return (self,)
        return (ChangeLink(self.name, mac=self.mac, up=True, old_mac=found.mac, old_up=found.up),)


@dataclass(frozen=True, slots=True)
class AddVeth(Step):
    """A cable: one end on the host, plugged into a bridge, the other inside a namespace."""

    name: str
    mac: str
    group: int
    index: int
    mtu: int
    bridge: str
    bridge_index: int
    namespace: str
    peer: str
    peer_mac: str
    peer_index: int
    phase = LINKS

    @property
    def what(self) -> str:
        return f"plug {self.peer} of {self.namespace} into {self.bridge}"

    @property
    def why(self) -> str:
        return (
            f"a veth pair is a cable: {self.peer} is the end inside {self.namespace}, {self.name} "
            f"the end on the host, plugged into {self.bridge} (Docker: an endpoint)"
        )

    @property
    def see(self) -> str:
        return f"ip -d link show dev {self.name}"

    @property
    def makes(self) -> Subject:
        return ("link", "", self.name)

    def commands(self) -> tuple[Command, ...]:
        words = (
            f"link add name {self.name} index {self.index} address {self.mac} mtu {self.mtu} "
            f"group {self.group} master {self.bridge} up type veth peer name {self.peer} "
            f"index {self.peer_index} address {self.peer_mac} mtu {self.mtu} netns {self.namespace}"
        )
        return (ip("", *words.split()),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "delete", "dev", self.name),)

    def apply(self, stack: Stack) -> None:
        link.add_veth(
            stack.channel(""),
            self.name,
            self.mac,
            self.mtu,
            self.group,
            self.index,
            self.bridge_index,
            self.peer,
            self.peer_mac,
            self.peer_index,
            stack.netns_fd(self.namespace),
            self,
        )

    def undo(self, stack: Stack) -> None:
        link.delete(stack.channel(""), self.name, self)

    def present(self, seen: Observed) -> bool:
        host, peer = seen.link("", self.name), seen.link(self.namespace, self.peer)
        if host is None or peer is None or host.peer != peer.index:
            return False
        master = seen.link("", self.bridge)
        return (
            (host.up, host.mac, host.mtu) == (True, self.mac, self.mtu)
            and (peer.mac, peer.mtu) == (self.peer_mac, self.mtu)
            and master is not None
            and host.master == master.index
        )

    def removable(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and found.group == self.group

    def conflict(self, seen: Observed) -> str:
        return foreign(seen, self.name, self.group)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        host, peer = seen.link("", self.name), seen.link(self.namespace, self.peer)
        if host is None:
            return (self,)
        if peer is None or host.peer != peer.index:
            return (DropLink(self.name), self)
        by_index = {each.index: name for name, each in seen.links().items()}
        steps: list[Step] = []
        if (peer.mac, peer.mtu) != (self.peer_mac, self.mtu):
            steps.append(
                ChangeLink(
                    self.peer,
                    self.namespace,
                    mac=self.peer_mac,
                    mtu=self.mtu,
                    old_mac=peer.mac,
                    old_mtu=peer.mtu,
                )
            )
        steps.append(
            ChangeLink(
                self.name,
                mac=self.mac,
                mtu=self.mtu,
                up=True,
                master=self.bridge,
                old_mac=host.mac,
                old_mtu=host.mtu,
                old_up=host.up,
                old_master=by_index.get(host.master, ""),
            )
        )
        return tuple(steps)


@dataclass(frozen=True, slots=True)
class ChangeLink(Step):
    """Put attributes of an existing interface right (None: leave alone)."""

    name: str
    namespace: str = ""
    mac: str | None = None
    mtu: int | None = None
    up: bool | None = None
    master: str | None = None
    old_mac: str | None = None
    old_mtu: int | None = None
    old_up: bool | None = None
    old_master: str | None = None
    phase = LINKS

    @property
    def what(self) -> str:
        return f"put {self.name} right"

    @property
    def why(self) -> str:
        return f"{self.name} exists, but is not as it should be: it was changed since it was made"

    @property
    def see(self) -> str:
        return f"ip -d link show dev {self.name}"

    def commands(self) -> tuple[Command, ...]:
        return (self._command(self.mac, self.mtu, self.up, self.master),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command(self.old_mac, self.old_mtu, self.old_up, self.old_master),)

    def _command(
        self, mac: str | None, mtu: int | None, up: bool | None, master: str | None
    ) -> Command:
        words = ["link", "set", "dev", self.name]
        words += ["address", mac] if mac is not None else []
        words += ["mtu", str(mtu)] if mtu is not None else []
        if master is not None:
            words += ["master", master] if master else ["nomaster"]
        if up is not None:
            words.append("up" if up else "down")
        return ip(self.namespace, *words)

    def apply(self, stack: Stack) -> None:
        self._change(stack, self.mac, self.mtu, self.up, self.master)

    def undo(self, stack: Stack) -> None:
        self._change(stack, self.old_mac, self.old_mtu, self.old_up, self.old_master)

    def _change(
        self,
        stack: Stack,
        mac: str | None,
        mtu: int | None,
        up: bool | None,
        master: str | None,
    ) -> None:
        channel = stack.channel(self.namespace)
        channel.flush()  # a bridge made in this very phase has to be there to be looked up
        index = None
        if master is not None:
            index = next((x.index for x in link.links(channel) if x.name == master), 0)
        link.change(channel, self.name, self, mac=mac, mtu=mtu, up=up, master=index)

    def present(self, seen: Observed) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class DropLink(Step):
    """Remove an interface of ours that is not as it was, or not wanted any more."""

    name: str
    phase = LINKS

    @property
    def what(self) -> str:
        return f"remove interface {self.name}"

    @property
    def why(self) -> str:
        return f"{self.name} is a left-over: its other end is gone, or nothing wants it any more"

    def commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "delete", "dev", self.name),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        channel = stack.channel("")
        link.delete(channel, self.name, self)
        channel.flush()

    def undo(self, stack: Stack) -> None:
        """Nothing: it was of no use."""

    def present(self, seen: Observed) -> bool:
        return seen.link("", self.name) is None


@dataclass(frozen=True, slots=True)
class DropGroup(Step):
    """Remove every interface of a link group at once: all that one topology has."""

    group: int
    topology: str
    phase = LINKS

    @property
    def what(self) -> str:
        return f"remove all interfaces of {self.topology}"

    @property
    def why(self) -> str:
        return (
            "every interface of a topology carries its group number, so that the kernel can "
            "remove all of them in one go; the ends inside the namespaces go with them"
        )

    @property
    def see(self) -> str:
        return f"ip link show group {self.group}"

    def commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "delete", "group", str(self.group)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        link.delete_group(stack.channel(""), self.group, self)

    def undo(self, stack: Stack) -> None:
        """Nothing: the plan that made them can be run again."""

    def present(self, seen: Observed) -> bool:
        return all(each.group != self.group for each in seen.links().values())


@dataclass(frozen=True, slots=True)
class LinkUp(Step):
    """Switch an interface inside a namespace on."""

    namespace: str
    name: str
    phase = ADDRESSES

    @property
    def what(self) -> str:
        return f"switch on {self.name} in {self.namespace}"

    @property
    def why(self) -> str:
        if self.name == "lo":
            return f"every new namespace starts with its loopback down: 127.0.0.1 of {self.namespace} needs it"
        return f"an interface carries packets only when it is up; {self.name} starts down"

    @property
    def see(self) -> str:
        return f"ip -n {self.namespace} link show dev {self.name}"

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace),)

    def commands(self) -> tuple[Command, ...]:
        return (ip(self.namespace, "link", "set", "dev", self.name, "up"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.namespace, "link", "set", "dev", self.name, "down"),)

    def apply(self, stack: Stack) -> None:
        link.set_up(stack.channel(self.namespace), self.name, self)

    def undo(self, stack: Stack) -> None:
        link.set_up(stack.channel(self.namespace), self.name, self, up=False)

    def present(self, seen: Observed) -> bool:
        found = seen.link(self.namespace, self.name)
        return found is not None and found.up


@dataclass(frozen=True, slots=True)
class PortFlags(Step):
    """Flags of a bridge port: isolated from other isolated ports, or allowed to send a frame
    back out of the port it came in by."""

    name: str
    index: int
    isolated: bool
    hairpin: bool
    phase = ADDRESSES

    @property
    def what(self) -> str:
        return f"set the bridge port flags of {self.name}"

    @property
    def why(self) -> str:
        parts = []
        if self.isolated:
            parts.append(
                "isolated ports of one bridge cannot talk to each other (Docker: enable_icc=false)"
            )
        if self.hairpin:
            parts.append(
                "a container that calls its own published port gets the frame back through the "
                "port it left by (hairpin)"
            )
        return "; ".join(parts)

    @property
    def see(self) -> str:
        return f"bridge -d link show dev {self.name}"

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("link", "", self.name),)

    def commands(self) -> tuple[Command, ...]:
        return (self._command(self.isolated, self.hairpin),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command(isolated=False, hairpin=False),)

    def _command(self, isolated: bool, hairpin: bool) -> Command:
        state = {True: "on", False: "off"}
        words = f"bridge link set dev {self.name} hairpin {state[hairpin]} isolated {state[isolated]}"
        return tuple(words.split())

    def apply(self, stack: Stack) -> None:
        link.port_flags(
            stack.channel(""), self.index, self, isolated=self.isolated, hairpin=self.hairpin
        )

    def undo(self, stack: Stack) -> None:
        link.port_flags(stack.channel(""), self.index, self, isolated=False, hairpin=False)

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        wanted = (self.isolated, self.hairpin)
        return found is not None and (found.isolated, found.hairpin) == wanted
