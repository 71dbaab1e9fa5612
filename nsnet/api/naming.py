"""Asking for a name, as a program's resolver does: by UDP, at the servers of resolv.conf(5)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress

from ..diagnose.reach.dns import ID, addresses, query
from ..kernel.resolvconf import servers
from ..resolver.wire import AAAA, NXDOMAIN, A, answers, code
from .errors import UnknownName, Unreachable
from .probe import family_of

#: Opens a socket where the question comes from.
Open = Callable[[int, int, int], socket.socket]

_MOST = 1 << 16
_PORT = 53


def resolve(who: str, name: str, conf: str, sockets: Open, timeout: float) -> list[str]:
    """The addresses of `name`, IPv4 first, as the first server in `conf` that answers has them.

    Raises `UnknownName`; `Unreachable` where nobody answers within `timeout` seconds.
    """
    known = servers(conf) or ["127.0.0.1"]  # resolv.conf(5): without servers, the machine's own
    failure, unknown = f"cannot resolve {name}", ""
    limit = time.monotonic() + timeout
    why = ""
    for number, server in enumerate(known):
        left = max(0.01, (limit - time.monotonic()) / (len(known) - number))
        try:
            found, unknown = _asked(server, name, sockets, left)
        except (OSError, ValueError, IndexError) as error:
            why = f"{server}: {getattr(error, 'strerror', '') or 'no answer'}"
            continue
        if found:
            return found
        raise UnknownName(f"{who} {failure}", f"{server} {unknown}")
    raise Unreachable(f"{who} {failure}", why)


def _asked(server: str, name: str, sockets: Open, timeout: float) -> tuple[list[str], str]:
    """The addresses of both families, and what the server said where there are none."""
    found: list[str] = []
    said = "knows the name, but no address"
    with sockets(family_of(server), socket.SOCK_DGRAM, 0) as sock:
        sock.connect((server, _PORT))
        for kind in (A, AAAA):
            response = _answer(sock, query(name, kind), time.monotonic() + timeout)
            with suppress(IndexError, ValueError):
                found += addresses(response)
            if code(response) == NXDOMAIN:
                said = "knows no such name (NXDOMAIN)"
            elif code(response):
                said = f"could not tell (code {code(response)})"
    return found, said


def _answer(sock: socket.socket, asked: bytes, limit: float) -> bytes:
    """The answer to this very question. Raises OSError."""
    sock.send(asked)
    while (left := limit - time.monotonic()) > 0:
        sock.settimeout(left)
        response = sock.recv(_MOST)
        if answers(response, asked, ID):
            return response
    raise TimeoutError
