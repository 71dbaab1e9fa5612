"""Steps about nftables maps and their elements: one lookup instead of a list of rules."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.observe import Observed
from ..step import Step, Subject
from .nft import TABLE, NftStep


@dataclass(frozen=True, slots=True)
class AddMap(NftStep):
    """A map: one lookup instead of a list of rules, however many elements it has."""

    family: str
    name: str
    type: str
    reason: str

    @property
    def what(self) -> str:
        return f"create map {self.name}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        return f"nft list map {self.family} {TABLE} {self.name}"

    @property
    def identity(self) -> object:
        return ("map", self.family, self.name)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    def lines(self) -> tuple[str, ...]:
        return (f"add map {self.family} {TABLE} {self.name} {{ type {self.type}; }}",)

    def undo_lines(self) -> tuple[str, ...]:
        return (f"delete map {self.family} {TABLE} {self.name}",)

    def present(self, seen: Observed) -> bool:
        table = seen.table(self.family, TABLE)
        return table is not None and f"map {self.name}" in table


@dataclass(frozen=True, slots=True)
class AddElement(NftStep):
    """An element of a map; its comment is unique in the map and identifies it."""

    family: str
    map: str
    key: str
    value: str
    comment: str
    reason: str

    @property
    def what(self) -> str:
        return f"add {self.comment} to map {self.map}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        return f"nft list map {self.family} {TABLE} {self.map}"

    @property
    def identity(self) -> object:
        return ("element", self.family, self.map, self.key)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    def lines(self) -> tuple[str, ...]:
        target = f"{self.family} {TABLE} {self.map}"
        element = f'{self.key} comment "{self.comment}" : {self.value}'
        return (f"add element {target} {{ {element} }}",)

    def undo_lines(self) -> tuple[str, ...]:
        return (f"delete element {self.family} {TABLE} {self.map} {{ {self.key} }}",)

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


@dataclass(frozen=True, slots=True)
class ReplaceElement(NftStep):
    """Put an element right whose key is there with another value."""

    element: AddElement

    @property
    def family(self) -> str:  # type: ignore[override]
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

    def undo_lines(self) -> tuple[str, ...]:
        return ()

    def present(self, seen: Observed) -> bool:
        return False
