"""The parent of detached commands: it notes how each one ended, and ends with the last.

Run by its path, ``python3 -I -S keeper.py FD``: the commands are children of this very process
(it forked them, and then became this program), and FD is a file with what it has to know of
them, `Kept` tuples in marshal's format. It uses nothing but built-in modules, since it stays
in memory for as long as the containers run; only where someone may attach to a command, it
loads ``relay.py``.
"""

import marshal
import posix
import sys

TYPE_CHECKING = False  # typing's own would load half of the library
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from .relay import Stream

    class Kept(NamedTuple):
        """A command as its keeper knows it; on the way here, a plain tuple.

        `tag` is what it would call itself on the pipe of failures, `process` is "PID START",
        `note` the file for its exit status, `stopped` the file that says that nsnet ends it.
        `on_exit` is run when it ended by itself, with its status as the last word and `marks`
        in the environment. `streams` is empty, or what `relay.Stream` is made of.
        """

        tag: str
        pid: int
        process: str
        note: str
        stopped: str
        on_exit: tuple[str, ...]
        marks: tuple[tuple[str, str], ...]
        streams: tuple[Any, ...]


#: The exit codes of a command that could not be started.
_NOT_STARTED = (125, 126, 127)


class Keeper:
    """What it keeps; `failed` is a pipe from which the tags of those come that never ran."""

    def __init__(self, kept: "dict[int, Kept]", failed: int) -> None:
        self.kept = kept
        self.failed = failed
        self._failures = b""

    def wait(self) -> None:
        """Until the last command has ended."""
        while self.kept:
            ended = posix.waitid(posix.P_ALL, 0, posix.WEXITED | posix.WNOWAIT)
            if ended is not None:
                self.finish(ended)

    def serve(self, streams: "list[Stream]") -> None:
        """Until the last command has ended, and those attached to one of `streams` know."""
        from select import POLLIN, poll

        handles = {stream.handle: stream.pid for stream in streams}
        for pid in self.kept.keys() - set(handles.values()):
            handles[posix.pidfd_open(pid, 0)] = pid
        while self.kept or streams:
            poller = poll()
            wanted = [(stream, stream.wants()) for stream in streams]
            for fd, events in [pair for _, fds in wanted for pair in fds.items()]:
                poller.register(fd, events)
            for fd in handles:
                poller.register(fd, POLLIN)
            found = dict(poller.poll(None if all(each.idle for each in streams) else 500))
            for stream, fds in wanted:
                for fd in fds.keys() & found.keys() - handles.keys():
                    stream.ready(fd, found[fd])
                stream.tick()
            for handle in handles.keys() & found.keys():
                pid = handles.pop(handle)
                self._bury(pid, handle, next((each for each in streams if each.pid == pid), None))
            streams = [each for each in streams if not each.over]

    def _bury(self, pid: int, handle: int, stream: "Stream | None") -> None:
        ended = posix.waitid(posix.P_PID, pid, posix.WEXITED | posix.WNOWAIT)
        if stream:
            stream.end()
        posix.close(handle)
        code = self.finish(ended) if ended else 255
        if stream:
            stream.tell(code)

    def finish(self, ended: "posix.waitid_result") -> int:
        """Note first, bury afterwards: whoever finds the pid gone finds the note written.

        A command ended by signal N is noted as 128 + N, as a shell says it.
        """
        code = ended.si_status + (0 if ended.si_code == posix.CLD_EXITED else 128)
        each = self.kept.pop(ended.si_pid, None)
        if each:
            tag, _, process, path, stopped, on_exit, marks, _ = each
            noted = bool(path) and note(path, code)
            if on_exit and noted and not says(stopped, process) and not self._failed(tag, code):
                follow((*on_exit, str(code)), marks)
        posix.waitpid(ended.si_pid, 0)
        return code

    def _failed(self, tag: str, code: int) -> bool:
        """Did it end before its program began? It then told so before it ended."""
        if code not in _NOT_STARTED:
            return False
        try:
            while more := posix.read(self.failed, 4096):
                self._failures += more
        except BlockingIOError:
            pass
        return tag.encode() in self._failures.split()


def note(path: str, code: int) -> bool:
    """Write an exit status, whole or not at all."""
    try:
        file = posix.open(f"{path}~", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o644)
        posix.write(file, f"{code}\n".encode())
        posix.close(file)
        posix.rename(f"{path}~", path)
        return True
    except OSError:
        return False  # The directory has been removed with the container: nobody wants to know.


def says(path: str, text: str) -> bool:
    """Is this what the file says?"""
    try:
        file = posix.open(path, posix.O_RDONLY)
    except OSError:
        return False
    try:
        return posix.read(file, 100).decode() == text
    finally:
        posix.close(file)


def follow(argv: "tuple[str, ...]", marks: "tuple[tuple[str, str], ...]") -> None:
    """Start what comes after a command; it needs us no more."""
    env = {**posix.environ, **{key.encode(): value.encode() for key, value in marks}}
    try:
        posix.posix_spawn(argv[0], argv, env, setsid=True)
    except OSError:
        return  # nsnet is not installed any more


def load(file: int) -> "tuple[str, int, list[Kept]]":
    """What the file says: our name, the pipe of failures, the commands."""
    data = b""
    while more := posix.read(file, 1 << 16):
        data += more
    posix.close(file)
    name, failed, kept = marshal.loads(data)
    return name, failed, kept


def call(name: str) -> None:
    """Be called so, in /proc/PID/comm: `clean` finds us by it."""
    try:
        file = posix.open("/proc/self/comm", posix.O_WRONLY)
        posix.write(file, name.encode())
        posix.close(file)
    except OSError:
        pass


def main() -> None:
    """Keep the commands that the file tells of."""
    name, failed, kept = load(int(sys.argv[1]))
    call(name)
    keeper = Keeper({each[1]: each for each in kept}, failed)
    posix.set_inheritable(failed, False)
    posix.set_blocking(failed, False)
    if any(each[7] for each in kept):
        sys.path.insert(0, __file__.rpartition("/")[0])
        stream = __import__("relay").Stream
        keeper.serve([stream(each[1], *each[7]) for each in kept if each[7]])
    else:
        keeper.wait()


if __name__ == "__main__":
    main()
