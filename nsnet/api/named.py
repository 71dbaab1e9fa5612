"""What has a name in a lab: places and networks."""

from __future__ import annotations

from typing import Protocol

from .machine import Machine


class Named(Protocol):
    """A `Place` or a `Network`, for those whom it does not matter which."""

    _machine: Machine

    @property
    def name(self) -> str:
        """What it is called."""

    def _check_up(self) -> None:
        """Raises `NotFound` if it is not up."""
