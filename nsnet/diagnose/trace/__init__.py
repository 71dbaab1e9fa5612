"""`nsnet trace`: a real packet is sent, and everything that it meets is told as one story."""

from __future__ import annotations

from .trace import Trace, trace

__all__ = ["Trace", "trace"]
