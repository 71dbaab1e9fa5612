"""A container's command in the foreground: ``run`` without -d, ``start -a``."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..topology.model import Container


def foreground(
    container: Container,
    start: Callable[[Engine], Container],
    stdin: bool,
    detach_keys: str = "",
    sig_proxy: bool = True,
) -> int:
    """`start` it and be attached from its first byte on; its exit code, 0 if the user left by the
    detach keys. Returns when its end has been seen to: with ``--rm`` it is gone then."""
    from ..engine.engine import Engine
    from ..kernel.attach import DETACHED, attach, awaiting, terminal_size
    from .stopping import heeding

    size = terminal_size() if container.tty else (0, 0)
    with awaiting(container.name, size) as line:
        with heeding() as stopping:
            engine = Engine(stopping)
            made = start(engine)
        if stopping.uttered:
            _interrupt(engine, made)
        code = attach(
            line, tty=container.tty, stdin=stdin, detach_keys=detach_keys, sig_proxy=sig_proxy
        )
    if code == DETACHED:
        return 0
    if made.restart == "no":
        from ..operations.ending import ended

        ended(engine, made.id)
    return code


def _interrupt(engine: Engine, made: Container) -> None:
    """The Ctrl-C that came while it was being built."""
    from ..operations import containers
    from ..operations.errors import Refused

    with suppress(Refused):
        containers.kill(engine, made.id, signal.SIGINT)
