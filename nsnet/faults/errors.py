"""Why something cannot be broken."""

from __future__ import annotations

from ..kernel.errors import KernelError, NotFound

__all__ = ["NotFound", "Unfit"]


class Unfit(KernelError):
    """A fault that this object cannot have."""

    def __init__(self, why: str, see: str = "") -> None:
        super().__init__("it cannot be broken so", why, see)

    def about(self, what: str) -> Unfit:
        """The same, with what was wanted."""
        error = Unfit(self.why, self.see)
        error.what = what
        return error
