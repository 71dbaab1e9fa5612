"""``names``: a small DNS server in the lab shell, for a resolver that is built by hand.

    names FILE                                          at 127.0.0.11:5353
    names FILE --listen 127.0.0.11:5300                 somewhere else
    names FILE --forward 203.0.113.1                    what it does not know, it asks there

FILE is written as /etc/hosts is: an address, then its names. It is read again when it has changed.
An unknown name does not exist (NXDOMAIN), unless there is somebody to ask. It speaks UDP, as
programs do for such short answers. In the background it is silent, and lets go of the terminal.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
import time
from contextlib import suppress
from ipaddress import ip_address
from typing import NoReturn

from ...resolver import wire
from ...resolver.book import pack, reverse

_USAGE = "write names FILE [--listen ADDRESS:PORT] [--forward SERVER], see names --help"
_LISTEN, _PORT = ("127.0.0.11", 5353), 53
#: So long somebody else is waited for, in seconds, and for so many questions at once.
_PATIENCE, _MOST = 3.0, 200
_MOST_BYTES = 4096

Where = tuple[str, int]


class Book:
    """The names in a file. Raises `OSError` without one."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._version = (0, 0)
        self.addresses: dict[str, list[str]] = {}
        self.look(os.stat(path))

    def refresh(self) -> None:
        """Read it again if it has changed; one that has gone leaves the names as they are."""
        with suppress(OSError):
            self.look(os.stat(self.path))

    def look(self, status: os.stat_result) -> None:
        """Read the file, if it is not the one that we know."""
        version = (status.st_ino, status.st_mtime_ns)
        if version == self._version:
            return
        found: dict[str, list[str]] = {}
        with open(self.path, encoding="utf-8", errors="replace") as file:
            for line in file:
                address, *names = line.partition("#")[0].split() or [""]
                for name in names if _is_address(address) else ():
                    found.setdefault(name.lower().rstrip("."), []).append(address)
        self.addresses, self._version = found, version

    def records(self, asked: wire.Question) -> list[bytes] | None:
        """What it says; None if the name is none of ours."""
        if asked.kind == wire.PTR:
            packed = reverse(asked.name)
            owners = [n for n, all_ in self.addresses.items() if packed in map(_packed, all_)]
            return [wire.record(wire.PTR, wire.encode_name(owners[0]))] if owners else None
        found = self.addresses.get(asked.name)
        if found is None:
            return None
        version = {wire.A: 4, wire.AAAA: 6}.get(asked.kind, 0)
        packed_ = [pack(each, version) for each in found] if version else []
        return [wire.record(asked.kind, each) for each in packed_ if each]


class Names:
    """The server: its socket, and the questions that others are asked."""

    def __init__(self, book: Book, listen: Where, forward: Where | None) -> None:
        self._book, self._forward = book, forward
        self._sock = _udp(listen)
        self._sock.bind(listen)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._sock, selectors.EVENT_READ)
        self._open: dict[socket.socket, tuple[Where, bytes, float]] = {}

    def serve(self) -> NoReturn:
        """Answer for ever."""
        while True:
            for key, _ in self._selector.select(_PATIENCE):
                with suppress(OSError):  # Whoever asked has gone, or nobody is there to be asked.
                    self._asked() if key.fileobj is self._sock else self._answered(key.fileobj)
            now = time.monotonic()
            for sock in [sock for sock, (_, _, until) in self._open.items() if until < now]:
                self._close(sock)

    def _asked(self) -> None:
        data, peer = self._sock.recvfrom(_MOST_BYTES)
        asked = wire.question(data) if wire.is_query(data) else None
        if asked is None:
            return
        self._book.refresh()
        records = self._book.records(asked)
        if records is not None:
            self._sock.sendto(data[:2] + wire.answer(data, asked, records), peer)
        elif self._forward is None:
            self._sock.sendto(_with_code(data, asked, wire.NXDOMAIN), peer)
        elif len(self._open) < _MOST:
            self._ask(data, asked, peer, self._forward)

    def _ask(self, data: bytes, asked: wire.Question, peer: Where, to: Where) -> None:
        sock = _udp(to)
        try:
            sock.connect(to)
            sock.send(data)
        except OSError:
            sock.close()
            self._sock.sendto(_with_code(data, asked, _SERVFAIL), peer)
            return
        self._open[sock] = (peer, data, time.monotonic() + _PATIENCE)
        self._selector.register(sock, selectors.EVENT_READ)

    def _answered(self, sock: object) -> None:
        assert isinstance(sock, socket.socket)
        peer, data, _ = self._open[sock]
        try:
            response = sock.recv(_MOST_BYTES)
        except OSError:
            self._close(sock)
            return
        if wire.answers(response, data, data[:2]):
            self._close(sock)
            self._sock.sendto(response, peer)

    def _close(self, sock: socket.socket) -> None:
        del self._open[sock]
        self._selector.unregister(sock)
        sock.close()


