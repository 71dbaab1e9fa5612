"""Faults of single rules: one taken out, one put in, one changed."""

from __future__ import annotations

from ....kernel.chain import Line, lines, position
from ....kernel.errors import KernelError
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep

#: How the comment of everything starts that a fault adds to a firewall.
MARK = "made by nsnet; fault"


class RuleStep(FaultStep):
    """The part that steps on a chain share."""

    family: str
    table: str
    chain: str

    @property
    def why(self) -> str:
        return str(getattr(self, "cause", self.reason))

    @property
    def target(self) -> str:
        """The chain in nft's words."""
        return f"{self.family} {self.table} {self.chain}"

    def command(self, text: str) -> Command:
        """An nft command for the namespace."""
        return self.within("nft", text)

    def now(self, stack: Stack) -> tuple[Line, ...]:
        """The chain as it is."""
        stack.enter(self.space)
        return lines(stack.nft(self.space), self.family, self.table, self.chain)

    def run(self, stack: Stack, text: str) -> None:
        """Raises `KernelError` with nft's complaint."""
        run(stack, self.space, text)


def run(stack: Stack, space: str, text: str) -> None:
    """One transaction. Raises `KernelError` with nft's complaint."""
    complaint = stack.nft(space).run(text)
    if complaint:
        raise KernelError(f"nft refuses {text[:60]!r}", complaint)


class DropRule(RuleStep):
    """A rule removed; `before` is the chain as it was, `index` its place there."""

    before: tuple[Line, ...]
    index: int
    cause: str = ""

    @property
    def _line(self) -> Line:
        return self.before[self.index]

    @property
    def what(self) -> str:
        return f"remove a rule of chain {self.chain}: {self._line.text}"

    def commands(self) -> tuple[Command, ...]:
        return (self.command(self._delete),)

    @property
    def _delete(self) -> str:
        return f"delete rule {self.target} handle {self._line.handle}"

    def undo_commands(self) -> tuple[Command, ...]:
        where = f" index {self.index - 1}" if self.index else ""
        verb = "add" if self.index else "insert"
        return (self.command(f"{verb} rule {self.target}{where} {self._line.text}"),)

    def apply(self, stack: Stack) -> None:
        again = f"add rule {self.target} {self._line.text}"
        complaint = stack.nft(self.space).check(f"{self._delete}\n{again}")
        if complaint:
            raise KernelError(
                f"nft cannot put this rule back: {self._line.text[:60]}",
                complaint,
                "nft -a list ruleset",
            )
        self.run(stack, self._delete)

    def undo(self, stack: Stack) -> None:
        now = self.now(stack)
        verb, _, handle = position(now, self.before, self.index).partition(" ")
        if not verb or not self._chain_there(stack, now):
            return
        where = f" position {handle}" if handle != "0" else ""
        self.run(stack, f"{verb} rule {self.target}{where} {self._line.text}")

    def _chain_there(self, stack: Stack, now: tuple[Line, ...]) -> bool:
        return bool(now) or bool(stack.nft(self.space).handled(f"chain {self.target}"))


class PutRule(RuleStep):
    """A rule added, at the end or (`first`) at the beginning, or before the rule `handle`. Its
    comment tells it from others."""

    text: str
    number: int
    first: bool = False
    handle: int = 0
    cause: str = ""

    @property
    def what(self) -> str:
        return f"add a rule to chain {self.chain}: {self.text}"

    @property
    def _comment(self) -> str:
        return f'comment "{MARK} {self.number}"'

    @property
    def _add(self) -> str:
        verb = "insert" if self.first or self.handle else "add"
        where = f" handle {self.handle}" if self.handle else ""
        return f"{verb} rule {self.target}{where} {self.text} {self._comment}"

    def commands(self) -> tuple[Command, ...]:
        return (self.command(self._add),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.command(f"delete rule {self.target} handle …"),)

    def apply(self, stack: Stack) -> None:
        self.run(stack, self._add)

    def undo(self, stack: Stack) -> None:
        for each in self.now(stack):
            if each.text.endswith(self._comment):
                self.run(stack, f"delete rule {self.target} handle {each.handle}")


class ChangeRule(RuleStep):
    """A rule with other words, at the same place and under the same handle."""

    line: Line
    text: str
    cause: str = ""

    @property
    def what(self) -> str:
        return f"change a rule of chain {self.chain} to: {self.text}"

    def commands(self) -> tuple[Command, ...]:
        return (self.command(self._replace(self.text)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.command(self._replace(self.line.text)),)

    def _replace(self, text: str) -> str:
        return f"replace rule {self.target} handle {self.line.handle} {text}"

    def apply(self, stack: Stack) -> None:
        self.run(stack, self._replace(self.text))

    def undo(self, stack: Stack) -> None:
        now = [each for each in self.now(stack) if each.text == self.text]
        now.sort(key=lambda each: each.handle != self.line.handle)  # put back, it has another one
        if now:
            text = f"replace rule {self.target} handle {now[0].handle} {self.line.text}"
            self.run(stack, text)
