"""Reading the kernel back. Everything is read on the first question and kept: an `Observed`
is a picture of one moment, and costs only what is asked of it."""

from __future__ import annotations

import errno
import os

from . import address, link, netns, rules, sysctl
from .link import Link
from .netlink import Channel
from .stack import Stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Observed:
    """What the kernel has now, seen from the host of `stack`.

    A namespace is named as in ``ip netns list``; the empty name is the host itself. Asking
    about a namespace that does not exist is answered with "nothing there".
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._names: dict[str, int] | None = None
        self._links: dict[str, dict[str, link.Link]] = {}
        self._addresses: dict[str, set[tuple[str, str]]] = {}
        self._routes: dict[str, set[tuple[str, str, str]]] = {}
        self._raw_routes: dict[str, list[address.Route]] = {}
        self._sysctls: dict[tuple[str, str], str | None] = {}
        self._tables: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._comments: dict[tuple[str, str], str | None] = {}
        self._wanted: tuple[dict[str, str], str] = ({}, "")
        self._references: dict[str, dict[str, Any]] = {}
        self._kinds: dict[str, bool] = {}
        self._fresh_rules: dict[tuple[str, str, str], tuple[bytes, ...]] = {}

    @property
    def names(self) -> dict[str, int]:
        """Named namespaces and their inodes (0: a dead name)."""
        if self._names is None:
            self._names = netns.names()
        return self._names

    def exists(self, name: str) -> bool:
        """Is there such a namespace (or is it the host)?"""
        return not name or self.names.get(name, 0) != 0

    def links(self, name: str = "") -> dict[str, link.Link]:
        """The interfaces of a namespace, by their names."""
        if name not in self._links:
            found = link.links(self._stack.channel(name)) if self.exists(name) else []
            self._links[name] = {each.name: each for each in found}
        return self._links[name]

    def link(self, name: str, device: str) -> link.Link | None:
        """One interface, or None."""
        return self.links(name).get(device)

    def mark(self, name: str) -> str:
        """The mark of a namespace: the alias of its lo."""
        lo = self.link(name, "lo")
        return lo.alias if lo else ""

    def addresses(self, name: str = "") -> set[tuple[str, str]]:
        """(interface, CIDR) pairs of a namespace."""
        if name not in self._addresses:
            by_index = {each.index: each.name for each in self.links(name).values()}
            found = address.addresses(self._stack.channel(name)) if self.exists(name) else []
            self._addresses[name] = {(by_index.get(a.index, ""), a.cidr) for a in found}
        return self._addresses[name]

    def routes(self, name: str = "") -> set[tuple[str, str, str]]:
        """(destination, via, interface) of the main table of a namespace; the default routes
        of IPv4 and IPv6 differ by their `via`."""
        if name not in self._routes:
            by_index = {each.index: each.name for each in self.links(name).values()}
            found = self._read_routes(name)
            self._routes[name] = {(r.destination, r.via, by_index.get(r.index, "")) for r in found}
        return self._routes[name]

    def _read_routes(self, name: str) -> list[address.Route]:
        if name not in self._raw_routes:
            found = address.routes(self._stack.channel(name)) if self.exists(name) else []
            self._raw_routes[name] = found
        return self._raw_routes[name]

    def way_out(self) -> Link | None:
        """The host's interface that its default route leaves by: IPv4 first, then the lower
        metric."""
        defaults = sorted(
            (route.family, route.metric, route.index)
            for route in self._read_routes("")
            if route.destination == "default"
        )
        by_index = {each.index: each for each in self.links().values()}
        return by_index.get(defaults[0][2]) if defaults else None

    def sysctl(self, name: str, key: str) -> str | None:
        """A kernel setting in a namespace; None where it (or the namespace) does not exist."""
        if (name, key) not in self._sysctls:
            value = None
            if self.exists(name):
                self._stack.enter(name)
                value = sysctl.read(key)
            self._sysctls[name, key] = value
        return self._sysctls[name, key]

    def peek(self, path: str) -> tuple[set[str], bool]:
        """The interfaces of the namespace that the file `path` stands for, and whether it has a
        default route. It needs no name."""
        self._stack.enter("")
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            netns.enter(fd)
            channel = Channel()
            try:
                names = {each.name for each in link.links(channel)}
                default = any(r.destination == "default" for r in address.routes(channel))
            finally:
                channel.close()
        finally:
            os.close(fd)
            netns.enter(self._stack.netns_fd(""))
        return names, default

    def fresh_sysctl(self, key: str) -> str | None:
        """What a kernel setting is in a namespace that nobody has changed yet."""
        self._stack.enter("")
        netns.unshare_network()
        try:
            return sysctl.read(key)
        finally:
            netns.enter(self._stack.netns_fd(""))

    def has_kind(self, kind: str) -> bool:
        """Can this kernel make interfaces of `kind`? Asked with a request that is incomplete or
        comes to nothing: what it makes goes with the namespace that it is made in."""
        if kind not in self._kinds:
            self._kinds[kind] = not self._stack.privileged or self._try_kind(kind)
        return self._kinds[kind]

    def _try_kind(self, kind: str) -> bool:
        self._stack.enter("")
        netns.unshare_network()
        channel = Channel()
        try:
            link.add_link(channel, "probe", 0, kind, None)
            return all(code != errno.EOPNOTSUPP for _, code, _ in channel.flush())
        finally:
            channel.close()
            netns.enter(self._stack.netns_fd(""))

    def running(self, container: str, name: str = "") -> bool:
        """Does the container's process run (in the namespace `name`, if one is given)?"""
        process = self._stack.processes.get(container)
        if process is None or not process.alive:
            return False
        return not name or process.netns_inode == self.names.get(name)

    def table(self, family: str, table: str) -> dict[str, Any] | None:
        """A table of the host as `normal` gives it, or None."""
        key = (family, table)
        if key not in self._tables:
            may = self._stack.privileged
            objects = self._stack.nft().table(family, table) if may else None
            self._tables[key] = None if objects is None else normal(objects)
        return self._tables[key]

    def table_comment(self, family: str, table: str) -> str | None:
        """The comment of a table of the host; None if there is no such table."""
        key = (family, table)
        if key not in self._comments:
            may = self._stack.privileged
            self._stack.enter("")
            self._comments[key] = rules.comment(family, table) if may else None
        return self._comments[key]

    def rules(self, name: str, table: str, chain: str) -> tuple[bytes, ...]:
        """The rules of a chain in a namespace, in a form to be compared with `rules_of`; none
        where there is no such chain, or the right to look at it is missing."""
        if not self.exists(name) or not self._stack.privileged:
            return ()
        self._stack.enter(name)
        return rules.expressions(table, chain)

    def rules_of(self, text: str, table: str, chain: str) -> tuple[bytes, ...]:
        """What `rules` would answer where nothing but the nft commands in `text` was done."""
        key = (text, table, chain)
        if key not in self._fresh_rules:
            self._stack.enter("")
            netns.unshare_network()
            try:
                complaint = self._stack.fresh_nft().run(text)
                if complaint:
                    raise ValueError(complaint)
                self._fresh_rules[key] = rules.expressions(table, chain)
            finally:
                netns.enter(self._stack.netns_fd(""))
        return self._fresh_rules[key]

    def expect(self, texts: dict[str, str], table: str) -> None:
        """Say what `reference` is to answer from: the nft text wanted of each family."""
        self._wanted = (texts, table)
        self._references.clear()

    def reference(self, family: str) -> dict[str, Any]:
        """How the wanted table would read back if it were loaded into an empty kernel: made
        so in a namespace that exists only for this question. Comparing with it spares us
        from knowing how nft rewrites what it is given."""
        if family not in self._references:
            texts, table = self._wanted
            self._references[family] = self._load(texts.get(family, ""), family, table)
        return self._references[family]

    def _load(self, text: str, family: str, table: str) -> dict[str, Any]:
        self._stack.enter("")
        netns.unshare_network()
        try:
            scratch = self._stack.fresh_nft()
            complaint = scratch.run(text)
            if complaint:
                raise ValueError(complaint)
            return normal(scratch.table(family, table) or [])
        finally:
            netns.enter(self._stack.netns_fd(""))


