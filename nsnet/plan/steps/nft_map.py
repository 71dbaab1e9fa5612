"""Steps about nftables maps, sets and their elements: one lookup instead of a list of rules."""

from __future__ import annotations

from ...kernel.conntrack import Flows
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import Command, Step, Subject
from .nft import TABLE, NftStep, nft


class AddMap(NftStep):
    """A map: one lookup instead of a list of rules, however many elements it has. Without
    values it is a set."""

    family: str
    name: str
    type: str
    reason: str

    @property
    def kind(self) -> str:
        """What nft calls it."""
        return "map" if " : " in self.type else "set"

    @property
    def what(self) -> str:
        return f"create {self.kind} {self.name}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        return f"nft list {self.kind} {self.family} {TABLE} {self.name}"

    @property
    def identity(self) -> object:
        return ("map", self.family, self.name)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    def lines(self) -> tuple[str, ...]:
        return (f"add {self.kind} {self.family} {TABLE} {self.name} {{ type {self.type}; }}",)

    def undo_lines(self) -> tuple[str, ...]:
        return (f"delete {self.kind} {self.family} {TABLE} {self.name}",)

    def present(self, seen: Observed) -> bool:
        table = seen.table(self.family, TABLE)
        return table is not None and f"map {self.name}" in table


class AddElement(NftStep):
    """An element of a map, or (without a value) of a set; its comment is unique in there and
    identifies it. `flows` go by another way from now on, and once more when it goes."""

    family: str
    map: str
    key: str
    value: str
    comment: str
    reason: str
    flows: tuple[Flows, ...] = ()

    @property
    def what(self) -> str:
        return f"add {self.comment} to {self.map}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        kind = "map" if self.value else "set"
        return f"nft list {kind} {self.family} {TABLE} {self.map}"

    @property
    def identity(self) -> object:
        return ("element", self.family, self.map, self.key)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    def lines(self) -> tuple[str, ...]:
        target = f"{self.family} {TABLE} {self.map}"
        value = f" : {self.value}" if self.value else ""
        element = f'{self.key} comment "{self.comment}"{value}'
        return (f"add element {target} {{ {element} }}",)

    def undo_lines(self) -> tuple[str, ...]:
        return (f"delete element {self.family} {TABLE} {self.map} {{ {self.key} }}",)

    def commands(self) -> tuple[Command, ...]:
        return (*nft(*self.lines()), *map(_ending, self.flows))

    def undo_commands(self) -> tuple[Command, ...]:
        return (*nft(*self.undo_lines()), *map(_ending, self.flows))

    def apply(self, stack: Stack) -> None:
        NftStep.apply(self, stack)
        for each in self.flows:
            stack.end_flows(each)

    def undo(self, stack: Stack) -> None:
        NftStep.undo(self, stack)
        for each in self.flows:
            stack.end_flows(each)

    def conflict(self, seen: Observed) -> str:
        return ""  # the table's own step looks: once, not for each of ten thousand elements

    def present(self, seen: Observed) -> bool:
        table = seen.table(self.family, TABLE)
        found = table and table.get(f"map {self.map}", {}).get(self.comment)
        return bool(found) and found == seen.reference(self.family)[f"map {self.map}"].get(
            self.comment
        )

    def removable(self, seen: Observed) -> bool:
        return self.comment in (seen.table(self.family, TABLE) or {}).get(f"map {self.map}", {})

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        table = seen.table(self.family, TABLE)
        wanted = seen.reference(self.family)[f"map {self.map}"].get(self.comment) if table else None
        elements = (table or {}).get(f"map {self.map}", {})
        if wanted and any(found[0] == wanted[0] for found in elements.values()):
            return (ReplaceElement(self),)
        return (self,)


class ReplaceElement(NftStep):
    """Put an element right whose key is there with another value."""

    element: AddElement

    @property
    def family(self) -> str:
        """The map's family."""
        return self.element.family

    @property
    def what(self) -> str:
        return f"put {self.element.comment} in map {self.element.map} right"

    @property
    def why(self) -> str:
        return "the map has this key with another value: somebody changed it"

    @property
    def see(self) -> str:
        return self.element.see

    def lines(self) -> tuple[str, ...]:
        return (*self.element.undo_lines(), *self.element.lines())

    def commands(self) -> tuple[Command, ...]:
        return (*nft(*self.lines()), *map(_ending, self.element.flows))

    def apply(self, stack: Stack) -> None:
        NftStep.apply(self, stack)
        for each in self.element.flows:
            stack.end_flows(each)

    def undo_lines(self) -> tuple[str, ...]:
        return ()

    def present(self, seen: Observed) -> bool:
        return False


def _ending(flows: Flows) -> Command:
    """Ends flows with the tool that Debian has in a package of its own; without it they go on
    until nothing has been sent for a time, and that is no failure."""
    port = (
        f"conntrack -D -f {'ipv6' if ':' in flows.address else 'ipv4'} -p udp --dport {flows.port}"
    )
    if flows.everywhere:
        family = "-6" if ":" in flows.address else "-4"
        own = f'$(ip -o {family} address | awk \'{{ sub("/.*", "", $4); print $4 }}\')'
        each = f'for ip in {own}; do {port} -d "$ip"; done'
    else:
        each = f"{port} -d {flows.address}"
    return ("sh", "-c", f"if command -v conntrack; then {each}; fi >/dev/null 2>&1 || :")
