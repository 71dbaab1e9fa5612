"""Signals by their names."""

from __future__ import annotations

import signal

from .errors import KernelError


def signal_number(text: str) -> int:
    """The number of a signal: "TERM", "SIGTERM", "sigterm" or "15" (also "RTMIN+3").

    Raises `KernelError`.
    """
    name, plus, offset = text.upper().removeprefix("SIG").partition("+")
    number = int(name) if name.isascii() and name.isdigit() else 0
    if not number:
        number = int(getattr(signal.Signals, f"SIG{name}", 0))
    if plus and offset.isascii() and offset.isdigit() and name == "RTMIN":
        number += int(offset)
    elif plus:
        number = 0
    if number not in signal.valid_signals():
        raise KernelError(f"Invalid signal: {text}", "name one such as TERM, KILL or 9", "kill -l")
    return number