def normal(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """A table without what differs between equal tables (handles, counters, order of
    elements): chains as ``chain NAME`` → its rules in order, maps and sets as
    ``map NAME`` → {comment of the element, else its key: [key, value]}."""
    found: dict[str, Any] = {}
    for item in objects:
        ((kind, body),) = item.items()
        if kind == "chain":
            head = {k: v for k, v in body.items() if k not in ("handle", "comment")}
            found[f"chain {body['name']}"] = [head]
        elif kind == "rule":
            found[f"chain {body['chain']}"].append([_bare(body["expr"]), body.get("comment", "")])
        elif kind in ("map", "set"):
            found[f"map {body['name']}"] = _elements(body)
    return found


def _elements(body: dict[str, Any]) -> dict[str, Any]:
    elements = {}
    for item in body.get("elem", []):
        key, value = item if "map" in body and isinstance(item, list) else (item, None)
        comment = ""
        if isinstance(key, dict) and "elem" in key:
            comment = key["elem"].get("comment", "")
            key = key["elem"]["val"]
        elements[comment or repr(key)] = [repr(key), value]
    return elements


def _bare(value: Any) -> Any:
    """`value` with every counter at zero."""
    if isinstance(value, dict):
        if "counter" in value:
            return {"counter": None}
        return {key: _bare(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return value


def file_text(path: str) -> str | None:
    """The text of a small file, None if it does not exist."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def link_target(path: str) -> str | None:
    """Where a symbolic link points, None if it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return None
