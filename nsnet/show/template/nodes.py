"""The parts of a template. Their text is what they are called by in errors."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """Any part; `at` is where it begins in the template."""

    at: int


@dataclass(slots=True)
class Text(Node):
    """What is printed as it is."""

    text: str


@dataclass(slots=True)
class Constant(Node):
    """A string, number or truth value, as written; `nil` and the dot are not among them."""

    value: object
    source: str

    def __str__(self) -> str:
        return self.source


@dataclass(slots=True)
class Nil(Node):
    """``nil``."""

    def __str__(self) -> str:
        return "nil"


@dataclass(slots=True)
class Dot(Node):
    """``.``."""

    def __str__(self) -> str:
        return "."


@dataclass(slots=True)
class Field(Node):
    """``.A.B``."""

    names: list[str]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Variable(Node):
    """``$x.A``; `names` begins with the variable."""

    names: list[str]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(slots=True)
class Function(Node):
    """The name of a function."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Chain(Node):
    """``(…).A.B``."""

    node: Node
    names: list[str]

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return inner + "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Command(Node):
    """A value, or a function and its arguments."""

    args: list[Node]

    def __str__(self) -> str:
        return " ".join(f"({a})" if isinstance(a, Pipe) else str(a) for a in self.args)


@dataclass(slots=True)
class Pipe(Node):
    """Commands, each handing its value on to the next, and the variables that get the last."""

    names: list[str] = field(default_factory=list)
    assigns: bool = False
    commands: list[Command] = field(default_factory=list)

    def __str__(self) -> str:
        sign = " = " if self.assigns else " := "
        declared = ", ".join(self.names) + sign if self.names else ""
        return declared + " | ".join(map(str, self.commands))


@dataclass(slots=True)
class Action(Node):
    """``{{PIPE}}``."""

    pipe: Pipe


@dataclass(slots=True)
class Branch(Node):
    """``if``, ``with`` or ``range``."""

    kind: str
    pipe: Pipe
    body: list[Node]
    otherwise: list[Node]


@dataclass(slots=True)
class Leave(Node):
    """``break`` or ``continue``."""

    kind: str


@dataclass(slots=True)
class Call(Node):
    """``{{template "name" PIPE}}``."""

    name: str
    source: str
    pipe: Pipe | None

    def __str__(self) -> str:
        value = f" {self.pipe}" if self.pipe else ""
        return f"{{{{template {self.source}{value}}}}}"
