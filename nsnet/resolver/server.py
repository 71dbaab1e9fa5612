"""The serving process: it keeps sockets and names as the names folder tells, and relays the
ports that the ports folder tells of.

A file ``NAME.json`` tells of one container: where its namespace is, at which port to listen
there, its names and addresses, its links and upstreams. Files are looked at when the kernel
tells that they have changed (inotify), or when somebody asks whether they are served.
"""

from __future__ import annotations

import _socket
import os
import resource
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from ..kernel import inotify
from . import spaces
from .book import Book, parse
from .forward import Forwarder
from .loop import Loop
from .place import CONTROL, NAMES, PORTS
from .sandbox import IDLE, Client, Sandbox

if TYPE_CHECKING:
    from .relay import Relay

_SUFFIX = ".json"

#: How a port is asked after, to tell it from a container.
_PORT = f"{PORTS}/"

#: A namespace that is not there yet is looked for so often (seconds), and so many times.
_AGAIN, _TIMES = 0.05, 200

#: Foreign namespaces (/proc/PID/ns/net) go without a word: seconds between looks.
_FOREIGN = 2.0

#: Bytes of one question to us.
_MOST_ASKED = 1 << 17

_FILES = inotify.IN_MOVED_TO | inotify.IN_CLOSE_WRITE | inotify.IN_DELETE | inotify.IN_MOVED_FROM
_SELF = inotify.IN_DELETE_SELF | inotify.IN_MOVE_SELF
_ENDED = _SELF | inotify.IN_UNMOUNT | inotify.IN_IGNORED
_SPACES = inotify.IN_CREATE | inotify.IN_DELETE | inotify.IN_MOVED_TO

_Signature = tuple[int, int, int]


class Ended(Exception):
    """The names folder has gone: there is nothing left to serve."""