_SERVFAIL = 2  # RFC 1035 section 4.1.1


def _with_code(query: bytes, asked: wire.Question, code: int) -> bytes:
    flags, rest = wire.answer(query, asked, [])[:2], wire.answer(query, asked, [])[2:]
    return query[:2] + bytes((flags[0], flags[1] | code)) + rest


def _udp(where: Where) -> socket.socket:
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _packed(address: str) -> bytes:
    return ip_address(address).packed


def main(words: list[str]) -> NoReturn:
    """Serve until it is ended; exit code 2 if the words cannot be understood."""
    path, listen, forward = _parsed(words)
    try:
        book = Book(path)
    except OSError as error:
        _refuse(f"cannot read {path}: {error.strerror}")
    try:
        server = Names(book, listen, forward)
    except OSError as error:
        _refuse(f"cannot listen on {listen[0]}:{listen[1]}: {error.strerror}")
    if _in_front():
        count = len(book.addresses)
        sys.stdout.write(f"{count} names, at {listen[0]}:{listen[1]}; Ctrl-C ends it\n")
        sys.stdout.flush()
    else:
        _let_go()
    try:
        server.serve()
    except KeyboardInterrupt:
        os._exit(0)


def _parsed(words: list[str]) -> tuple[str, Where, Where | None]:
    if not words or "-h" in words or "--help" in words:
        sys.stdout.write(f"{__doc__}\n")
        sys.stdout.flush()
        os._exit(0 if words else 2)
    words, given = list(words), {}
    for option in ("--listen", "--forward"):
        if option in words[:-1]:
            at = words.index(option)
            given[option] = words[at + 1]
            del words[at : at + 2]
    if len(words) != 1 or words[0].startswith("-"):
        _refuse(_USAGE)
    listen = _where(given["--listen"], _LISTEN[1]) if "--listen" in given else _LISTEN
    forward = _where(given["--forward"], _PORT) if "--forward" in given else None
    return words[0], listen, forward


def _where(text: str, port: int) -> Where:
    """``ADDRESS``, ``ADDRESS:PORT``, ``[ADDRESS]:PORT``."""
    address, colon, number = text.rpartition(":")
    if not colon or _is_address(text):
        address, number = text, str(port)
    address = address.strip("[]")
    if not _is_address(address) or not number.isdigit() or not 0 < int(number) < 65536:
        _refuse(f"no address {text!r}: {_USAGE}")
    return address, int(number)


def _refuse(why: str) -> NoReturn:
    sys.stderr.write(f"names: {why}\n")
    sys.stderr.flush()
    os._exit(2)


def _in_front() -> bool:
    """Does it have the terminal, or was it started with &? Without one, it is in front of whoever
    reads what it says."""
    try:
        return not os.isatty(1) or os.tcgetpgrp(1) == os.getpgrp()
    except OSError:
        return False


def _let_go() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for each in range(3):
        os.dup2(null, each)


if __name__ == "__main__":
    main(sys.argv[1:])
