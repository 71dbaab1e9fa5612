"""What is wrong with an option, and who says so in Docker: its client or its daemon."""

from __future__ import annotations

from ..model import TopologyError


class BadFlag(TopologyError):
    """An option that the client does not take: exit code 125, for ``create`` too."""

    exit_code = 125


class Impossible(TopologyError):
    """Options that the daemon does not take: 1 from ``create``, 125 from ``run``. Nothing has been
    made."""

    exit_code = 1


def bad(flag: str, value: str, why: str) -> BadFlag:
    """`BadFlag` in the words of Docker's client."""
    return BadFlag(f'invalid argument "{value}" for "{flag}": {why}')
