"""The keeper's side of an attached command."""

from __future__ import annotations

import socket

from nsnet.kernel.relay import STATUS, Client, Stream, frame


def test_the_end_is_told_also_where_there_is_no_room_for_it_yet() -> None:
    here, there = socket.socketpair()
    client = Client(here.detach(), 0)
    stream = Stream.__new__(Stream)
    stream.size, stream.pieces, stream.status, stream.clients = 0, [], 3, [client]
    client.outbox += bytes(1 << 20)
    client.send()
    room = len(client.outbox)
    assert room, "the socket takes everything: the test shows nothing"
    client.outbox.clear()
    stream._feed(client)
    assert stream.clients == [client]
    seen = bytearray()
    there.settimeout(5)
    while stream.clients or (data := there.recv(1 << 16)) != b"":
        if stream.clients:
            seen += there.recv(1 << 16)
            stream._feed(client)
        else:
            seen += data
    there.close()
    assert seen.endswith(frame(STATUS, b"3"))
    assert seen.count(frame(STATUS, b"3")) == 1