class Server:
    """Everything for one host. Raises `Ended` if there is no names folder. `handed` are sockets
    of ports that were opened for us."""

    def __init__(self, folder: str, handed: Iterable[int] = ()) -> None:
        self._names, self._ports = f"{folder}/{NAMES}", f"{folder}/{PORTS}"
        self._folder, self._handed = folder, list(handed)
        self._relay: Relay | None = None
        self.loop = Loop()
        self._book = Book()
        self._boxes: dict[str, Sandbox] = {}
        self._seen: dict[str, _Signature] = {}
        self._by_netns: dict[str, str] = {}
        files = _more_files()
        self._forwarder = Forwarder(self.loop, files // 2)
        self._most_streams = files // 8  # each has two files
        self._clients = self.loop.patience(IDLE, Client.close)
        self._missing = self.loop.patience(_AGAIN, self._look_again)
        self._tries: dict[str, int] = {}
        self._foreign = self.loop.patience(_FOREIGN, self._look_at_foreign)
        self._watch = inotify.Folders()
        if not self._watch.add(self._names, _FILES | _SELF):
            raise Ended
        self._watch.add(self._ports, _FILES)
        self.loop.watch(self._watch.fd, self._changed)
        self._control = _control(folder)
        self.loop.watch(self._control.fileno(), self._accept)
        self._refresh_all()

    def run(self) -> NoReturn:
        """Serve until the folder goes; then `Ended` is raised."""
        self.loop.run()

    def _refresh_all(self) -> None:
        try:
            files = os.listdir(self._names)
        except FileNotFoundError:
            raise Ended from None
        found = {each.removesuffix(_SUFFIX) for each in files if each.endswith(_SUFFIX)}
        self._refresh({*self._seen} - found)
        self._refresh(found)
        self._refresh_all_ports()

    def _changed(self) -> None:
        """inotify has something to tell."""
        touched: dict[str, None] = {}
        ports: dict[str, None] = {}
        for folder, mask, name in self._watch.events():
            if mask & inotify.IN_Q_OVERFLOW:
                self._refresh_all()
            elif folder == self._ports:
                if name.endswith(_SUFFIX):
                    ports[name.removesuffix(_SUFFIX)] = None
            elif folder != self._names:
                container = self._by_netns.get(f"{folder}/{name}")
                if container is not None:
                    touched[container] = None
            elif mask & _ENDED:
                raise Ended
            elif name.endswith(_SUFFIX):
                touched[name.removesuffix(_SUFFIX)] = None
        self._refresh(touched)
        if ports:
            self._refresh_ports(ports)

    def _refresh(self, names: Iterable[str]) -> None:
        """Make it so as the files of these containers say; those that have gone go first, as
        another one may be waiting for their place."""
        there = []
        for name in names:
            if os.path.exists(f"{self._names}/{name}{_SUFFIX}"):
                there.append(name)
            else:
                self._forget(name)
        for name in there:
            if self._read(name):
                self._tries[name] = 0
                self._serve(name)
        for box in self._boxes.values():
            box.cache.clear()

    def _refresh_all_ports(self) -> None:
        from . import ports  # needs less than the relay does

        found = [name for name, _ in ports.ports(self._folder)]
        self._refresh_ports([*(self._relay.names if self._relay else ()), *found])
        if self._relay:
            self._relay.settle()

    def _refresh_ports(self, names: Iterable[str]) -> None:
        """Relay what the files of these ports say. Nothing is loaded for it where there is
        nothing to relay."""
        from . import ports

        self._watch.add(self._ports, _FILES)
        there = []
        for name in names:
            try:
                with open(f"{self._ports}/{name}{_SUFFIX}", "rb") as file:
                    port = ports.parse(file.read())
            except OSError:
                port = None
            if port:
                there.append((name, port))
            elif self._relay:
                self._relay.drop(name)
        if (there or self._handed) and not self._relay:
            from .relay import Relay

            handed = [_socket.socket(fileno=fd) for fd in self._handed]
            self._relay = Relay(self.loop, self._most_streams, handed)
        for name, port in there:
            assert self._relay
            self._relay.put(name, port)

    def _read(self, name: str) -> bool:
        """Read a container's file if it is not the one that we know. A file that cannot be
        understood counts as none."""
        try:
            with open(f"{self._names}/{name}{_SUFFIX}", "rb") as file:
                status = os.fstat(file.fileno())
                signature = (status.st_ino, status.st_mtime_ns, status.st_size)
                if self._seen.get(name) == signature:
                    return name in self._book.entries
                entry = parse(name, file.read())
        except OSError:
            entry = None
        if entry is None:
            self._forget(name)
            return False
        old = self._book.entries.get(name)
        if old is not None:
            self._by_netns.pop(old.netns, None)
        self._book.put(entry)
        self._seen[name] = signature
        if entry.port:
            self._by_netns[entry.netns] = name
        return True

    def _forget(self, name: str) -> None:
        entry = self._book.entries.get(name)
        if entry is not None and self._by_netns.get(entry.netns) == name:
            del self._by_netns[entry.netns]
        self._book.drop(name)
        self._seen.pop(name, None)
        self._leave(name)
        self._missing.take(name)
        self._foreign.take(name)
        self._tries.pop(name, None)

    def _leave(self, name: str) -> None:
        box = self._boxes.pop(name, None)
        if box is not None:
            box.close()

    def _serve(self, name: str) -> None:
        """Have sockets in the container's namespace of now, and in no other one."""
        entry = self._book.entries[name]
        box = self._boxes.get(name)
        inode = spaces.inode(entry.netns) if entry.port else 0
        if box is not None:
            if inode == box.inode and entry.port == box.port:
                box.entry = entry
                return
            self._leave(name)
        if not entry.port:
            return
        if entry.netns.startswith("/proc/"):
            self._foreign.put(name)
        else:
            self._watch.add(os.path.dirname(entry.netns), _SPACES)
        try:
            self._boxes[name] = Sandbox(entry, self._book, self._forwarder, self._clients)
            self._missing.take(name)
        except OSError:
            self._missing.put(name)

    def _look_again(self, name: str) -> None:
        """A namespace was not there, or its port was taken; in the end we wait for an event."""
        self._tries[name] = self._tries.get(name, 0) + 1
        if self._tries[name] < _TIMES and name in self._book.entries:
            self._serve(name)

    def _look_at_foreign(self, name: str) -> None:
        if name in self._book.entries:
            self._foreign.put(name)
            self._serve(name)

    def _accept(self) -> None:
        """Somebody wants to know whether containers are served."""
        try:
            fd, _ = self._control._accept()  # type: ignore[attr-defined]
        except OSError:
            return
        sock = _socket.socket(fileno=fd)
        sock.setblocking(False)
        self.loop.watch(fd, lambda: self._tell(sock))

    def _tell(self, sock: _socket.socket) -> None:
        """A message is a list of names, those of ports as ``ports/NAME``; the answer is the list
        of those that are served, by their files as they are at this moment."""
        import json

        try:
            asked = json.loads(sock.recv(_MOST_ASKED))
            words = [each for each in asked if isinstance(each, str)]
            names = [each for each in words if "/" not in each]
            self._refresh(names)
            served = [each for each in names if self._is_served(each)]
            ports = [each for each in words if each.startswith(_PORT) and each.count("/") == 1]
            if ports:
                self._refresh_ports([each.removeprefix(_PORT) for each in ports])
                served += [each for each in ports if self._relays(each.removeprefix(_PORT))]
            sock.send(json.dumps(served).encode())
        except BlockingIOError:
            return
        except (OSError, ValueError, TypeError):
            self.loop.forget(sock.fileno())
            sock.close()

    def _is_served(self, name: str) -> bool:
        """Are its sockets open? (One that asks nobody, with port 0, needs none.)"""
        entry = self._book.entries.get(name)
        return name in self._boxes or (entry is not None and not entry.port)

    def _relays(self, name: str) -> bool:
        return self._relay is not None and self._relay.serves(name)


def _control(folder: str) -> _socket.socket:
    """The socket that `service` talks to. Its path is short, whatever the folder's is."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(FileNotFoundError):
            os.unlink(CONTROL, dir_fd=at)
        sock = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        before = os.umask(0o177)
        try:
            sock.bind(f"/proc/self/fd/{at}/{CONTROL}")
        finally:
            os.umask(before)
    finally:
        os.close(at)
    sock.listen(64)
    sock.setblocking(False)
    return sock


def _more_files() -> int:
    """Raise the limit of open files to what we may have; how many that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1 << 16 if hard == resource.RLIM_INFINITY else min(hard, 1 << 16)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
