"""Words to a tree (Go: text/template/parse/parse.go has the grammar)."""

from __future__ import annotations

import re
from typing import NoReturn

from . import nodes
from .errors import TemplateError
from .functions import FUNCTIONS
from .lex import Word, fault, words
from .nodes import Node, Pipe

Trees = dict[str, list[Node]]

_BEGINS_COMMAND = frozenset(
    ("bool", "character", "dot", "field", "identifier", "number", "nil", "string", "raw string")
) | {"variable", "("}
_BAD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\[^abfnrtvxuU0-7\\'\"]")
_CONSTANT = (nodes.Constant, nodes.Dot, nodes.Nil)


def parse(text: str) -> Trees:
    """The template ("") and those that it defines. Raises `TemplateError`."""
    return _Parser(text).run()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.source = words(text)
        self.pending: list[Word] = []
        self.trees: Trees = {}
        self.variables = ["$"]
        self.loops = self.depth = 0

    def run(self) -> Trees:
        body, end = self._list()
        if end is not None:
            self._expect("right", end.text)
            self._fail(f"unexpected {{{{{end.text}}}}}", end)
        self.trees[""] = body
        return self.trees

    # --- words

    def _next(self) -> Word:
        return self.pending.pop() if self.pending else next(self.source)

    def _back(self, *read: Word) -> None:
        self.pending += reversed(read)

    def _peek(self) -> Word:
        word = self._next()
        self._back(word)
        return word

    def _solid(self) -> Word:
        """The next word that is no space."""
        while (word := self._next()).kind == "space":
            pass
        return word

    def _peek_solid(self) -> Word:
        word = self._solid()
        self._back(word)
        return word

    def _fail(self, message: str, word: Word) -> NoReturn:
        raise fault(self.text, word.at, message)

    def _unexpected(self, word: Word, where: str) -> NoReturn:
        at = "" if word.kind == "end of text" and not where else f" in {where}"
        self._fail(f"unexpected {word}{at}", word)

    # --- lists of nodes

    def _list(self) -> tuple[list[Node], Word | None]:
        """Nodes up to an ``end`` or ``else``, which is told, or the end of the text."""
        found: list[Node] = []
        while (word := self._next()).kind != "end of text":
            if word.kind == "text":
                found.append(nodes.Text(word.at, word.text))
                continue
            first = self._solid()
            if first.kind == "keyword" and first.text in ("end", "else"):
                return found, first
            node = self._keyword(first) if first.kind == "keyword" else self._plain(first)
            if node:
                found.append(node)
        return found, None

    def _plain(self, first: Word) -> Node:
        self._back(first)
        return nodes.Action(first.at, self._pipe("command", "right"))

    def _keyword(self, word: Word) -> Node | None:
        if word.text in ("if", "range", "with"):
            return self._branch(word)
        if word.text in ("break", "continue"):
            if not self.loops:
                self._fail(f"{{{{{word.text}}}}} outside {{{{range}}}}", word)
            self._expect("right", f"{{{{{word.text}}}}}")
            return nodes.Leave(word.at, word.text)
        if word.text == "define":
            if self.depth:
                self._unexpected(word, "command")
            self._define()
            return None
        return self._call(word)

    def _branch(self, word: Word) -> nodes.Branch:
        known = len(self.variables)
        pipe = self._pipe(word.text, "right")
        self.loops += word.text == "range"
        self.depth += 1
        body, end = self._list()
        self.loops -= word.text == "range"
        otherwise: list[Node] = []
        if end is not None and end.text == "else":
            following = self._peek_solid()
            chained = following.kind == "keyword" and following.text == word.text == "if"
            if chained:
                self._solid()
                otherwise = [self._branch(following)]
            else:
                self._expect("right", "else")
                otherwise, end = self._list()
                if end is not None and end.text == "else":
                    self._fail("expected end; found {{else}}", end)
                self._close(end)
        else:
            self._close(end)
        del self.variables[known:]
        self.depth -= 1
        return nodes.Branch(word.at, word.text, pipe, body, otherwise)

    def _close(self, end: Word | None) -> None:
        if end is None:
            self._fail("unexpected EOF", Word("end of text", len(self.text), ""))
        self._expect("right", "end")

    def _expect(self, kind: str, where: str) -> Word:
        word = self._solid()
        if word.kind != kind:
            self._unexpected(word, where)
        return word

    def _define(self) -> None:
        name = self._name("define clause")
        self._expect("right", "define clause")
        self._body(name)

    def _body(self, name: Word) -> None:
        kept, self.variables = self.variables, ["$"]
        self.depth += 1
        body, end = self._list()
        self._close(end)
        self.depth -= 1
        self.variables = kept
        self.trees[_unquoted(name)] = body

    def _name(self, where: str) -> Word:
        name = self._solid()
        if name.kind not in ("string", "raw string"):
            self._unexpected(name, where)
        return name

    def _call(self, word: Word) -> nodes.Call:
        """``template`` and ``block``, which defines what it calls."""
        where = f"{word.text} clause"
        name = self._name(where)
        pipe = None
        if word.text == "block" or self._peek_solid().kind != "right":
            pipe = self._pipe(where, "right")
        else:
            self._solid()
        if word.text == "block":
            self._body(name)
        return nodes.Call(name.at, _unquoted(name), name.text, pipe)

    # --- pipelines

    def _pipe(self, where: str, end: str) -> Pipe:
        pipe = Pipe(self._peek_solid().at)
        self._declarations(pipe, where)
        while True:
            word = self._solid()
            if word.kind == end:
                break
            if word.kind not in _BEGINS_COMMAND:
                self._unexpected(word, where)
            self._back(word)
            pipe.commands.append(self._command())
        if not pipe.commands:
            self._fail(f"missing value for {where}", word)
        for number, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.args[0], _CONSTANT):
                self._fail(f"non executable command in pipeline stage {number}", word)
        return pipe

    def _declarations(self, pipe: Pipe, where: str) -> None:
        while (word := self._peek_solid()).kind == "variable":
            self._solid()
            after = self._peek()
            sign = self._peek_solid()
            if sign.kind in (":=", "="):
                self._solid()
                pipe.assigns = sign.kind == "="
                self._declare(pipe, word)
                return
            if sign.kind != "char" or sign.text != ",":
                self._back(word, *([after] if after.kind == "space" else []))
                return
            self._solid()
            self._declare(pipe, word)
            if where != "range" or len(pipe.names) > 1:
                self._fail(f"too many declarations in {where}", word)
            if self._peek_solid().kind not in ("variable", "right", ")"):
                self._fail("range can only initialize variables", word)

    def _declare(self, pipe: Pipe, word: Word) -> None:
        pipe.names.append(word.text)
        self.variables.append(word.text)

    def _command(self) -> nodes.Command:
        command = nodes.Command(self._peek_solid().at, [])
        while True:
            self._peek_solid()
            node = self._operand()
            if node:
                command.args.append(node)
            word = self._next()
            if word.kind == "space":
                continue
            if word.kind in ("right", ")"):
                self._back(word)
            elif word.kind != "|":
                self._unexpected(word, "operand")
            break
        if not command.args:
            self._fail("empty command", word)
        return command

    def _operand(self) -> Node | None:
        node = self._term()
        if node is None or self._peek().kind != "field":
            return node
        at, names = self._peek().at, []
        while self._peek().kind == "field":
            names.append(self._next().text[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(at, node.names + names)
        if isinstance(node, nodes.Variable):
            return nodes.Variable(at, node.names + names)
        if isinstance(node, _CONSTANT):
            shown = Word("term", at, str(node))
            self._fail(f"unexpected . after term {shown}", shown)
        return nodes.Chain(at, node, names)

    def _term(self) -> Node | None:
        word = self._solid()
        at, text = word.at, word.text
        if word.kind == "identifier":
            if text not in FUNCTIONS:
                self._fail(f'function "{text}" not defined', word)
            return nodes.Function(at, text)
        if word.kind == "variable":
            if text not in self.variables:
                self._fail(f'undefined variable "{text}"', word)
            return nodes.Variable(at, [text])
        if word.kind == "field":
            return nodes.Field(at, [text[1:]])
        if word.kind == "(":
            return self._pipe("parenthesized pipeline", ")")
        if word.kind in ("dot", "nil"):
            return nodes.Dot(at) if word.kind == "dot" else nodes.Nil(at)
        if word.kind in ("bool", "number", "character", "string", "raw string"):
            return nodes.Constant(at, self._constant(word), text)
        self._back(word)
        return None

    def _constant(self, word: Word) -> object:
        try:
            if word.kind == "bool":
                return word.text == "true"
            if word.kind == "number":
                return _number(word.text)
            text = _unquoted(word)
            return ord(text) if word.kind == "character" else text
        except ValueError:
            self._fail(f"integer overflow: {word}", word)
        except TypeError:
            self._fail(f"malformed character constant: {word.text}", word)


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    sign = -1 if plain.startswith("-") else 1
    digits = plain.lstrip("+-")
    if digits[:2].lower() in ("0x", "0b", "0o"):
        return sign * int(digits, 0)
    if digits.isdigit():
        return sign * int(digits, 8 if len(digits) > 1 and digits[0] == "0" else 10)
    return float(digits) * sign


def _unquoted(word: Word) -> str:
    if word.kind == "raw string":
        return word.text[1:-1]
    from ast import literal_eval

    try:
        if not _BAD_ESCAPE.search(word.text):
            return str(literal_eval(word.text))
    except (SyntaxError, ValueError):
        pass
    raise TemplateError("template: :1: invalid syntax")
