"""The little listener that stands in for a service without a command.

Run by its path, ``python3 -I -S stub.py --name web tcp:80 udp:127.0.0.1:53``. To whoever connects
it tells who it is and whom it saw, which is all that a lesson about networks needs:

    web 172.17.0.4:80 saw 172.17.0.1:53422

A browser or curl gets that as a web page, anything else (``nc``, or 200 ms of silence) the
bare line, and a datagram the same line back. Who asks port 53 a question of DNS gets an answer:
the stub itself goes by its name and by those of RFC 2606 (example.com), and knows no others.
Listening sockets are taken over from fd 3 on if LISTEN_FDS says so, else it binds the ports
itself.

``_socket`` instead of ``socket``, ``posix`` instead of ``os``: a demo runs many of these,
and the public modules would cost 1.5 MB and 4 ms in each.
"""

import _signal  # type: ignore[import-not-found]
import _socket
import posix
import select
import sys
import time

#: Seconds before a silent TCP client gets the bare line, and to let one read its answer.
PATIENCE, FAREWELL = 0.2, 1.0

#: More clients than this at once, and the oldest has to go (of the usual 1024 fds).
CROWD = 500

#: Answers that are printed, too.
LOG_LINES = 10_000

METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ")

#: Where names are asked for, and some that nobody else has (RFC 2606).
DNS, EXAMPLES = 53, (b"example.com", b"example.net", b"example.org")

#: Linux's IP_PKTINFO (ip(7)), which ``_socket`` has no name for before Python 3.14.
IP_PKTINFO = 8


class Client:
    """A TCP connection: what it sent so far, and when our patience with it ends."""

    __slots__ = ("answered", "asked", "deadline", "peer", "sock")

    def __init__(self, sock: _socket.socket, peer: str, now: float) -> None:
        self.sock, self.peer, self.deadline = sock, peer, now + PATIENCE
        self.asked, self.answered = b"", False


class Stub:
    """Everything in one epoll loop; nobody's slowness holds up anybody else."""

    def __init__(self, name: str, sockets: list[_socket.socket]) -> None:
        self.name = name
        self.poller = select.epoll()
        self.listeners = {sock.fileno(): sock for sock in sockets}
        self.clients: dict[int, Client] = {}
        self.logged = 0
        for fd, sock in self.listeners.items():
            sock.setblocking(False)
            self.poller.register(fd, select.EPOLLIN)

    def serve(self) -> None:
        """Answer for ever."""
        while True:
            for fd, _ in self.poller.poll(self.pause()):
                if fd in self.clients:
                    self.read(self.clients[fd])
                elif fd in self.listeners:
                    self.welcome(self.listeners[fd])
            self.expire(time.monotonic())

    def pause(self) -> float:
        """Seconds until the next client's time is up; -1 for "no hurry"."""
        if not self.clients:
            return -1
        soonest = min(client.deadline for client in self.clients.values())
        return max(0.0, soonest - time.monotonic())

    def welcome(self, listener: _socket.socket) -> None:
        """A new connection, or a datagram."""
        try:
            if listener.type == _socket.SOCK_DGRAM:
                self.echo(listener)
            else:
                self.accept(listener)
        except OSError:
            pass  # The other side has gone already, or there is no way back to it.

    def accept(self, listener: _socket.socket) -> None:
        fd, peer = listener._accept()  # type: ignore[attr-defined]
        sock = _socket.socket(fileno=fd)
        sock.setblocking(False)
        if len(self.clients) >= CROWD:
            self.drop(next(iter(self.clients.values())))
        self.clients[fd] = Client(sock, spell(peer), time.monotonic())
        self.poller.register(fd, select.EPOLLIN)

    def echo(self, listener: _socket.socket) -> None:
        """Answer a datagram, from the very address that it came to."""
        asked, notes, _, peer = listener.recvmsg(65535, 256)
        port = listener.getsockname()[1]
        for level, kind, data in notes:
            own, note = came_to(kind, data)
            own = own.removeprefix("::ffff:")
            line = f"{self.name} {spell((own, port))} saw {spell(peer)}\n".encode()
            self.log(line)
            if port == DNS and is_question(asked):
                line = dns_answer(asked, (self.name.encode(), *EXAMPLES), own)
            listener.sendmsg([line], [(level, kind, note)], 0, peer)

    def read(self, client: Client) -> None:
        """Take what came; after the answer it is thrown away (closing a socket with unread
        data would send a reset, which can overtake the answer)."""
        try:
            data = client.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if client.answered and not data:
            self.drop(client)
        elif not client.answered:
            client.asked += data
            if not data or not unsure(client.asked):
                self.answer(client)

    def log(self, line: bytes) -> None:
        """Print the answer, too: `nsnet logs` shows it. Only so often: the log is in memory."""
        self.logged += 1
        if self.logged <= LOG_LINES:
            posix.write(1, line)

    def answer(self, client: Client) -> None:
        line = f"{self.name} {spell(client.sock.getsockname())} saw {client.peer}\n".encode()
        self.log(line)
        try:
            client.sock.send(page(client.asked, line) if client.asked else line)
            client.sock.shutdown(_socket.SHUT_WR)
        except OSError:
            pass  # It left without waiting; reading will notice.
        client.answered, client.deadline = True, time.monotonic() + FAREWELL

    def expire(self, now: float) -> None:
        for client in [c for c in self.clients.values() if c.deadline <= now]:
            if client.answered:
                self.drop(client)
            else:
                self.answer(client)

    def drop(self, client: Client) -> None:
        del self.clients[client.sock.fileno()]
        client.sock.close()


