"""Steps about network interfaces of any kind: their state, their change, their removal."""

from __future__ import annotations

from ...kernel import link
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ...topology.naming import is_our_group
from ..step import ADDRESSES, LINKS, NAMESPACES, TAKING_LINKS, Command, Step, Subject, ip


class HostLink(Step):
    """The part that all interfaces which nsnet makes on the host share."""

    phase = LINKS

    @property
    def name(self) -> str:
        """What it is called on the host: a field of every kind."""
        raise NotImplementedError

    @property
    def group(self) -> int:
        """The link group that marks it as nsnet's: a field of every kind."""
        raise NotImplementedError

    @property
    def see(self) -> str:
        return f"ip -d link show dev {self.name}"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("link", "", self.name),)

    @property
    def identity(self) -> object:
        return ("link", "", self.name)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "delete", "dev", self.name),)

    def undo(self, stack: Stack) -> None:
        link.delete(stack.channel(""), self.name, self)

    def removable(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and is_our_group(found.group)

    def conflict(self, seen: Observed) -> str:
        found = seen.link("", self.name)
        if found is None or is_our_group(found.group):
            return ""
        return (
            f"interface {self.name}: the name is already in use by an interface that nsnet did "
            f"not make: rename or remove it (see: {self.see})"
        )


class ChangeLink(Step):
    """Put attributes of an existing interface right (None: leave alone)."""

    name: str
    namespace: str = ""
    mac: str | None = None
    mtu: int | None = None
    up: bool | None = None
    master: str | None = None
    master_index: int | None = None
    group: int | None = None
    old_mac: str | None = None
    old_mtu: int | None = None
    old_up: bool | None = None
    old_master: str | None = None
    old_master_index: int | None = None
    old_group: int | None = None
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

    @property
    def makes(self) -> tuple[Subject, ...]:
        """Plugged in anew, it is a new port of the bridge, with a port's flags at default."""
        return (("port", self.name),) if self.master != self.old_master else ()

    def commands(self) -> tuple[Command, ...]:
        return (self._command(self.mac, self.mtu, self.up, self.master, self.group),)

    def undo_commands(self) -> tuple[Command, ...]:
        old = (self.old_mac, self.old_mtu, self.old_up, self.old_master, self.old_group)
        return (self._command(*old),)

    def _command(
        self,
        mac: str | None,
        mtu: int | None,
        up: bool | None,
        master: str | None,
        group: int | None,
    ) -> Command:
        words = ["link", "set", "dev", self.name]
        words += ["address", mac] if mac is not None else []
        words += ["mtu", str(mtu)] if mtu is not None else []
        if master is not None:
            words += ["master", master] if master else ["nomaster"]
        words += ["group", str(group)] if group is not None else []
        if up is not None:
            words.append("up" if up else "down")
        return ip(self.namespace, *words)

    def apply(self, stack: Stack) -> None:
        link.change(
            stack.channel(self.namespace),
            self.name,
            self,
            mac=self.mac,
            mtu=self.mtu,
            up=self.up,
            master=self.master_index,
            group=self.group,
        )

    def undo(self, stack: Stack) -> None:
        link.change(
            stack.channel(self.namespace),
            self.name,
            self,
            mac=self.old_mac,
            mtu=self.old_mtu,
            up=self.old_up,
            master=self.old_master_index,
            group=self.old_group,
        )

    def present(self, seen: Observed) -> bool:
        return False


class DropLink(Step):
    """Remove an interface of ours that is not as it was, or not wanted any more."""

    name: str
    phase = NAMESPACES  # before anything new is made
    forgiving = True

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
        link.delete(stack.channel(""), self.name, self)

    def undo(self, stack: Stack) -> None:
        """Nothing: it was of no use."""

    def present(self, seen: Observed) -> bool:
        return seen.link("", self.name) is None


class Regroup(Step):
    """Put an interface that topologies shared into the group that is about to be removed."""

    name: str
    group: int
    phase = TAKING_LINKS

    @property
    def what(self) -> str:
        return f"put {self.name} into link group {self.group}"

    @property
    def why(self) -> str:
        return f"nobody else uses {self.name} any more: it goes with the rest, in one go"

    @property
    def see(self) -> str:
        return f"ip -d link show dev {self.name}"

    def commands(self) -> tuple[Command, ...]:
        return (ip("", "link", "set", "dev", self.name, "group", str(self.group)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        link.change(stack.channel(""), self.name, self, group=self.group)

    def undo(self, stack: Stack) -> None:
        """Nothing: the plan that made it can be run again."""

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        return found is not None and found.group == self.group


class DropGroup(Step):
    """Remove every interface of a link group at once: all that one topology has."""

    group: int
    topology: str
    phase = TAKING_LINKS

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
            return (
                "every new namespace starts with its loopback down: without it, "
                f"127.0.0.1 of {self.namespace} does not answer"
            )
        return f"an interface carries packets only when it is up; {self.name} starts down"

    @property
    def see(self) -> str:
        return f"ip -n {self.namespace} link show dev {self.name}"

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace), ("link", self.namespace, self.name))

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
