"""``[IMAGE] [--] [COMMAND …]``: what runs in the container."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import NamedTuple

from . import images
from .images import Exposed, Image

_NO_IMAGES = "no images here"


class Machine(NamedTuple):
    """What is asked about the machine: is there such a file, and such a program in PATH?"""

    is_file: Callable[[str], bool]
    has_program: Callable[[str], bool]


class Program(NamedTuple):
    """What is to run: a command, the stub listener (on its ports and on `expose`), or nothing.
    `note` says so where the user may expect something else."""

    image: str = ""
    command: tuple[str, ...] = ()
    stub: bool = False
    expose: Exposed = ()
    note: str = ""


def read(
    words: tuple[str, ...],
    machine: Machine,
    *,
    entrypoint: str | None = None,
    workdir: str = "",
    terminal: bool = False,
    ports: Exposed = (),
) -> Program:
    """What `words` ask for. `ports` are those published or exposed by options; with `terminal`
    somebody wants to type into it."""
    name, command = split(words, machine)
    known = images.find(name) if name else None
    image = known or Image()
    if entrypoint is not None:
        command = ((entrypoint,) if entrypoint else ()) + command
        image = image._replace(command=(), entrypoint=(), ports=(), words=())
    if _serves(image, command):
        return _stub(name, image.ports, image.ports)
    command = (*image.entrypoint, *(command or image.command))
    if not command and name and not known and entrypoint is None:
        if ports:
            return _stub(name, ports, ())
        command = ("sh",) if terminal else ()
    if not command:
        note = f"what {name} runs is not known here: nothing runs; write a command behind it"
        return Program(name, note=note if name else "")
    command, instead = _here(command, image, machine)
    runs = f"this machine's own {shlex.join(command)[:60]} runs"
    note = f"{_NO_IMAGES}: {runs}" if name else runs if instead else ""
    note += f" ({instead})" * bool(instead)
    if workdir:
        command = ("env", "-C", workdir, *command)
    return Program(name, command, note=note)


def split(words: tuple[str, ...], machine: Machine) -> tuple[str, tuple[str, ...]]:
    """The image ("" if none is named) and the command."""
    if not words:
        return "", ()
    first, rest = words[0], words[1:]
    if first == "--":
        return "", rest
    well_known = images.find(first) is not None
    if well_known or (images.has_form(first) and not machine.is_file(first)):
        return first, rest[1:] if rest[:1] == ("--",) else rest
    return "", words


def _serves(image: Image, command: tuple[str, ...]) -> bool:
    """Would the image's own server run? It also gets what has only options."""
    if not image.server:
        return False
    return not command or command[0].startswith("-") or _base(command[0]) in image.words


def _stub(name: str, ports: Exposed, expose: Exposed) -> Program:
    where = ", ".join(f"{port}/{protocol}" for port, protocol in dict.fromkeys(ports))
    note = f"{_NO_IMAGES}: instead of {name} a stub listener answers on {where}"
    return Program(name, (), True, expose, note)


def _here(command: tuple[str, ...], image: Image, machine: Machine) -> tuple[tuple[str, ...], str]:
    """The command with a program that this machine has, and what was put in its place."""
    program, rest = command[0], command[1:]
    base = _base(program)
    if machine.has_program(program):
        return command, ""
    if base != program and base in images.SHELLS and machine.has_program(base):
        return (base, *rest), f"for {program}"
    if image.small and base in images.APPLETS and machine.has_program("busybox"):
        return ("busybox", base, *rest), ""
    for shell in images.SHELLS.get(base, ()):
        if machine.has_program(shell):
            return (shell, *rest), f"this machine has no {base}"
    return command, ""


def _base(program: str) -> str:
    return program.rpartition("/")[2]
