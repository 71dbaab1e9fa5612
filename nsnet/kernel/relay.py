"""The keeper's part for commands that someone may attach to: terminals, pipes, clients.

What a command prints goes into its log first, and every client reads it from there at its own
pace. So a client that does not read holds up nobody and costs no memory, and nothing is lost
for one that is slow. (A client that does read, but slowly, holds the command up, as a terminal
would; otherwise the log would grow for nothing.)

A client speaks in frames over a unix socket: a byte for the kind, the length (4 bytes, network
order), the content. See the constants. It runs inside `keeper.py` and, like that, on C modules
alone; `attach.py` has the other end.
"""

import posix
import sys
from _socket import AF_UNIX, SOCK_STREAM, socket
from select import POLLERR, POLLHUP, POLLIN, POLLOUT
from time import monotonic

#: From the keeper: output of the command; its exit status in decimal, the last frame of all.
STDOUT, STDERR, STATUS = b"o", b"e", b"x"
#: From the client: input; its end; the size of the terminal ("ROWS COLUMNS"); a signal's number.
STDIN, STDIN_END, SIZE, SIGNAL = b"i", b"f", b"w", b"k"

HEAD = 5
_BLOCK = 1 << 16
#: How far a client may be behind before the command has to wait for it, in bytes, and how long
#: it is waited for when it takes nothing at all, in seconds.
_BEHIND, _PATIENCE = 1 << 20, 2.0
#: How many changes between stdout and stderr are remembered for those that are behind.
_PIECES = 10000


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """A frame as it travels."""
    return kind + len(content).to_bytes(4, "big") + content


def take(inbox: bytearray) -> tuple[bytes, bytes] | None:
    """Take the first frame off `inbox`, as (kind, content); None if it is not there yet."""
    end = HEAD + int.from_bytes(inbox[1:HEAD], "big")
    if len(inbox) < HEAD or len(inbox) < end:
        return None
    found = bytes(inbox[:1]), bytes(inbox[HEAD:end])
    del inbox[:end]
    return found


class Client:
    """Someone attached; `place` is where in the log it reads on."""

    def __init__(self, fd: int, place: int, first: bool = False) -> None:
        posix.set_inheritable(fd, False)
        posix.set_blocking(fd, False)
        self.fd, self.place, self.first = fd, place, first
        self.inbox, self.outbox = bytearray(), bytearray()
        self.moved = monotonic()
        #: Has it been told how the command ended?
        self.told = False

    @property
    def stuck(self) -> bool:
        """Has it not taken anything for long?"""
        return monotonic() - self.moved > _PATIENCE

    def send(self) -> None:
        """Send what can be sent. Raises OSError when it is gone."""
        while self.outbox:
            try:
                count = posix.write(self.fd, self.outbox[:_BLOCK])
            except BlockingIOError:
                return
            del self.outbox[:count]
            self.moved = monotonic()


