"""The relay: callers of the host over IPv6 reach containers that have IPv4 only.

The kernel translates published ports within one address family. What is left, callers of ``[::]``
and of ``::1``, Docker gives to its userland proxy, docker-proxy; so it is done here, by the
process that answers names anyway. The container sees its gateway as the caller.

A UDP answer leaves from the address that was called: docker-proxy's leave from the one that is
nearest to the caller, who may not know it (wanted difference).
"""

from __future__ import annotations

import _socket
import errno
from collections.abc import Callable
from contextlib import suppress

from .loop import Loop, Patience
from .ports import KINDS, Port, family, open_port
from .stream import Stream

#: No connection can be taken just now, for want of memory or files.
_TIRED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

#: Seconds without a datagram until a flow is forgotten (docker-proxy: UDPConnTrackTimeout), and
#: how many there may be.
FLOW_IDLE = 90.0
MOST_FLOWS = 4096

#: Seconds between two tries to have a port that a program of the host holds.
_BUSY = 1.0

#: Connections and datagrams that are taken in one go.
_BURST = 64
_MOST_BYTES = 65535

_IPV6_PKTINFO = 50  # include/uapi/linux/in6.h
_Peer = tuple[str, int] | tuple[str, int, int, int]
_Ancillary = list[tuple[int, int, bytes]]


class Relay:
    """All relayed ports of a host, by the names of their files. At most `most` connections."""

    def __init__(self, loop: Loop, most: int, handed: list[_socket.socket]) -> None:
        self.loop, self._most = loop, most
        self.streams: dict[Stream, None] = {}
        self.flows: Patience[Flow] = loop.patience(FLOW_IDLE, _close_flow)
        self._servers: dict[str, Server] = {}
        self._wanted: dict[str, Port] = {}
        self._busy = loop.patience(_BUSY, self._try)
        self.tired: Patience[Server] = loop.patience(_BUSY, _listen)
        self._handed = {_host_side(each): each for each in handed}

    def put(self, name: str, port: Port) -> None:
        """Have this port open, and lead its callers where it says."""
        server = self._servers.get(name)
        if server and server.port.host_side == port.host_side:
            server.lead(port)
            return
        self.drop(name)
        self._wanted[name] = port
        self._try(name)

    def drop(self, name: str) -> None:
        """Close a port and everything that came by it."""
        self._wanted.pop(name, None)
        self._busy.take(name)
        server = self._servers.pop(name, None)
        if server:
            server.close()

    def settle(self) -> None:
        """What was handed over and nobody wants is closed."""
        for sock in self._handed.values():
            sock.close()
        self._handed.clear()

    def serves(self, name: str) -> bool:
        """Is it open?"""
        return name in self._servers

    @property
    def names(self) -> set[str]:
        """The ports that it is to have."""
        return {*self._servers, *self._wanted}

    @property
    def full(self) -> bool:
        """Are there as many connections as there may be?"""
        return len(self.streams) >= self._most

    def rested(self) -> None:
        """There is room for connections again."""
        for server in self._servers.values():
            server.listen()

    def _try(self, name: str) -> None:
        port = self._wanted.get(name)
        if port is None:
            return
        try:
            sock = self._handed.pop(port.host_side, None) or open_port(port)
        except OSError:
            self._busy.put(name)
            return
        del self._wanted[name]
        kind = StreamServer if port.protocol == "tcp" else FlowServer
        self._servers[name] = kind(self, port, sock)


class Server:
    """A port of the host with its callers."""

    def __init__(self, relay: Relay, port: Port, sock: _socket.socket) -> None:
        self.relay, self.port, self.sock = relay, port, sock
        self._listening = False
        self.listen()

    def lead(self, port: Port) -> None:
        """Lead callers to where `port` says. Those of another target are lost with it."""
        if port.to != self.port.to:
            self.hang_up()
        self.port = port

    def close(self) -> None:
        """The end of the port and of its callers."""
        self.hang_up()
        self.pause()
        self.relay.tired.take(self)
        self.sock.close()

    def listen(self) -> None:
        """Take callers."""
        if not self._listening:
            self._listening = True
            self.relay.loop.watch(self.sock.fileno(), self.act)

    def pause(self) -> None:
        """Take none for now: the kernel lets them wait."""
        if self._listening:
            self._listening = False
            self.relay.loop.forget(self.sock.fileno())

    def act(self) -> None:
        """Somebody calls."""
        raise NotImplementedError

    def hang_up(self) -> None:
        """End what is going on."""
        raise NotImplementedError


