"""May this program change the machine it runs on?"""

from __future__ import annotations

from ..engine.host import require_rights
from ..kernel.errors import PreconditionError


def check_rights() -> None:
    """Raises `PreconditionError` unless we may change this machine."""
    try:
        require_rights()
    except PreconditionError:
        raise PreconditionError(
            "Lab(host=True) changes this machine's network, which needs root",
            "run the program with sudo, or leave host=True out: a sandbox needs no root",
        ) from None
