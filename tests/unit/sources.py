"""The source files under nsnet/ as the tests about them see them: modules and their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "nsnet"


@dataclass(frozen=True)
class Module:
    """One module of nsnet. ``names`` are all modules, to tell a module from a name in one."""

    path: Path
    name: str
    names: frozenset[str]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def room(self) -> str:
        """The part of the design it belongs to: what comes after ``nsnet.``; "" is the API."""
        return f"{self.name}.".split(".")[1]

    def imports(self) -> Iterator[str]:
        """Every module imported, late imports and those for type checking included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    yield whole if whole in self.names else base

    def _base(self, node: ast.ImportFrom) -> str:
        """The absolute name of what a ``from`` import is from."""
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package.pop()
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Module]:
    """Every module under nsnet/, by name."""
    paths = sorted((ROOT / PACKAGE).rglob("*.py"))
    names = frozenset(map(_name, paths))
    return [Module(path, _name(path), names) for path in paths]