class StreamServer(Server):
    """TCP: a connection to the container for each one that comes."""

    def __init__(self, relay: Relay, port: Port, sock: _socket.socket) -> None:
        self._streams: dict[Stream, None] = {}
        super().__init__(relay, port, sock)

    def act(self) -> None:
        for _ in range(_BURST):
            if self.relay.full:
                self.pause()
                return
            try:
                fd, _ = self.sock._accept()  # type: ignore[attr-defined]
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _TIRED:
                    self.pause()
                    self.relay.tired.put(self)
                    return
                continue  # This one has left already.
            stream = Stream(self.relay.loop, _socket.socket(fileno=fd), self.port.to, self._ended)
            if stream.open:
                self._streams[stream] = None
                self.relay.streams[stream] = None

    def hang_up(self) -> None:
        for stream in list(self._streams):
            stream.abort()

    def _ended(self, stream: Stream) -> None:
        if self._streams.pop(stream, self) is None:
            full = self.relay.full
            del self.relay.streams[stream]
            if full:
                self.relay.rested()


class FlowServer(Server):
    """UDP: a socket towards the container for each caller, so that answers find back."""

    def __init__(self, relay: Relay, port: Port, sock: _socket.socket) -> None:
        self._flows: dict[tuple[_Peer, bytes], Flow] = {}
        super().__init__(relay, port, sock)

    def act(self) -> None:
        with suppress(BlockingIOError):
            for _ in range(_BURST):
                self._pass_on()

    def _pass_on(self) -> None:
        data, ancillary, _, peer = self.sock.recvmsg(_MOST_BYTES, 64)
        info = next((text for _, kind, text in ancillary if kind == _IPV6_PKTINFO), b"")
        # The interface matters for link-local addresses only, and else stands in the way of
        # answers that have to leave by another one.
        called = info if info[:2] == b"\xfe\x80" else info[:16] + bytes(4) if info else b""
        flow = self._flows.get((peer, called))
        if flow is None:
            try:
                flow = self._flow(peer, called)
            except OSError:
                return
        flow.send(data)

    def _flow(self, peer: _Peer, called: bytes) -> Flow:
        flows = self.relay.flows
        if len(flows.items) >= MOST_FLOWS:
            next(iter(flows.items)).close()
        flow = Flow(self, peer, called)
        self._flows[peer, called] = flow
        return flow

    def forget(self, flow: Flow) -> None:
        """A flow has ended."""
        self._flows.pop((flow.peer, flow.called), None)

    def hang_up(self) -> None:
        for flow in list(self._flows.values()):
            flow.close()


class Flow:
    """The datagrams between one caller and the container."""

    __slots__ = ("_ancillary", "_server", "_sock", "called", "peer")

    def __init__(self, server: FlowServer, peer: _Peer, called: bytes) -> None:
        self._server, self.peer, self.called = server, peer, called
        self._ancillary: _Ancillary = []
        if called:
            self._ancillary = [(_socket.IPPROTO_IPV6, _IPV6_PKTINFO, called)]
        to = server.port.to
        self._sock = _socket.socket(family(to[0]), _socket.SOCK_DGRAM)
        try:
            self._sock.setblocking(False)
            self._sock.connect(to)
        except BaseException:
            self._sock.close()
            raise
        server.relay.loop.watch(self._sock.fileno(), self._answer)
        server.relay.flows.put(self)

    def send(self, data: bytes) -> None:
        """A datagram from the caller. What nobody takes is lost, as on the wire."""
        self._server.relay.flows.put(self)
        with suppress(OSError):
            self._sock.send(data)

    def _answer(self) -> None:
        try:
            data = self._sock.recv(_MOST_BYTES)
        except OSError:
            return  # Nothing, or "port unreachable": the next datagram may find somebody.
        self._server.relay.flows.put(self)
        with suppress(OSError):
            self._server.sock.sendmsg([data], self._ancillary, 0, self.peer)

    def close(self) -> None:
        """The end of the flow."""
        self._server.forget(self)
        self._server.relay.flows.take(self)
        self._server.relay.loop.forget(self._sock.fileno())
        self._sock.close()


_close_flow: Callable[[Flow], None] = Flow.close
_listen: Callable[[Server], None] = Server.listen


def _host_side(sock: _socket.socket) -> tuple[str, str, int]:
    protocol = next(name for name, kind in KINDS.items() if kind == sock.type)
    address, number = sock.getsockname()[:2]
    return protocol, address, number