class Stream:
    """A command with its terminal or its pipes, its log and its clients.

    `sources` are (fd, kind) of its output, `sink` the fd for its input (-1: none), `terminal`
    the master of its terminal (-1: it has none), `spare` its other side, `first` a client that
    was there before it. `listener` is bound to `path`, where it has made the inode `node`.
    """

    def __init__(
        self,
        pid: int,
        listener: int,
        path: str,
        node: int,
        log: int,
        sources: tuple[tuple[int, bytes], ...],
        sink: int,
        terminal: int,
        spare: int,
        first: int,
    ) -> None:
        self.pid, self.path, self.node, self.log = pid, path, node, log
        self.handle = posix.pidfd_open(pid, 0)
        self.listener = socket(AF_UNIX, SOCK_STREAM, 0, listener)
        self.sources, self.sink, self.terminal, self.spare = dict(sources), sink, terminal, spare
        self.size = posix.fstat(log).st_size
        self.pieces: list[tuple[int, bytes]] = []
        self.clients: list[Client] = []
        self.input = bytearray()
        self.input_ends = False
        self.status = -1
        for fd in (listener, log, *self.sources, sink, terminal, spare):
            if fd >= 0:
                posix.set_inheritable(fd, False)
        for fd in (listener, *self.sources, sink):
            if fd >= 0:
                posix.set_blocking(fd, False)
        if first >= 0:
            self.clients.append(Client(first, self.size, True))

    # --- what it waits for

    def wants(self) -> dict[int, int]:
        """The fds to wait for, with poll's events."""
        wanted = {client.fd: POLLOUT if client.outbox else 0 for client in self.clients}
        if self.status >= 0:
            return wanted
        wanted[self.handle] = wanted[self.listener.fileno()] = POLLIN
        if len(self.input) < _BLOCK:
            wanted = {fd: mask | POLLIN for fd, mask in wanted.items()}
        if not self.held():
            wanted |= dict.fromkeys(self.sources, POLLIN)
        if self.input and self.sink >= 0:
            wanted[self.sink] = wanted.get(self.sink, 0) | POLLOUT
        return wanted

    def held(self) -> bool:
        """Does a client that is reading need time?"""
        return any(self.size - c.place > _BEHIND and not c.stuck for c in self.clients)

    @property
    def idle(self) -> bool:
        """Is there nothing that only time can change?"""
        return self.status < 0 and not self.held()

    @property
    def over(self) -> bool:
        """Has it ended, and does every client know?"""
        return self.status >= 0 and not self.clients

    def ready(self, fd: int, events: int) -> None:
        """Do what can be done about `fd` now."""
        if fd == self.listener.fileno():
            self._accept()
        elif fd == self.sink and events & (POLLOUT | POLLERR):
            self._write_input()
        if fd in self.sources and events & (POLLIN | POLLHUP | POLLERR):
            self._read(fd)
        for client in [each for each in self.clients if each.fd == fd]:
            try:
                if events & (POLLIN | POLLHUP | POLLERR):
                    self._hear(client)
                self._feed(client)
            except (OSError, ValueError, OverflowError):
                self._drop(client)

    def tick(self) -> None:
        """Time has passed: those who wait for the end, and do not take it, are given up."""
        if self.status >= 0:
            for client in [each for each in self.clients if each.stuck]:
                self._drop(client)

    def end(self) -> None:
        """The command has ended: take what it left, and close the door."""
        for fd in tuple(self.sources):
            while self._read(fd):
                pass
        self._accept()
        try:  # unless a later command of this container has put its own there
            if posix.stat(self.path).st_ino == self.node:
                posix.unlink(self.path)
        except OSError:
            pass
        self.listener.close()
        self._close_input()
        for fd in {*self.sources, self.terminal, self.spare} - {-1}:
            posix.close(fd)
        self.sources, self.terminal = {}, -1

    def tell(self, status: int) -> None:
        """Let the clients know how it ended, after all that it has printed."""
        self.status = status
        for client in tuple(self.clients):
            client.moved = monotonic()
            self._feed_or_drop(client)

    # --- output

    def _read(self, fd: int) -> int:
        """One block of output, into the log and on to the clients; how much it was."""
        try:
            data = posix.read(fd, _BLOCK)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            if fd != self.terminal:
                posix.close(fd)
            del self.sources[fd]
            return 0
        self._log(data)
        kind = self.sources[fd]
        if self.pieces and self.pieces[-1][1] == kind:
            self.pieces[-1] = (self.size, kind)
        else:
            self.pieces.append((self.size, kind))
        for client in tuple(self.clients):
            self._feed_or_drop(client)
        self._forget()
        return len(data)

    def _log(self, data: bytes) -> None:
        """Append to the log. On a full disk it starts anew: the command must go on."""
        try:
            self._write_log(data)
        except OSError:
            posix.ftruncate(self.log, 0)
            self.size = 0
            self.pieces.clear()
            for client in self.clients:
                client.place = 0
            try:
                self._write_log(data)
            except OSError:
                data = b""  # Really full: it is lost.
        self.size = posix.fstat(self.log).st_size

    def _write_log(self, data: bytes) -> None:
        while data:
            data = data[posix.write(self.log, data) :]

    def _feed_or_drop(self, client: Client) -> None:
        try:
            self._feed(client)
        except OSError:
            self._drop(client)

    def _feed(self, client: Client) -> None:
        """Send a client what it has not had yet, and the end when it has all."""
        client.send()
        while not client.outbox and client.place < self.size:
            end, kind = next(each for each in self.pieces if each[0] > client.place)
            data = posix.pread(self.log, min(end - client.place, _BLOCK), client.place)
            if not data:
                raise OSError("the log is shorter than it was")
            client.place += len(data)
            client.outbox += frame(kind, data)
            client.send()
        if self.status >= 0 and not client.outbox and not client.told:
            client.told = True
            client.outbox += frame(STATUS, str(self.status).encode())
            client.send()
        if client.told and not client.outbox:  # There may be no room for it until the client reads.
            self._drop(client)

    def _forget(self) -> None:
        """Keep no more of which piece came from where than the slowest client needs."""
        slowest = min((each.place for each in self.clients), default=self.size)
        while self.pieces and self.pieces[0][0] <= slowest:
            del self.pieces[0]
        if len(self.pieces) > _PIECES:
            self._drop(min(self.clients, key=lambda each: each.place))

    # --- clients

    def _accept(self) -> None:
        while True:
            try:
                fd: int = getattr(self.listener, "_accept")()[0]  # noqa: B009
            except OSError:
                return
            self.clients.append(Client(fd, self.size))

    def _hear(self, client: Client) -> None:
        try:
            data = posix.read(client.fd, _BLOCK)
        except BlockingIOError:
            return
        if not data:
            raise OSError("it has gone")
        client.inbox += data
        while (found := take(client.inbox)) is not None:
            self._obey(client, *found)
        if len(client.inbox) > 4 * _BLOCK:
            raise ValueError("a frame that no client of ours sends")

    def _obey(self, client: Client, kind: bytes, content: bytes) -> None:
        if kind == STDIN and self.sink >= 0:
            self.input += content
            self._write_input()
        elif kind == STDIN_END and client.first:
            self._end_input()
        elif kind == SIZE and self.terminal >= 0:
            rows, columns = content.split()
            set_size(self.terminal, int(rows), int(columns))
        elif kind == SIGNAL and self.status < 0:
            posix.kill(self.pid, int(content))

    def _drop(self, client: Client) -> None:
        if client in self.clients:
            self.clients.remove(client)
            posix.close(client.fd)
            if client.first:
                self._end_input()

    # --- input

    def _write_input(self) -> None:
        try:
            while self.input and self.sink >= 0:
                del self.input[: posix.write(self.sink, self.input[:_BLOCK])]
        except BlockingIOError:
            return
        except OSError:  # The command has closed its standard input.
            self._close_input()
            return
        if self.input_ends:
            self._close_input()

    def _end_input(self) -> None:
        """The client that the command was started for has no more input (Docker: StdinOnce).
        A terminal goes on: others may attach."""
        if self.terminal < 0:
            self.input_ends = True
            self._write_input()

    def _close_input(self) -> None:
        if self.sink >= 0 and self.sink != self.terminal:
            posix.close(self.sink)
        self.sink = -1
        self.input.clear()


def set_size(terminal: int, rows: int, columns: int) -> None:
    """Tell the programs on a terminal how large it is (TIOCSWINSZ, ioctl_tty(2))."""
    from fcntl import ioctl
    from termios import TIOCSWINSZ

    size = b"".join(min(n, 0xFFFF).to_bytes(2, sys.byteorder) for n in (rows, columns, 0, 0))
    ioctl(terminal, TIOCSWINSZ, size)
