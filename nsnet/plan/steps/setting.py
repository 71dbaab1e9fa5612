"""Steps about kernel settings (sysctl)."""

from __future__ import annotations

from ...kernel import sysctl
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import NAMESPACES, SETTINGS, Command, Step, Subject

REASONS = {
    "net.ipv6.conf.all.disable_ipv6": "the network has no IPv6, so the container gets none",
    "net.ipv6.conf.default.disable_ipv6": "nor do interfaces that it is given later",
    "net.ipv4.ip_unprivileged_port_start": "port 80 needs no root inside a container",
    "net.ipv4.ping_group_range": "ping works for every user inside a container",
}


class SetInside(Step):
    """A setting of a namespace's own stack; it goes with the namespace."""

    namespace: str
    key: str
    value: str
    phase = NAMESPACES

    @property
    def what(self) -> str:
        return f"set {self.key}={self.value} in {self.namespace}"

    @property
    def why(self) -> str:
        return REASONS.get(self.key, f"{self.namespace} asks for it (sysctls)")

    @property
    def see(self) -> str:
        return f"ip netns exec {self.namespace} sysctl {self.key}"

    @property
    def identity(self) -> object:
        return ("setting", self.namespace, self.key)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace),)

    def commands(self) -> tuple[Command, ...]:
        inside = ("ip", "netns", "exec", self.namespace)
        return ((*inside, "sysctl", "-qw", f"{self.key}={self.value}"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        stack.sysctl(self.namespace, self.key, self.value)

    def undo(self, stack: Stack) -> None:
        """Nothing: the namespace goes, and its settings with it."""

    def present(self, seen: Observed) -> bool:
        return seen.sysctl(self.namespace, self.key) == " ".join(self.value.split())

    def instead(self, seen: Observed) -> tuple[Step, ...]:
        value = seen.fresh_sysctl(self.key)
        return (SetInside(self.namespace, self.key, value),) if value is not None else ()


class SetOnDevice(Step):
    """A setting of one of our own interfaces on the host; it goes with the interface."""

    device: str
    key: str
    value: str
    reason: str
    phase = SETTINGS

    @property
    def what(self) -> str:
        return f"set {self.key}={self.value}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        return f"sysctl {self.key}"

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("link", "", self.device),)

    def commands(self) -> tuple[Command, ...]:
        return (("sysctl", "-qw", f"{self.key}={self.value}"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (("sysctl", "-qw", f"{self.key}=0"),)

    def apply(self, stack: Stack) -> None:
        stack.sysctl("", self.key, self.value)

    def undo(self, stack: Stack) -> None:
        stack.sysctl("", self.key, "0")

    def present(self, seen: Observed) -> bool:
        return seen.sysctl("", self.key) == self.value


class Forwarding(Step):
    """Make the host a router, and remember exactly how it was.

    Writing ip_forward resets other settings as well (Documentation/networking/ip-sysctl:
    "changing this resets all configuration parameters to their default state" of a host or a
    router); `before` lists those whose values would not come back by themselves.
    """

    key: str
    old: str
    before: tuple[tuple[str, str], ...] = ()
    phase = SETTINGS

    @property
    def what(self) -> str:
        return f"set {self.key}=1"

    @property
    def why(self) -> str:
        return (
            "a packet from a container has to pass through the host: with this setting the host "
            "forwards what is not for itself, as a router does (dockerd sets it, too)"
        )

    @property
    def see(self) -> str:
        return f"sysctl {self.key}"

    def commands(self) -> tuple[Command, ...]:
        return (("sysctl", "-qw", f"{self.key}=1"),)

    def undo_commands(self) -> tuple[Command, ...]:
        if self.old == "1":
            return ()
        pairs = ((self.key, self.old), *self.before)
        return tuple(("sysctl", "-qw", f"{key}={value}") for key, value in pairs)

    def apply(self, stack: Stack) -> None:
        stack.sysctl("", self.key, "1")

    def undo(self, stack: Stack) -> None:
        stack.enter("")
        if self.old == "1" or sysctl.read(self.key) != "1":
            return  # it was on before, or somebody else has changed it since
        stack.sysctl("", self.key, self.old)
        for key, value in self.before:
            if sysctl.read(key) not in (None, value):
                stack.sysctl("", key, value)

    def present(self, seen: Observed) -> bool:
        return seen.sysctl("", self.key) == "1"
