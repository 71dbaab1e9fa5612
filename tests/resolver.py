"""What the tests of the resolver share: containers, upstreams and clients in namespaces that
were made by `ip`, and an independent client (dnspython)."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from nsnet.kernel.syscalls import CLONE_NEWNET, setns
from nsnet.resolver import service

ADDRESS, PORT = "127.0.0.11", 61053


def socket_in(netns: str, kind: int, family: int = socket.AF_INET) -> socket.socket:
    """A socket in a named namespace ("" is the host)."""
    if not netns:
        return socket.socket(family, kind)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        setns(there, CLONE_NEWNET)
        return socket.socket(family, kind)
    finally:
        setns(home, CLONE_NEWNET)
        os.close(home)
        os.close(there)


class Scene:
    """A host with a state folder: bridge br0 (172.18.0.1, fd00::1), containers and upstreams."""

    def __init__(self) -> None:
        self.folder = f"/run/nsnet/test{os.getpid()}"  # Other workers have theirs.
        self.upstreams: dict[str, Upstream] = {}
        self._wired = 0
        os.makedirs(f"{self.folder}/names")

    def bridge(self) -> None:
        _ip("link", "add", "br0", "type", "bridge")
        _ip("address", "add", "172.18.0.1/16", "dev", "br0")
        _ip("link", "set", "br0", "up")

    def space(self, name: str, address: str = "", lo: bool = True) -> None:
        """A namespace; with an address, one with a cable to the bridge."""
        _ip("netns", "add", name)
        if lo:
            _ip("-n", name, "link", "set", "lo", "up")
        if address:
            self._wired += 1
            cable = f"v{self._wired}"
            _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", cable, "master", "br0", "up")
            _ip("-n", name, "address", "add", f"{address}/16", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")

    def tell(self, name: str, *networks: dict[str, Any], **more: Any) -> None:
        """Write a container's file, as nsnet does: by a rename."""
        told = {"netns": f"/run/netns/{name}", "port": PORT, "networks": networks}
        text = json.dumps({**told, "links": {}, "dns": [], **more})
        draft = Path(f"{self.folder}/names/{name}.json.draft")
        draft.write_text(text)
        draft.replace(f"{self.folder}/names/{name}.json")

    def untell(self, name: str) -> None:
        os.unlink(f"{self.folder}/names/{name}.json")

    def serve(self, *names: str) -> None:
        """Start the resolver if need be, and wait until these containers are served."""
        service.start(self.folder)
        assert service.await_served(self.folder, names, 5) == []

    def upstream(self, name: str, address: str) -> Upstream:
        """A fake upstream in a namespace of its own, on the bridge."""
        self.space(name, address)
        made = Upstream(name, address, netns=name)
        self.upstreams[name] = made
        return made

    def end(self) -> None:
        """Take everything away."""
        service.stop(self.folder)
        for upstream in self.upstreams.values():
            upstream.close()
        for _, name in socket.if_nameindex():
            if name == "br0" or name.startswith("v"):
                subprocess.run(["ip", "link", "delete", name], check=False, capture_output=True)
        for line in _ip("netns", "list").splitlines():
            _ip("netns", "delete", line.split()[0])
        subprocess.run(["rm", "-r", "/run/nsnet"], check=True)
        if os.path.isdir("/run/netns"):
            subprocess.run(["umount", "/run/netns"], check=False, stderr=subprocess.DEVNULL)
            os.rmdir("/run/netns")


def place(network: str, ipv4: str, *names: str, ipv6: str = "") -> dict[str, Any]:
    """A container's place on a network."""
    return {"name": network, "ipv4": ipv4, "ipv6": ipv6, "names": names}


