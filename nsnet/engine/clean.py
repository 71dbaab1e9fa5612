"""Finding and removing what is nsnet's from the kernel alone, with no state to go by.

Everything of ours carries a mark from its birth: links a group number, namespaces the alias
of their lo, the table its comment, processes a word in their environment, files a place
below /run/nsnet. The tables of a trace have the number of its process in their name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

from ..kernel import marks, netns, process
from ..kernel.apply import StepFailed, undo_all
from ..kernel.errors import KernelError
from ..kernel.hostid import host_id
from ..kernel.observe import Observed, link_target
from ..kernel.spawn import keeper_name
from ..kernel.stack import Stack
from ..plan.before import FORWARD
from ..plan.build import forwarding
from ..plan.step import Step, Undo
from ..plan.steps.file import ETC_NETNS, LinkEtc
from ..plan.steps.link import DropGroup
from ..plan.steps.namespace import MARKED, AddNamespace
from ..plan.steps.nft import FAMILIES, MARK, TABLE, USER_CHAIN, AddTable, EmptyTable
from ..plan.steps.setting import Forwarding
from ..topology.naming import is_our_group
from . import faults, host
from .started import started
from .state import claimed_elsewhere, load, locked, place


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of nsnet's: what it is (a word) and which."""

    kind: str
    name: str


@dataclass(slots=True)
class _Remains:
    seen: Observed
    folder: str

    def namespaces(self) -> dict[str, str]:
        """Namespaces of ours with their marks; dead names of ours with an empty one."""
        found = {}
        marks: dict[int, str] = {}
        theirs = claimed_elsewhere(self.folder)
        for name, inode in self.seen.names.items():
            if not inode:
                if netns.is_our_orphan(name):
                    found[name] = ""
                continue
            if inode not in marks:
                marks[inode] = self.seen.mark(name)
            if marks[inode].startswith(MARKED) and name not in theirs:
                found[name] = marks[inode]
        return found

    def groups(self) -> dict[int, list[str]]:
        """Link groups of ours and the interfaces in them."""
        found: dict[int, list[str]] = {}
        for link in self.seen.links().values():
            if is_our_group(link.group):
                found.setdefault(link.group, []).append(link.name)
        return found

    def tables(self) -> dict[str, str]:
        """Our tables: family → comment."""
        found = {}
        for family in FAMILIES:
            comment = self.seen.table_comment(family, TABLE)
            table = self.seen.table(family, TABLE) or {}
            users_only = set(table) == {f"chain {USER_CHAIN}"}
            if comment is not None and comment.startswith(MARK) and not users_only:
                found[family] = comment
        return found

    def forwarding(self) -> Iterator[Forwarding]:
        """What switched forwarding on: exactly as recorded if the record is there, else as
        the table's comment tells."""
        try:
            before = load(self.folder).before
        except KernelError:
            before = None
        for family, comment in self.tables().items():
            if family not in FORWARD:
                continue
            if before:
                yield forwarding(before, family)
            else:
                key, _, old = comment.removeprefix(f"{MARK}; ").partition(" was ")
                yield Forwarding(key, old or "1")

    def table_step(self, family: str, comment: str) -> Step:
        """The removal of our table, or of all in it but the user's own rules."""
        table = self.seen.table(family, TABLE) or {}
        if len(table.get(f"chain {USER_CHAIN}", ())) <= 1:
            return Undo(AddTable(family, comment))
        kinds = [name.split(" ", 1) for name in table if name != f"chain {USER_CHAIN}"]
        chains = tuple(name for kind, name in kinds if kind == "chain")
        return EmptyTable(family, chains, tuple(name for kind, name in kinds if kind == "map"))

    def etc(self) -> list[str]:
        """Containers with a link of ours under /etc/netns."""
        try:
            names = sorted(os.listdir(ETC_NETNS))
        except OSError:
            return []
        mine = f"{self.folder}/"
        return [n for n in names if (link_target(f"{ETC_NETNS}/{n}") or "").startswith(mine)]

    def processes(self) -> list[process.Process]:
        """Processes started for containers of this host, and its resolver's two."""
        return [each for each, _ in started(self.folder)]


def find() -> list[Found]:
    """Everything of nsnet's on this host, in the order in which `clean` would remove it."""
    host.require_rights()
    with Stack() as stack:
        strays = [Found("table", name) for name in faults.stray_tables(stack)]
        folder = place(host_id())
        strays += _left_by_traces(stack, folder)
        return [*strays, *_list(_Remains(Observed(stack), folder))]


def _list(remains: _Remains) -> Iterator[Found]:
    for name in faults.numbers(remains.folder):
        yield Found("fault", name)
    for family in remains.tables():
        yield Found("table", f"{family} {TABLE}")
    for each in remains.processes():
        yield Found("process", str(each.pid))
    for names in remains.groups().values():
        yield from (Found("interface", name) for name in sorted(names))
    yield from (Found("namespace", name) for name in remains.namespaces())
    yield from (Found("link", f"{ETC_NETNS}/{name}") for name in remains.etc())
    if os.path.isdir(remains.folder):
        yield Found("folder", remains.folder)


def clean() -> tuple[list[Found], list[StepFailed]]:
    """Remove it all; returns what was found and what would not go."""
    host.require_rights()
    folder, keepers = place(host_id()), keeper_name()
    with locked(folder), Stack() as stack:
        broken = [*_mend(stack, folder), *_left_by_traces(stack, folder, remove=True)]
        remains = _Remains(Observed(stack), folder)
        found = [*broken, *_list(remains)]
        prepared = bool(found)
        marks.end_named(keepers)
        process.stop_all(remains.processes(), timeout=1.0)
        failures = undo_all(stack, list(_steps(remains)))
        shutil.rmtree(folder, ignore_errors=True)
        if prepared:
            netns.unprepare()
    return found, failures


def _mend(stack: Stack, folder: str) -> list[Found]:
    """Mend what is broken on purpose, by its record; without that, remove what carries the mark
    of a fault from the host's firewall."""
    try:
        mended, _ = faults.take_back(stack, folder)
    except KernelError:
        mended = []
    found = [Found("fault", str(each.number)) for each in mended]
    found += [Found("table", name) for name in faults.stray_tables(stack, remove=True)]
    stack.enter("")
    return found


def _left_by_traces(stack: Stack, folder: str, remove: bool = False) -> list[Found]:
    """The tables of killed traces, which only a kernel before 5.12 keeps: on the host and in its
    named namespaces."""
    from ..kernel.trace.marks import FAMILIES, Marks, left

    found = []
    theirs = claimed_elsewhere(folder)
    named = [name for name, inode in netns.names().items() if inode and name not in theirs]
    for space in ("", *named):
        with suppress(OSError):
            stack.enter(space)
            with closing(Marks()) as marks:
                tables = marks.tables()
                if remove:
                    marks.remove_left(tables)
            inside = f" in {space}" if space else ""
            rows = [f"{FAMILIES.get(family, family)} {name}" for family, name in left(tables)]
            found += [Found("table", f"{row}{inside}") for row in rows]
    stack.enter("")
    return found


def _steps(remains: _Remains) -> Iterator[Step]:
    yield from (Undo(each) for each in remains.forwarding())
    yield from (remains.table_step(family, text) for family, text in remains.tables().items())
    yield from (DropGroup(number, "nsnet") for number in remains.groups())
    for name, text in remains.namespaces().items():
        yield Undo(AddNamespace(name, text))
    for name in remains.etc():
        yield Undo(LinkEtc(name, f"{remains.folder}/etc/{name}"))
