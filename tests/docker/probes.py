"""The questions that are asked from one place about another, and those who answer them.

A listener answers with its own name and the address that it was asked from, so that an answer
tells who was reached and how the caller looked from there. Every outcome is a short text:
``web 172.18.0.3`` (who answered, whom it saw), ``ok`` (a ping), ``!timeout`` (why nobody did).
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import socket
import struct
from collections.abc import Mapping, Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset

from tests.docker.places import OUTSIDE, UPSTREAM, Place

_ERRORS = {
    errno.ECONNREFUSED: "!refused",
    errno.ETIMEDOUT: "!timeout",
    errno.EHOSTUNREACH: "!hostunreach",
    errno.ENETUNREACH: "!netunreach",
    errno.ECONNRESET: "!reset",
    errno.EPERM: "!eperm",
    errno.EACCES: "!eacces",
    errno.EADDRNOTAVAIL: "!addrnotavail",
    errno.EINVAL: "!einval",
}
#: What the outside name server knows; everything else is NXDOMAIN.
_ZONE = {"ext.example.test.", "www.google.com."}
_ECHO = {socket.AF_INET: (8, 0, 3), socket.AF_INET6: (128, 129, 1)}
_numbers = itertools.count(1)


def why(error: OSError) -> str:
    """A failed call, as an outcome."""
    if isinstance(error, TimeoutError):
        return "!timeout"
    return _ERRORS.get(error.errno or 0, f"!{error.strerror}")


def family(address: str) -> socket.AddressFamily:
    """The address family of an address in text."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Listeners:
    """Everybody who answers, until they are closed."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []

    def listen(self, place: Place, name: str, port: int, protocol: str) -> str:
        """Answer at a port, of both address families where there are both; "" or the error."""
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        try:
            try:
                server = place.socket(socket.AF_INET6, kind)
                server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                self._bind(server, "::", port)
            except OSError as error:
                server.close()
                if error.errno == errno.EADDRINUSE:
                    raise
                server = place.socket(socket.AF_INET, kind)
                self._bind(server, "0.0.0.0", port)
        except OSError as error:
            return "!EADDRINUSE" if error.errno == errno.EADDRINUSE else why(error)
        if protocol == "tcp":
            server.listen(256)
        self._loop.add_reader(server, _accept if protocol == "tcp" else _reply, server, name)
        return ""

    def upstream(self, place: Place) -> None:
        """The name server of the outside world."""
        server = place.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._bind(server, UPSTREAM, 53)
        self._loop.add_reader(server, _name_server, server)

    def _bind(self, server: socket.socket, address: str, port: int) -> None:
        self._sockets.append(server)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        server.bind((address, port))

    def close(self) -> None:
        """Nobody answers any more. (An open socket would keep its namespace alive.)"""
        for server in self._sockets:
            if server.fileno() >= 0:
                self._loop.remove_reader(server)
                server.close()


def _seen(name: str, peer: tuple[str, int]) -> bytes:
    return f"{name} {peer[0].removeprefix('::ffff:')}\n".encode()


def _accept(server: socket.socket, name: str) -> None:
    try:
        client, peer = server.accept()
        with client:
            client.sendall(_seen(name, peer))
    except OSError:
        pass


def _reply(server: socket.socket, name: str) -> None:
    try:
        _, peer = server.recvfrom(2048)
        server.sendto(_seen(name, peer), peer)
    except OSError:
        pass


def _name_server(server: socket.socket) -> None:
    try:
        packet, peer = server.recvfrom(4096)
        query = dns.message.from_wire(packet)
        answer = dns.message.make_response(query, recursion_available=True)
        asked = query.question[0]
        if asked.name.to_text().lower() not in _ZONE:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", OUTSIDE))
        server.sendto(answer.to_wire(), peer)
    except (OSError, dns.exception.DNSException):
        pass


async def tcp(place: Place, address: str, port: int, wait: float) -> str:
    """Connect and hear who it is."""
    return await _ask(place, address, port, socket.SOCK_STREAM, b"", wait)


async def udp(place: Place, address: str, port: int, wait: float) -> str:
    """Ask over a connected socket, which hears only whom it asked."""
    return await _ask(place, address, port, socket.SOCK_DGRAM, b"who\n", wait)


async def _ask(place: Place, address: str, port: int, kind: int, text: bytes, wait: float) -> str:
    loop = asyncio.get_running_loop()
    try:
        with place.socket(family(address), kind) as client:
            async with asyncio.timeout(wait):
                await loop.sock_connect(client, (address, port))
                if text:
                    await loop.sock_sendall(client, text)
                heard = await loop.sock_recv(client, 512)
    except OSError as error:
        return why(error)
    return heard.decode().strip() if heard else "!connected-then-eof"


class Pings:
    """The echo requests of one place and one address family, over one raw socket."""

    def __init__(self, place: Place, of: socket.AddressFamily) -> None:
        self._family = of
        protocol = socket.IPPROTO_ICMP if of == socket.AF_INET else socket.IPPROTO_ICMPV6
        self._socket = place.socket(of, socket.SOCK_RAW, protocol)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._waiting: dict[int, asyncio.Future[str]] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    async def ping(self, address: str, wait: float) -> str:
        """``ok``, or why not."""
        number = next(_numbers) & 0xFFFF
        answer = self._waiting[number] = self._loop.create_future()
        try:
            self._socket.sendto(self._packet(number), (address, 0))
            async with asyncio.timeout(wait):
                return await answer
        except OSError as error:
            return why(error)
        finally:
            del self._waiting[number]

    def _packet(self, number: int) -> bytes:
        kind = _ECHO[self._family][0]
        plain = struct.pack("!BBHHH", kind, 0, 0, number, 1) + bytes(24)
        if self._family == socket.AF_INET6:  # the kernel fills the checksum in
            return plain
        total = sum(struct.unpack("!16H", plain))
        total = (total & 0xFFFF) + (total >> 16)
        return struct.pack("!BBHHH", kind, 0, ~total & 0xFFFF, number, 1) + bytes(24)

    def _read(self) -> None:
        while True:
            try:
                packet = self._socket.recv(2048)
            except OSError:
                return
            if self._family == socket.AF_INET:
                packet = packet[(packet[0] & 15) * 4 :]
            self._heard(packet)

    def _heard(self, packet: bytes) -> None:
        request, reply, unreachable = _ECHO[self._family]
        outcome = "ok" if packet[0] == reply else f"!icmp-unreach-{packet[1]}"
        if packet[0] == unreachable:
            packet = packet[8 + ((packet[8] & 15) * 4 if self._family == socket.AF_INET else 40) :]
            if not packet or packet[0] != request:
                return
        elif packet[0] != reply:
            return
        waiting = self._waiting.get(struct.unpack("!H", packet[4:6])[0])
        if waiting and not waiting.done():
            waiting.set_result(outcome)

    def close(self) -> None:
        """No more pings."""
        self._loop.remove_reader(self._socket)
        self._socket.close()


async def query(
    place: Place, server: str, name: str, kind: str, wait: float
) -> tuple[str, list[str]]:
    """One DNS question over UDP: the code (``!timeout`` and so on if there is no answer) and
    the values of the records of that kind."""
    loop = asyncio.get_running_loop()
    asked = dns.message.make_query(name, kind)
    try:
        with place.socket(family(server), socket.SOCK_DGRAM) as client:
            async with asyncio.timeout(wait):
                await loop.sock_connect(client, (server, 53))
                await loop.sock_sendall(client, asked.to_wire())
                answer = dns.message.from_wire(await loop.sock_recv(client, 65535))
    except OSError as error:
        return why(error), []
    found = [
        item.to_text().rstrip(".")
        for records in answer.answer
        if records.rdtype == asked.question[0].rdtype
        for item in records
    ]
    return f"!{dns.rcode.to_text(answer.rcode())}", found


def reverse(address: str) -> str:
    """The name to ask for a PTR record."""
    return dns.reversename.from_address(address).to_text()


def parse_resolv(text: str) -> tuple[list[str], list[str], int]:
    """The name servers, the search domains and ndots of a resolv.conf (resolv.conf(5))."""
    servers: list[str] = []
    search: list[str] = []
    ndots = 1
    for words in filter(None, (line.split() for line in text.splitlines())):
        if words[0] == "nameserver":
            servers.append(words[1])
        elif words[0] in ("search", "domain"):
            search = [word for word in words[1:] if word != "."]
        elif words[0] == "options":
            found = [word[6:] for word in words[1:] if word.startswith("ndots:")]
            ndots = int(found[-1]) if found else ndots
    return servers, search, ndots


def in_hosts(text: str, name: str) -> list[str]:
    """The addresses of a name in a hosts file (hosts(5))."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    wanted = name.lower()
    return [x[0] for x in lines if x and wanted in [word.lower() for word in x[1:]]]


