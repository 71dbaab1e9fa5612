"""Running a template (Go: text/template/exec.go has the rules and the words of the errors)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from . import nodes
from .errors import TemplateError
from .functions import FUNCTIONS, Failed, Function
from .nodes import Node
from .parse import Trees
from .printing import text
from .values import HIDDEN, MISSING, Number, Struct, kind, true

_MOST_CALLS = 200


class _Leave(Exception):
    """``break`` or ``continue``."""


class Run:
    """One run of a template. With `strict`, a map's missing key is an error."""

    def __init__(self, source: str, trees: Trees, strict: bool = False) -> None:
        self.source, self.trees, self.strict = source, trees, strict
        self.done: list[str] = []
        self.variables: list[tuple[str, object]] = []
        self.node: Node = nodes.Dot(0)
        self.calls = 0

    def text(self, value: object) -> str:
        """What is printed for `value`. Raises `TemplateError`."""
        self.variables = [("$", value)]
        self._list(self.trees[""], value)
        return "".join(self.done)

    def _fail(self, message: str) -> NoReturn:
        at = self.node.at
        line = self.source.count("\n", 0, at) + 1
        column = len(self.source[self.source.rfind("\n", 0, at) + 1 : at].encode())
        where = f'template: :{line}:{column}: executing "" at <{self.node}>'
        raise TemplateError(f"{where}: {message}")

    # --- nodes

    def _list(self, body: Iterable[Node], dot: object) -> None:
        for node in body:
            self._walk(node, dot)

    def _walk(self, node: Node, dot: object) -> None:
        if isinstance(node, nodes.Text):
            self.done.append(node.text)
        elif isinstance(node, nodes.Action):
            value = self._pipe(dot, node.pipe)
            if not node.pipe.names:
                self.done.append(text(value))
        elif isinstance(node, nodes.Branch):
            known = len(self.variables)
            self._range(node, dot) if node.kind == "range" else self._choose(node, dot)
            del self.variables[known:]
        elif isinstance(node, nodes.Leave):
            raise _Leave(node.kind)
        elif isinstance(node, nodes.Call):
            self._call_template(node, dot)

    def _choose(self, node: nodes.Branch, dot: object) -> None:
        value = self._pipe(dot, node.pipe)
        if true(value):
            self._list(node.body, value if node.kind == "with" else dot)
        else:
            self._list(node.otherwise, dot)

    def _range(self, node: nodes.Branch, dot: object) -> None:
        value = self._pipe(dot, node.pipe)
        if node.pipe.names:
            del self.variables[-len(node.pipe.names) :]
        pairs: list[tuple[object, object]]
        if isinstance(value, Mapping) and not isinstance(value, Struct):
            pairs = [(key, value[key]) for key in sorted(value)]
        elif isinstance(value, list | tuple):
            pairs = list(enumerate(value))
        elif value is None or value is MISSING:
            pairs = []
        else:
            self._fail(f"range can't iterate over {text(value)}")
        known = len(self.variables)
        for key, each in pairs:
            self._bind(node.pipe, key, each)
            try:
                self._list(node.body, each)
            except _Leave as leave:
                if str(leave) == "break":
                    break
            finally:
                del self.variables[known:]
        if not pairs:
            self._list(node.otherwise, dot)

    def _bind(self, pipe: nodes.Pipe, key: object, value: object) -> None:
        given = [value] if len(pipe.names) == 1 else [key, value]
        for name, each in zip(pipe.names, given, strict=False):
            self._set(name, each) if pipe.assigns else self.variables.append((name, each))

    def _set(self, name: str, value: object) -> None:
        for number in range(len(self.variables) - 1, -1, -1):
            if self.variables[number][0] == name:
                self.variables[number] = (name, value)
                return
        self._fail(f"undefined variable: {name}")

    def _call_template(self, node: nodes.Call, dot: object) -> None:
        self.node = node
        body = self.trees.get(node.name)
        if body is None:
            self._fail(f'template "{node.name}" not defined')
        self.calls += 1
        if self.calls > _MOST_CALLS:
            self._fail(f"exceeded maximum template depth ({_MOST_CALLS})")
        value = self._pipe(dot, node.pipe) if node.pipe else None
        kept, self.variables = self.variables, [("$", value)]
        self._list(body, value)
        self.variables = kept
        self.calls -= 1

    # --- pipelines and commands

    def _pipe(self, dot: object, pipe: nodes.Pipe) -> object:
        self.node = pipe
        final: list[object] = []
        for command in pipe.commands:
            final = [self._command(dot, command, final)]
        value = final[0]
        for name in pipe.names:
            if pipe.assigns:
                self._set(name, value)
            else:
                self.variables.append((name, value))
        return value

    def _command(self, dot: object, command: nodes.Command, final: list[object]) -> object:
        first = command.args[0]
        if isinstance(first, nodes.Field | nodes.Chain | nodes.Variable):
            return self._fields(dot, first, command.args[1:], final)
        if isinstance(first, nodes.Function):
            self.node = first
            return self._call(dot, first, command, command.args[1:], final)
        if isinstance(first, nodes.Pipe):
            self._no_function(command.args, final)
            return self._pipe(dot, first)
        self.node = first
        self._no_function(command.args, final)
        if isinstance(first, nodes.Nil):
            self._fail("nil is not a command")
        return first.value if isinstance(first, nodes.Constant) else dot

    def _no_function(self, args: Sequence[Node], final: list[object]) -> None:
        if len(args) > 1 or final:
            self._fail(f"can't give argument to non-function {args[0]}")

    def _fields(
        self,
        dot: object,
        node: nodes.Field | nodes.Chain | nodes.Variable,
        args: Sequence[Node] = (),
        final: Sequence[object] = (),
    ) -> object:
        self.node = node
        names = node.names
        if isinstance(node, nodes.Field):
            value = dot
        elif isinstance(node, nodes.Variable):
            value = self._variable(names[0])
            names = names[1:]
            if not names:
                self._no_function((node, *args), list(final))
                return value
        else:
            value = self._argument(dot, node.node)
        for name in names[:-1]:
            value = self._field(dot, name, node, (), (), value)
        return self._field(dot, names[-1], node, args, final, value)

    def _variable(self, name: str) -> object:
        found = [value for known, value in self.variables if known == name]
        if not found:
            self._fail(f"undefined variable: {name}")
        return found[-1]

    def _field(
        self,
        dot: object,
        name: str,
        node: Node,
        args: Sequence[Node],
        final: Sequence[object],
        value: object,
    ) -> object:
        if value is MISSING:
            if self.strict:
                self._fail(f'nil data; no entry for key "{name}"')
            return MISSING
        if value is None or value is HIDDEN:
            self._fail(f"nil pointer evaluating interface {{}}.{name}")
        if not isinstance(value, Mapping):
            self._fail(f"can't evaluate field {name} in type {self._type(value)}")
        found = value.get(name, MISSING)
        if isinstance(value, Struct):
            return self._member(dot, name, node, args, final, value)
        if args or final:
            self._fail(f"{name} is not a method but has arguments")
        if found is MISSING and self.strict:
            self.node = node
            self._fail(f'map has no entry for key "{name}"')
        return found

    def _member(
        self,
        dot: object,
        name: str,
        node: Node,
        args: Sequence[Node],
        final: Sequence[object],
        value: Struct,
    ) -> object:
        self.node = node
        if name not in value:
            self._fail(f"can't evaluate field {name} in type {value.kind}")
        found = value[name]
        if not callable(found):
            if args or final:
                self._fail(f"{name} has arguments but cannot be invoked as function")
            return found
        given = [self._typed(dot, "string", each) for each in args] + list(final)
        if len(given) != 1:
            self._fail(f"wrong number of args for {name}: want 1 got {len(given)}")
        return found(*given)

    def _type(self, value: object) -> str:
        """What is taken out of plain data is of no type that is known."""
        return "interface {}" if self.strict else kind(value)

    # --- functions

    def _call(
        self,
        dot: object,
        node: nodes.Function,
        whole: Node,
        args: Sequence[Node],
        final: Sequence[object],
    ) -> object:
        function = FUNCTIONS[node.name]
        count, least = len(args) + len(final), len(function.types)
        if count < least or (count > least and not function.more):
            want = f"at least {least}" if function.more else str(least)
            self._fail(f"wrong number of args for {node.name}: want {want} got {count}")
        given: list[object] = []
        for number, each in enumerate(args):
            given.append(self._typed(dot, _type_at(function, number), each))
            if node.name in ("and", "or") and true(given[-1]) == (node.name == "or"):
                return given[-1]
        for value in final:
            given.append(self._valid(value, _type_at(function, len(given))))
        try:
            value = function.call(*given)
        except Failed as error:
            self.node = whole
            self._fail(f"error calling {node.name}: {error}")
        return MISSING if self.strict and value is None and node.name == "index" else value

    def _argument(self, dot: object, node: Node) -> object:
        """The value of an argument, whatever its type."""
        self.node = node
        if isinstance(node, nodes.Field | nodes.Chain | nodes.Variable):
            return self._fields(dot, node)
        if isinstance(node, nodes.Pipe):
            return self._pipe(dot, node)
        if isinstance(node, nodes.Function):
            return self._call(dot, node, node, (), ())
        if isinstance(node, nodes.Constant):
            return node.value
        return dot if isinstance(node, nodes.Dot) else None

    def _typed(self, dot: object, wanted: str, node: Node) -> object:
        if isinstance(node, nodes.Constant):
            self.node = node
            if wanted == "[]string":
                self._fail(f"can't handle {node} for arg of type []string")
            if wanted != "any" and kind(node.value) != wanted:
                name = "integer" if wanted == "int" else wanted
                self._fail(f"expected {name}; found {node}")
            return node.value
        if isinstance(node, nodes.Nil) and wanted in ("string", "int"):
            self.node = node
            self._fail(f"cannot assign nil to {wanted}")
        return self._valid(self._argument(dot, node), wanted)

    def _valid(self, value: object, wanted: str) -> object:
        if wanted == "any":
            return None if value is MISSING else value
        if value is MISSING:
            if wanted == "[]string":
                return []
            self._fail(f"invalid value; expected {wanted}")
        if wanted == "[]string":
            fits = isinstance(value, list) and not self.strict
        else:
            fits = not isinstance(value, Number) and kind(value) == wanted
        if not fits:
            got = kind(value)
            self._fail(f"wrong type for value; expected {wanted}; got {got}")
        return value


def _type_at(function: Function, number: int) -> str:
    return function.types[number] if number < len(function.types) else function.more