def unsure(asked: bytes) -> bool:
    """Could this still become the beginning of a request?"""
    return any(len(asked) < len(m) and m.startswith(asked) for m in METHODS)


def page(asked: bytes, line: bytes) -> bytes:
    """The line as an HTTP response, if it was HTTP that asked."""
    if not asked.startswith(METHODS):
        return line
    head = f"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(line)}\r\n\r\n"
    return head.encode() + (b"" if asked.startswith(b"HEAD ") else line)


def is_question(data: bytes) -> bool:
    """Is it a query with one question (RFC 1035 section 4.1.1)?"""
    return len(data) >= 17 and not data[2] & 0xF8 and data[4:6] == b"\0\1"


def dns_answer(query: bytes, names: tuple[bytes, ...], own: str) -> bytes:
    """The IPv4 address `own` for one of `names` and what is below it; nothing for their other
    records; NXDOMAIN for all other names. A response has the question in it, too."""
    at, labels = 12, []
    while at < len(query) and query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]])
        at += 1 + query[at]
    name, kind = b".".join(labels).lower(), query[at + 1 : at + 5]
    known = any(name == each or name.endswith(b"." + each) for each in names)
    records = b""
    if known and kind == b"\0\1\0\1" and ":" not in own:
        address = _socket.inet_aton(own)
        records = b"\xc0\x0c" + kind + b"\0\0\0\x3c\0\4" + address  # for 60 seconds
    code = 0 if known else 3
    head = query[:2] + bytes((0x84 | query[2] & 1, 0x80 | code)) + b"\0\1"
    return head + bytes((0, bool(records))) + bytes(4) + query[12 : at + 5] + records


def spell(address: tuple) -> str:  # type: ignore[type-arg]
    """``1.2.3.4:80`` or ``[fd00::1]:80``; an IPv4 address in IPv6's clothes loses them."""
    host, port = address[0].removeprefix("::ffff:"), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def came_to(kind: int, data: bytes) -> tuple[str, bytes]:
    """The address a datagram was sent to (struct in_pktinfo, in6_pktinfo), and the note that
    makes the answer leave from there, by whichever interface the routes say."""
    if kind == IP_PKTINFO:
        return _socket.inet_ntop(_socket.AF_INET, data[8:12]), bytes(4) + data[8:12] + bytes(4)
    return _socket.inet_ntop(_socket.AF_INET6, data[:16]), data[:16] + bytes(4)


def inherited() -> list[_socket.socket]:
    """The sockets that were handed over (sd_listen_fds(3))."""
    if posix.environ.get(b"LISTEN_PID") != str(posix.getpid()).encode():
        return []
    count = int(posix.environ.get(b"LISTEN_FDS", b"0"))
    return [_socket.socket(fileno=fd) for fd in range(3, 3 + count)]


def bind(word: str) -> _socket.socket:
    """Listen on ``tcp:80`` or ``udp:53``, for IPv6 and IPv4 if there are both, or on one address:
    ``tcp:127.0.0.1:80``, ``tcp:::1:80``."""
    protocol, _, where = word.partition(":")
    address, _, port = where.rpartition(":")
    kind = {"tcp": _socket.SOCK_STREAM, "udp": _socket.SOCK_DGRAM}[protocol]
    if address and ":" not in address:
        sock = _socket.socket(_socket.AF_INET, kind)
    else:
        sock, address = _for_all(kind, address)
    if protocol == "tcp":
        sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    sock.bind((address, int(port)))
    if protocol == "tcp":
        sock.listen(1024)
    return sock


def _for_all(kind: int, address: str) -> tuple[_socket.socket, str]:
    """A socket of IPv6 that takes IPv4 too, or of IPv4 where there is nothing else."""
    try:
        sock = _socket.socket(_socket.AF_INET6, kind)
        sock.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 0)
        return sock, address or "::"
    except OSError:
        return _socket.socket(_socket.AF_INET, kind), address or "0.0.0.0"


def listeners(words: list[str]) -> list[_socket.socket]:
    """Listen on all of them, or say which one cannot be had, and end."""
    found = []
    for word in words:
        try:
            found.append(bind(word))
        except OSError as error:
            told = f"cannot listen on {word}: {error.strerror}\n"
            posix.write(2, told.encode())
            posix._exit(1)
    return found


def note_addresses(sock: _socket.socket) -> None:
    """Ask the kernel which of our addresses each datagram was sent to."""
    if sock.family == _socket.AF_INET6:
        sock.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(_socket.IPPROTO_IP, IP_PKTINFO, 1)


def leave(number: int, frame: object) -> None:
    """End at once and without complaint, also as pid 1, where no signal does so by itself."""
    posix._exit(0)


def main(words: list[str]) -> None:
    """``--name NAME`` and ports, in any order; with ``--silent`` it lets go of its terminal as soon
    as it listens."""
    name = "stub"
    silent = "--silent" in words
    words = [word for word in words if word != "--silent"]
    if "--name" in words:
        at = words.index("--name")
        name = words[at + 1]
        del words[at : at + 2]
    _signal.signal(_signal.SIGTERM, leave)
    _signal.signal(_signal.SIGINT, leave)
    _signal.signal(_signal.SIGCHLD, _signal.SIG_IGN)  # As pid 1: orphans bury themselves.
    sockets = inherited() or listeners(words)
    if silent:
        null = posix.open("/dev/null", posix.O_RDWR)
        for fd in range(3):
            posix.dup2(null, fd)
    for sock in sockets:
        if sock.type == _socket.SOCK_DGRAM:
            note_addresses(sock)
    Stub(name, sockets).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
