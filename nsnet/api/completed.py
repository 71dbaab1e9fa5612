"""What a command leaves behind."""

from __future__ import annotations

from typing import AnyStr, Generic

from ..value import Value


class Completed(Value, Generic[AnyStr]):
    """The output of a command that has ended, and its exit status (128 + signal, as in a shell).

    True when it succeeded; as text, what a terminal would have shown of its output.

    >>> done = Completed("eth0\\n", "", 0)
    >>> done
    <Completed 0: eth0>
    >>> bool(done)
    True
    """

    stdout: AnyStr
    stderr: AnyStr
    status: int

    def __bool__(self) -> bool:
        return self.status == 0

    def __str__(self) -> str:
        return readable(self.stdout) + readable(self.stderr)

    def __repr__(self) -> str:
        words = " ".join(str(self).split())
        return f"<Completed {self.status}: {words[:60]}{'…' if len(words) > 60 else ''}>"


def readable(output: str | bytes) -> str:
    """Output as text, whatever its bytes are."""
    return output if isinstance(output, str) else output.decode(errors="replace")
