"""What serves one container: its sockets at 127.0.0.11, its clients and its answers.

"Sandbox" is libnetwork's word for a container's network stack. The path of a question that was
asked before is short: a dictionary from the query's bytes to the response's, without their ids.
Any change of any name empties it.
"""

from __future__ import annotations

import _random
import _socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import wire
from .book import Book, Entry, reverse
from .forward import MOST_OPEN, Forwarder, Query
from .loop import Patience
from .spaces import listen

ADDRESS = "127.0.0.11"

_Peer = tuple[str, int]

#: Datagrams larger than this are no questions; and how many answers are remembered.
_MOST_BYTES, _MOST_CACHED = 4096, 128

#: Bytes that may wait for us: about a thousand questions (socket(7), SO_RCVBUFFORCE).
_QUEUE, _SO_RCVBUFFORCE = 1 << 20, 33

#: Connections of one container; seconds that one may be silent (Docker's server: 8), long enough
#: for three silent upstreams.
_MOST_CLIENTS, IDLE = 100, 15.0

#: Datagrams that are taken in one go at most; and wakes without another try after one was in vain.
_BURST, _CALM = 32, 64

_VERSIONS = {wire.A: 4, wire.AAAA: 6}
_random_number = _random.Random().random


class Sandbox:
    """The sockets in one namespace. Raises OSError if they cannot be opened (yet)."""

    def __init__(
        self, entry: Entry, book: Book, forwarder: Forwarder, clients: Patience[Client]
    ) -> None:
        self.entry, self.port = entry, entry.port
        self.cache: dict[bytes, bytes] = {}
        self.clients: dict[Client, None] = {}
        self.all_clients = clients
        self._book, self._forwarder = book, forwarder
        self._open: set[Query] = set()
        self._udp, self.inode = listen(entry.netns, _socket.SOCK_DGRAM, ADDRESS, entry.port)
        try:
            self._tcp, inode = listen(entry.netns, _socket.SOCK_STREAM, ADDRESS, entry.port)
        except BaseException:
            self._udp.close()
            raise
        if inode != self.inode:
            self._tcp.close()
            self._udp.close()
            raise OSError("the namespace was replaced meanwhile")
        with suppress(OSError):  # Only with rights over the whole machine.
            self._udp.setsockopt(_socket.SOL_SOCKET, _SO_RCVBUFFORCE, _QUEUE)
        loop = forwarder.loop
        loop.watch(self._udp.fileno(), _udp_server(self._udp, self.cache, self._ask_by_udp))
        loop.watch(self._tcp.fileno(), self._accept)

    @property
    def loop(self) -> Any:
        """What calls us."""
        return self._forwarder.loop

    def close(self) -> None:
        """Leave the namespace: nothing of ours keeps it alive after this."""
        for client in list(self.clients):
            client.close()
        for query in self._open:
            query.close(self._forwarder)
        self._open.clear()
        for sock in (self._udp, self._tcp):
            self.loop.forget(sock.fileno())
            sock.close()

    def ask(self, data: bytes, tcp: bool, deliver: Callable[[bytes], None]) -> None:
        """A message from a client: `deliver` gets the response, now or later or never."""
        if not wire.is_query(data):
            return
        if not wire.is_standard(data):
            deliver(wire.not_implemented(data))
            return
        asked = wire.question(data)
        if asked is None:
            return
        records = self._own_records(asked) if asked.inet else None
        if records is None:
            self._forward(data, tcp, deliver)
            return
        most = 65535 if tcp else wire.udp_size(data, asked)
        response = wire.answer(data, asked, records, most)
        if len(records) < 2 and not tcp:
            if len(self.cache) >= _MOST_CACHED:
                self.cache.clear()
            self.cache[data[2:]] = response
        deliver(data[:2] + response)

    def _own_records(self, asked: wire.Question) -> list[bytes] | None:
        """What we know of a name; None if it is none of ours."""
        if asked.kind in _VERSIONS:
            version = _VERSIONS[asked.kind]
            found = self._book.addresses(self.entry, asked.name, version)
            if found is None:
                # The client is to try its search domains first (resolv.conf(5), ndots).
                return [] if self.entry.ndots > 0 and "." not in asked.name else None
            return [wire.record(asked.kind, each) for each in _shuffled(found)]
        if asked.kind == wire.MX:
            # No records: mail goes to the name's own address (RFC 5321 section 5.1).
            return None if self._book.addresses(self.entry, asked.name, 4) is None else []
        if asked.kind == wire.PTR:
            packed = reverse(asked.name)
            name = self._book.name_of(self.entry, packed) if packed else ""
            target = wire.encode_name(name) if name else b""
            return [wire.record(wire.PTR, target)] if target else None
        return None

    def _forward(self, data: bytes, tcp: bool, deliver: Callable[[bytes], None]) -> None:
        if len(self._open) >= MOST_OPEN or self._forwarder.full:
            return
        query = Query(data, self._udp, tcp, deliver, self._open.discard)
        self._open.add(query)
        query.begin(self._forwarder.upstreams(self.entry.dns), self._forwarder)

    def _ask_by_udp(self, data: bytes, peer: _Peer) -> None:
        self.ask(data, False, lambda response: self._send(response, peer))

    def _send(self, response: bytes, peer: _Peer) -> None:
        with suppress(OSError):  # It has gone meanwhile; or the rules in there forbid it.
            self._udp.sendto(response, peer)

    def _accept(self) -> None:
        try:
            fd, _ = self._tcp._accept()  # type: ignore[attr-defined]
        except OSError:
            return
        if len(self.clients) >= _MOST_CLIENTS:
            next(iter(self.clients)).close()
        Client(self, _socket.socket(fileno=fd))


