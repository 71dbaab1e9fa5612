"""The last steps of every command, detached or attached, before it becomes its program.

They run in a child that has been forked for it; what fails there travels back to the parent
as one line of text through a pipe that closes by itself when the program starts.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from .errors import KernelError, NotFound, PreconditionError, SpawnError

#: What Debian's /etc/login.defs gives to root; a container's command starts with it.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#: Exit codes that Docker and the shells share (docs of `docker run`, "Exit status").
NOT_STARTED, NOT_RUNNABLE, NOT_FOUND = 125, 126, 127


def search_path() -> str:
    """Our PATH, with root's folders at its end. An ordinary user's has not always got them
    (Debian's lacks /usr/sbin, where nft and sysctl are), and is root in a sandbox."""
    path = [each for each in os.environ.get("PATH", "").split(":") if each]
    return ":".join([*path, *(each for each in DEFAULT_PATH.split(":") if each not in path)])


def environment(
    given: Iterable[tuple[str, str]], hostname: str = "", tty: bool = False
) -> dict[str, str]:
    """The environment that a detached command starts with: Docker's three (on a terminal, its
    kind too), then `given`."""
    base = {"PATH": DEFAULT_PATH, "HOME": "/root"}
    if tty:
        base["TERM"] = "xterm"
    if hostname:
        base["HOSTNAME"] = hostname
    return {**base, **dict(given)}


def execute(argv: Sequence[str], env: Mapping[str, str], cwd: str = "") -> NoReturn:
    """Become the program `argv` in `cwd`. Raises `SpawnError` with exit code 126 or 127."""
    try:
        if cwd:
            os.chdir(cwd)
    except OSError as error:
        raise SpawnError(f"cannot enter directory {cwd}", _said(error), exit_code=126) from error
    if not argv:
        raise SpawnError("cannot run a command", "it is empty", exit_code=NOT_STARTED)
    try:
        _reset_signals()
        os.execvpe(argv[0], list(argv), dict(env))
    except (OSError, ValueError) as error:
        raise _refused(argv[0], env, error) from error


def in_child(report: int, tag: str, what: str, work: Callable[[], object]) -> NoReturn:
    """Do `work`, which ends in `execute`; if it fails, say so on fd `report` and exit.

    `what` begins the error ("cannot start web"), `tag` the line, for several children may
    share the pipe: one write of less than PIPE_BUF bytes is never torn.
    """
    code, why, see = NOT_STARTED, "its program was never called", ""
    try:
        work()
    except KernelError as error:
        code, what, why, see = error.exit_code, error.what, error.why, error.see
    except OSError as error:
        why = f"{error.filename}: {_said(error)}" if error.filename else _said(error)
    except BaseException as error:
        why = f"{type(error).__name__}: {error}"
    tell(report, f"{tag}\terror\t{code}\t{what}\t{why}\t{see}")
    os._exit(code)


def tell(report: int, line: str) -> None:
    """Write one line to the parent, if it is still there; tabs separate its fields."""
    with suppress(BrokenPipeError):
        os.write(report, " ".join(line.splitlines()).encode()[:4000] + b"\n")


def hear(report: int) -> list[list[str]]:
    """All lines that the children wrote, split into fields, once the last of them has become
    its program or ended. Closes `report`."""
    with open(report, encoding="utf-8", errors="replace") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def told_error(code: str, what: str, why: str, see: str = "") -> KernelError:
    """The error that a child told with `in_child`."""
    for kind in (KernelError, PreconditionError, NotFound):
        if int(code) == kind.exit_code:
            return kind(what, why, see)
    return SpawnError(what, why, see, int(code))


def close_others(keep: Iterable[int]) -> None:
    """Close every fd but these and the standard three."""
    kept = {0, 1, 2, *keep}
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with suppress(OSError):  # The one that listed the directory is gone already.
                os.close(int(name))


def own_interpreter(script: str, *words: str) -> list[str]:
    """argv that runs one of this package's scripts with as little of Python as possible."""
    return [sys.executable, "-I", "-S", os.path.join(os.path.dirname(__file__), script), *words]


def _reset_signals() -> None:
    """As `subprocess` does: Python ignores SIGPIPE, a program must not inherit that."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT, signal.SIGTTOU):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _refused(program: str, env: Mapping[str, str], error: OSError | ValueError) -> SpawnError:
    if not isinstance(error, OSError):
        return SpawnError(f"cannot run {program!r}", str(error), exit_code=NOT_RUNNABLE)
    what = f"cannot run {program}"
    if "/" not in program and not _in_path(program, env):
        return SpawnError(what, "there is no such command in PATH", exit_code=NOT_FOUND)
    missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
    return SpawnError(what, _said(error), exit_code=NOT_FOUND if missing else NOT_RUNNABLE)


def _in_path(program: str, env: Mapping[str, str]) -> bool:
    """Is it there? (The kernel's EACCES may only mean that PATH names a closed directory.)"""
    return any(os.path.exists(f"{place}/{program}") for place in os.get_exec_path(dict(env)))


def _said(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
