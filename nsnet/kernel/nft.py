"""nftables through libnftables, the library under the `nft` command.

A context belongs to the network namespace in which it is made, and may be used from one
thread at a time. Text goes in (half the time of JSON, and maps with concatenated data can be
declared in text only), JSON comes out.

Source: libnftables(3), libnftables-json(5).
"""

from __future__ import annotations

import ctypes
import json

from .errors import PreconditionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Nft:
    """One libnftables context, bound to the namespace this thread is in now."""

    def __init__(self) -> None:
        self._context = _context()
        self._context.set_handle_output(False)

    def run(self, text: str) -> str:
        """Apply the commands in `text` as one transaction: all of them or none. Returns ""
        or the first line of nft's complaint."""
        status, _, error = self._context.cmd(text)
        return "" if status == 0 else _first_complaint(error)

    def check(self, text: str) -> str:
        """Like `run`, but only asks; nothing changes."""
        self._dry_run(True)
        try:
            return self.run(text)
        finally:
            self._dry_run(False)

    def _dry_run(self, on: bool) -> None:
        """The binding on PyPI has no name for this call of the library; Debian's has."""
        call = ctypes.CDLL("libnftables.so.1").nft_ctx_set_dry_run
        call.argtypes = (ctypes.c_void_p, ctypes.c_bool)
        call(self._context._Nftables__ctx, on)

    def culprit(self, commands: list[str]) -> int:
        """The index of the first of `commands` that cannot be applied after those before it."""
        low, high = 0, len(commands)
        while high - low > 1:
            middle = (low + high) // 2
            if self.check("\n".join(commands[:middle])):
                high = middle
            else:
                low = middle
        return low

    def table(self, family: str, name: str) -> list[dict[str, Any]] | None:
        """The objects of a table as libnftables-json shows them; None if there is none."""
        self._context.set_json_output(True)
        try:
            status, output, _ = self._context.cmd(f"list table {family} {name}")
        finally:
            self._context.set_json_output(False)
        if status != 0:
            return None
        objects = json.loads(output)["nftables"]
        return [item for item in objects if "metainfo" not in item]

    def ruleset(self) -> list[dict[str, Any]]:
        """Everything that nftables has here, as libnftables-json shows it, with words for the
        protocols; nothing without the right to look."""
        self._context.set_json_output(True)
        try:
            status, output, _ = self._context.cmd("list ruleset")
        finally:
            self._context.set_json_output(False)
        objects = json.loads(output)["nftables"] if status == 0 and output else []
        from .protocols import spelled

        return spelled([item for item in objects if "metainfo" not in item])

    def listing(self, prefix: str) -> list[str]:
        """The tables whose names start with `prefix`, as ``nft list table`` prints them."""
        status, output, _ = self._context.cmd("list tables")
        found = [line.split() for line in output.splitlines()] if status == 0 else []
        lines: list[str] = []
        for words in found:
            if len(words) == 3 and words[2].startswith(prefix):
                lines += self._context.cmd(f"list table {words[1]} {words[2]}")[1].splitlines()
        return lines

    def handled(self, what: str) -> list[str]:
        """The lines of ``nft -a -s list …`` (with handles, without the values of counters);
        none if there is no such thing."""
        self._context.set_handle_output(True)
        self._context.set_stateless_output(True)
        try:
            status, output, _ = self._context.cmd(f"list {what}")
        finally:
            self._context.set_handle_output(False)
            self._context.set_stateless_output(False)
        return output.splitlines() if status == 0 else []

    def comment(self, family: str, name: str) -> str | None:
        """A table's comment ("" if it has none), None if there is no such table. Read from
        the text form: nft 1.0.6 leaves it out of its JSON."""
        self._context.set_terse_output(True)
        try:
            status, output, _ = self._context.cmd(f"list table {family} {name}")
        finally:
            self._context.set_terse_output(False)
        if status != 0:
            return None
        for line in output.splitlines()[1:2]:
            words = line.strip()
            if words.startswith('comment "'):
                return str(words[len('comment "') : -1])
        return ""


def _first_complaint(error: str) -> str:
    for line in error.splitlines():
        _, found, text = line.partition("Error: ")
        if found:
            return text
    return error.strip() or "nft refused without saying why"


def _context() -> Any:
    try:
        import nftables
    except ImportError:
        raise PreconditionError(
            "the Python binding of libnftables is missing",
            "install python3-nftables, or pip-nftables in this Python",
        ) from None
    try:
        return nftables.Nftables()
    except OSError as error:
        raise PreconditionError(
            "libnftables.so.1 is missing", str(error), "apt-get install libnftables1"
        ) from None