def _udp_server(
    sock: _socket.socket, cache: dict[bytes, bytes], ask: Callable[[bytes, _Peer], None]
) -> Callable[[], None]:
    """What is called when there are datagrams.

    It takes one per wake, more while there is a crowd: to find out that there is no other one
    costs a system call, and so does going back to the loop.
    """
    receive, send, known = sock.recvfrom, sock.sendto, cache.get
    burst, calm = 1, 0

    def act() -> None:
        nonlocal burst, calm
        left = burst
        try:
            while left:
                data, peer = receive(_MOST_BYTES)
                left -= 1
                response = known(data[2:])
                if response is None:
                    ask(data, peer)
                else:
                    send(data[:2] + response, peer)
        except BlockingIOError:
            if burst - left < 2:
                burst, calm = 1, _CALM
        except OSError:
            pass  # This answer could not be sent.
        else:
            if calm:
                calm -= 1
            elif burst < _BURST:
                burst *= 2

    return act


class Client:
    """A TCP connection (RFC 7766): each message has its length in front of it."""

    __slots__ = ("_box", "_inbox", "_sock")

    def __init__(self, box: Sandbox, sock: _socket.socket) -> None:
        self._box, self._sock = box, sock
        self._inbox = b""
        sock.setblocking(False)
        box.clients[self] = None
        box.all_clients.put(self)
        box.loop.watch(sock.fileno(), self._act)

    def _act(self) -> None:
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self._inbox += data
        self._box.all_clients.put(self)
        while len(self._inbox) >= 2 and self in self._box.clients:
            end = 2 + int.from_bytes(self._inbox[:2], "big")
            if len(self._inbox) < end:
                return
            message, self._inbox = self._inbox[2:end], self._inbox[end:]
            self._box.ask(message, True, self._deliver)

    def _deliver(self, response: bytes) -> None:
        """Send it, unless the client has gone, or reads nothing although it asks."""
        if self not in self._box.clients:
            return
        text = len(response).to_bytes(2, "big") + response
        try:
            if self._sock.send(text) < len(text):
                self.close()
        except OSError:
            self.close()

    def close(self) -> None:
        """Hang up."""
        if self not in self._box.clients:
            return
        del self._box.clients[self]
        self._box.all_clients.take(self)
        self._box.loop.forget(self._sock.fileno())
        self._sock.close()


def _shuffled(found: list[bytes]) -> list[bytes]:
    """In random order, as Docker: clients take the first one."""
    for i in range(len(found) - 1, 0, -1):
        j = int(_random_number() * (i + 1))
        found[i], found[j] = found[j], found[i]
    return found