def ask(
    netns: str,
    name: str,
    kind: str = "A",
    *,
    tcp: bool = False,
    timeout: float = 10,
    port: int = PORT,
    **more: Any,
) -> dns.message.Message | None:
    """The response to one question from a namespace; None if there is none in time."""
    query = dns.message.make_query(name, kind, **more)
    with socket_in(netns, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as sock:
        try:
            if tcp:
                sock.settimeout(timeout)
                sock.connect((ADDRESS, port))
                sock.setblocking(False)
                return dns.query.tcp(query, ADDRESS, timeout, port, sock=sock)
            sock.setblocking(False)
            return dns.query.udp(query, ADDRESS, timeout, port, sock=sock)
        except (dns.exception.Timeout, OSError, EOFError):
            return None


def texts(response: dns.message.Message | None) -> list[str]:
    """The records of an answer, as text."""
    assert response is not None, "no answer"
    return [item.to_text() for record in response.answer for item in record]


def code(response: dns.message.Message | None) -> str:
    """The response code; "" if there was no answer."""
    return "" if response is None else dns.rcode.to_text(response.rcode())


class Upstream:
    """A DNS server that does to every question what its name says: ``x.u1-refused.u2-nx`` is
    refused by u1, and unknown to u2. Else the answer is 192.0.2.N, N from its own name.

    `heard` is what it was asked: (name, type, "udp" or "tcp", the asker's address).
    """

    def __init__(self, name: str, address: str, netns: str = "", number: int = 0) -> None:
        self._name, self._number = name, number or int(name[1:])
        self.address = address
        self.heard: list[tuple[str, str, str, str]] = []
        self.queries: list[bytes] = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._udp = socket_in(netns, socket.SOCK_DGRAM, family)
        self._udp.bind((address, 53))
        self._tcp = socket_in(netns, socket.SOCK_STREAM, family)
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._tcp.bind((address, 53))
        self._tcp.listen()
        self._threads = [
            threading.Thread(target=self._serve_udp, daemon=True),
            threading.Thread(target=self._serve_tcp, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        for sock in (self._udp, self._tcp):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._udp.close()
        self._tcp.close()

    def names(self) -> list[str]:
        return [name for name, *_ in self.heard]

    def _serve_udp(self) -> None:
        while True:
            try:
                data, peer = self._udp.recvfrom(65535)
            except OSError:
                return
            if not data:
                return
            for response in self._responses(data, "udp", peer[0]):
                self._udp.sendto(response, peer)

    def _serve_tcp(self) -> None:
        while True:
            try:
                sock, peer = self._tcp.accept()
            except OSError:
                return
            with sock, suppress(OSError):  # A resolver that is ended hangs up.
                sock.settimeout(10)
                head = sock.recv(2, socket.MSG_WAITALL)
                data = sock.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
                if not data:
                    continue
                responses = self._responses(data, "tcp", peer[0])
                for response in responses:
                    sock.sendall(struct.pack(">H", len(response)) + response)
                if not responses:
                    sock.recv(1)  # Silence is no hanging up: that would be an answer.

    def _responses(self, data: bytes, protocol: str, peer: str) -> list[bytes]:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        self.heard.append((name, dns.rdatatype.to_text(question.rdtype), protocol, peer))
        self.queries.append(data)
        what = ""
        for label in name.lower().split("."):
            if label.startswith(f"{self._name}-"):
                what = label.partition("-")[2]
        return [] if what == "silent" else self._made(query, what, protocol)

    def _made(self, query: dns.message.Message, what: str, protocol: str) -> list[bytes]:
        response = dns.message.make_response(query, recursion_available=True)
        codes = {"refused": "REFUSED", "fails": "SERVFAIL", "nx": "NXDOMAIN", "nxaa": "NXDOMAIN"}
        response.set_rcode(dns.rcode.from_text(codes.get(what, "NOERROR")))
        if what == "nxaa":
            response.flags |= dns.flags.AA
        if what == "truncated" and protocol == "udp":
            response.flags |= dns.flags.TC
        elif what not in codes:
            kind = query.question[0]
            if kind.rdtype == dns.rdatatype.A:
                response.answer.append(
                    dns.rrset.from_text(kind.name, 60, "IN", "A", f"192.0.2.{self._number}")
                )
        good = response.to_wire()
        wrong_id = bytes((good[0] ^ 1,)) + good[1:-1] + b"\x63"
        forged = dns.message.make_response(dns.message.make_query("forged.test", "A"))
        forged.id = query.id
        liars = {"liar": [wrong_id, forged.to_wire(), good], "garbage": [good[:7], good]}
        return liars.get(what, [good])


def sockets(pid: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with suppress(FileNotFoundError):  # Closed meanwhile.
            count += os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")
    return count


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout
