"""Steps about network namespaces, a container's *sandbox* in libnetwork's words."""

from __future__ import annotations

from ...kernel import netns
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import NAMESPACES, Command, Step, Subject, ip

#: How the mark of every namespace of ours starts.
MARKED = "nsnet "


def taken(name: str, mark: str) -> str:
    """The message for a name that stands in the way, on a namespace with this mark."""
    whose = f"of {mark}" if mark.startswith(MARKED) else "that nsnet did not make"
    return (
        f"namespace {name}: the name is taken by one {whose}: choose another container_name, "
        "or remove it (see: ip netns list)"
    )


class Name(Step):
    """A name below /run/netns: the part that all ways to make one share."""

    phase = NAMESPACES
    name: str

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("netns", self.name),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (("ip", "netns", "delete", self.name),)

    def undo(self, stack: Stack) -> None:
        stack.forget(self.name)
        netns.unpin(self.name)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        if self.name in seen.names:
            return (DropDeadName(self.name), self)
        return (self,)


class AddNamespace(Name):
    """A named namespace, marked as nsnet's by the alias of its lo."""

    name: str
    mark: str

    @property
    def what(self) -> str:
        return f"create namespace {self.name}"

    @property
    def why(self) -> str:
        return (
            f"{self.name} gets a network stack of its own: interfaces, routes, ports and firewall "
            "that nobody else sees (Docker: the container's sandbox)"
        )

    @property
    def see(self) -> str:
        return "ip netns list"

    def commands(self) -> tuple[Command, ...]:
        alias = ip(self.name, "link", "set", "dev", "lo", "alias", self.mark)
        return (("ip", "netns", "add", self.name), alias)

    def apply(self, stack: Stack) -> None:
        stack.add_namespace(self.name, self.mark)

    def present(self, seen: Observed) -> bool:
        return bool(seen.names.get(self.name)) and seen.mark(self.name) == self.mark

    def removable(self, seen: Observed) -> bool:
        """It may have the mark of another name: somebody was interrupted while renaming it."""
        prefix = f"{self.mark.rpartition(' ')[0]} "
        return bool(seen.names.get(self.name)) and seen.mark(self.name).startswith(prefix)

    def conflict(self, seen: Observed) -> str:
        found = seen.mark(self.name)
        if found == self.mark or self.name not in seen.names or netns.is_our_orphan(self.name):
            return ""
        return taken(self.name, found)


class DropDeadName(Step):
    """Remove a name of ours below /run/netns that stands for no namespace any more."""

    name: str
    phase = NAMESPACES

    @property
    def what(self) -> str:
        return f"remove the dead name {self.name}"

    @property
    def why(self) -> str:
        return f"/run/netns/{self.name} is an empty file: its namespace is gone"

    def commands(self) -> tuple[Command, ...]:
        return (("ip", "netns", "delete", self.name),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        netns.unpin(self.name)

    def undo(self, stack: Stack) -> None:
        """Nothing: nobody misses it."""

    def present(self, seen: Observed) -> bool:
        return self.name not in seen.names


class ShareNamespace(Name):
    """A second name for a container's namespace."""

    name: str
    target: str

    @property
    def what(self) -> str:
        return f"let {self.name} share the namespace of {self.target}"

    @property
    def why(self) -> str:
        return (
            f"{self.name} has no stack of its own: it uses that of {self.target}, same addresses, "
            "same ports, same 127.0.0.1 (Docker: --network container:…)"
        )

    @property
    def see(self) -> str:
        return f"ls -i /run/netns/{self.name} /run/netns/{self.target}"

    def commands(self) -> tuple[Command, ...]:
        ours, theirs = netns.path(self.name), netns.path(self.target)
        return (("touch", ours), ("mount", "--bind", theirs, ours))

    def apply(self, stack: Stack) -> None:
        netns.pin(self.name, netns.path(self.target))

    def present(self, seen: Observed) -> bool:
        return bool(seen.names.get(self.name)) and seen.names[self.name] == seen.names.get(
            self.target
        )

    def removable(self, seen: Observed) -> bool:
        return bool(seen.names.get(self.name)) and seen.mark(self.name).startswith(MARKED)

    def conflict(self, seen: Observed) -> str:
        found = seen.mark(self.name)
        if not seen.names.get(self.name) or found.startswith(MARKED):
            return ""
        return taken(self.name, found)


class NameForeign(Name):
    """A name for a network namespace that somebody else made: `path` is a file that stands for
    it (``/proc/123/ns/net``). Only the name is ours."""

    name: str
    path: str

    @property
    def what(self) -> str:
        return f"give {self.path} the name {self.name}"

    @property
    def why(self) -> str:
        return (
            "`ip` reaches a namespace by its name below /run/netns, and this one has none "
            "(Docker keeps such names where `ip netns` does not see them)"
        )

    @property
    def see(self) -> str:
        return f"ls -i /run/netns/{self.name} {self.path}"

    def commands(self) -> tuple[Command, ...]:
        ours = netns.path(self.name)
        return (("touch", ours), ("mount", "--bind", self.path, ours))

    def apply(self, stack: Stack) -> None:
        netns.pin(self.name, self.path)

    def present(self, seen: Observed) -> bool:
        inode = seen.names.get(self.name)
        return bool(inode) and inode == netns.inode_at(self.path)

    def removable(self, seen: Observed) -> bool:
        return bool(seen.names.get(self.name))

    def conflict(self, seen: Observed) -> str:
        if not seen.names.get(self.name) or self.present(seen):
            return ""
        return taken(self.name, seen.mark(self.name))


class RenameNamespace(Step):
    """A new name for a namespace of ours, while everything in it goes on."""

    name: str
    new: str
    mark: str
    old_mark: str
    phase = NAMESPACES

    @property
    def what(self) -> str:
        return f"rename namespace {self.name} to {self.new}"

    @property
    def why(self) -> str:
        return "a namespace is found by its name below /run/netns; what runs in it does not notice"

    @property
    def see(self) -> str:
        return "ip netns list"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("netns", self.new),)

    def commands(self) -> tuple[Command, ...]:
        return self._commands(self.name, self.new, self.mark)

    def undo_commands(self) -> tuple[Command, ...]:
        return self._commands(self.new, self.name, self.old_mark)

    def _commands(self, name: str, new: str, mark: str) -> tuple[Command, ...]:
        alias = ip(new, "link", "set", "dev", "lo", "alias", mark)
        bind = ("mount", "--bind", netns.path(name), netns.path(new))
        return (("touch", netns.path(new)), bind, ("ip", "netns", "delete", name), alias)

    def apply(self, stack: Stack) -> None:
        stack.rename(self.name, self.new, self.mark)

    def undo(self, stack: Stack) -> None:
        stack.rename(self.new, self.name, self.old_mark)

    def present(self, seen: Observed) -> bool:
        return bool(seen.names.get(self.new)) and self.name not in seen.names
