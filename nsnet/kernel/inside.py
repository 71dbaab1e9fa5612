"""Being in another network namespace, for a moment or to open something there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from . import netns
from .errors import NotFound


def open_netns(path: str) -> int:
    """A file descriptor of the network namespace at `path` (``/run/netns/web``,
    ``/proc/77/ns/net``). Raises `NotFound`."""
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError as error:
        name = os.path.basename(path)
        raise NotFound(f"there is no network namespace {name}", see="ip netns list") from error


@contextmanager
def inside(path: str) -> Iterator[None]:
    """Be in the network namespace at `path` ("": stay where we are); this thread only.

    What happens inside cannot keep us there: the way back is open before we go.
    """
    if not path:
        yield
        return
    home = netns.open_current()
    try:
        there = open_netns(path)
        try:
            netns.enter(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            netns.enter(home)
    finally:
        os.close(home)
