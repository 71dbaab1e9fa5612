"""Where a learner's attempts and progress are kept, and how they are written.

$NSNET_DATA, else $XDG_DATA_HOME/nsnet, else ~/.local/share/nsnet; under sudo that of the user who
typed it, as files of theirs. Inside the lab's sandbox it is the very same folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ..kernel import files
from ..kernel.errors import KernelError

T = TypeVar("T")

#: Where else to keep them.
ELSEWHERE = "NSNET_DATA"


def folder(environment: Mapping[str, str] = os.environ) -> str:
    """The folder, which need not be there yet."""
    chosen = environment.get(ELSEWHERE)
    if chosen:
        return os.path.abspath(chosen)
    base = environment.get("XDG_DATA_HOME") or os.path.join(_home(environment), ".local/share")
    return os.path.join(base, "nsnet")


def _home(environment: Mapping[str, str]) -> str:
    user = environment.get("SUDO_USER", "") if os.geteuid() == 0 else ""
    if user:
        with suppress(KeyError):
            return pwd.getpwnam(user).pw_dir
    return os.path.expanduser("~")


def pin() -> None:
    """Let everything that we start find the same folder, whoever it thinks it is."""
    os.environ[ELSEWHERE] = folder()


def path(name: str) -> str:
    """A file in the folder."""
    return os.path.join(folder(), name)


def read(name: str) -> dict[str, Any] | None:
    """What a file holds, None if there is none. Raises `KernelError` if it cannot be understood."""
    place = path(name)
    try:
        with open(place, encoding="utf-8") as file:
            found = json.load(file)
        if not isinstance(found, dict):
            raise ValueError("it holds no object")
        return found
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KernelError(f"cannot read {place}", os.strerror(error.errno or 0)) from None
    except (ValueError, RecursionError):
        raise damaged(name) from None


def damaged(name: str) -> KernelError:
    """What is to be told of a file that cannot be understood: it can be put aside."""
    place = path(name)
    why = "it is damaged, or of another version of nsnet"
    return KernelError(f"cannot read {place}", why, f"mv {place} {place}.old")


def made(kind: type[T], found: Mapping[str, Any]) -> T:
    """A value of this kind from what a file holds; what a later version has added is left out.
    Raises `TypeError` where a field is missing or of another type."""
    own = SimpleNamespace(__annotations__=kind.__annotations__)
    hints = get_type_hints(own, {"Any": Any})
    fields = {name: each for name, each in found.items() if name in hints}
    for name, each in fields.items():
        if not _is(each, hints[name]):
            raise TypeError(name)
    return kind(**fields)


def _is(value: object, hint: Any) -> bool:
    """Is it of this type? Known are plain types, unions, and dictionaries of strings."""
    if hint is Any:
        return True
    if get_origin(hint) is dict:
        of = get_args(hint)[1]
        return isinstance(value, dict) and all(_is(each, of) for each in value.values())
    kinds = get_args(hint) or (hint,)
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, (*kinds, int) if float in kinds else kinds)


def write(name: str, value: Mapping[str, Any]) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one."""
    _make(folder())
    place = path(name)
    files.write(place, json.dumps(value, indent=1, ensure_ascii=False) + "\n", mode=0o644)
    _hand_over(place)


def remove(name: str) -> None:
    """Remove a file; no error if there is none."""
    files.remove_only(path(name))


@contextmanager
def locked(name: str = ".lock") -> Iterator[None]:
    """While this lasts, no other nsnet changes what is kept: others wait."""
    _make(folder())
    place = path(name)
    try:
        fd = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise KernelError(f"cannot open {place}", os.strerror(error.errno or 0)) from None
    try:
        _hand_over(place)
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _make(place: str) -> None:
    """Make a folder and those above it, each for whom the one above it belongs to."""
    if os.path.isdir(place):
        return
    _make(os.path.dirname(place))
    try:
        os.mkdir(place, 0o755)
    except FileExistsError:
        return
    except OSError as error:
        raise KernelError(f"cannot make {place}", os.strerror(error.errno or 0)) from None
    _hand_over(place)


def _hand_over(place: str) -> None:
    """Root works for somebody here (sudo): what it makes belongs to whom the folder does."""
    owner = os.stat(os.path.dirname(place))
    if os.geteuid() == 0 and os.stat(place).st_uid != owner.st_uid:
        with suppress(OSError):  # an owner without a number in this user namespace
            os.chown(place, owner.st_uid, owner.st_gid)