async def resolve(place: Place, name: str, files: Mapping[str, str], wait: float) -> list[str]:
    """What a C library makes of a name, "files dns": how it was found and the addresses, or one
    word that starts with ``!``: the code of the last answer."""
    found = in_hosts(files["hosts"], name)
    if found:
        return ["hosts", *found]
    servers, search, ndots = parse_resolv(files["resolv.conf"])
    longer = [f"{name.rstrip('.')}.{domain}" for domain in search]
    last = "!NO-NAMESERVER"
    for candidate in [name, *longer] if name.count(".") >= ndots else [*longer, name]:
        for server in servers:
            last, answers = await _both(place, server, candidate, wait)
            if answers:
                return ["dns", *answers]
            if last[1:].isupper():
                break
    return [last]


async def _both(place: Place, server: str, name: str, wait: float) -> tuple[str, Sequence[str]]:
    code, found = await query(place, server, name, "A", wait)
    if code == "!timeout" and wait > 1:  # a race in conntrack on a busy machine loses a packet
        code, found = await query(place, server, name, "A", wait)
    if not code[1:].isupper():
        return code, found
    code6, found6 = await query(place, server, name, "AAAA", wait)
    if code6 == "!timeout" and wait > 1:
        code6, found6 = await query(place, server, name, "AAAA", wait)
    return code, [*found, *found6]
