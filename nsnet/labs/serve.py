"""``serve``: a listener in the lab shell, where Docker would run a web server.

    serve 80                               who I am and whom I saw, for whoever asks port 80
    serve 53/udp 127.0.0.1:81 --name web   several, on one address, by another name

It becomes `kernel/stub.py`. In the background it is silent, so as not to write into what is typed,
and lets go of the terminal, which could not be closed else.
"""

from __future__ import annotations

import os
import re
import sys
from typing import NoReturn

from ..kernel import netns
from ..kernel.launch import own_interpreter

_PORT = re.compile(
    r"(?:\[?(?P<address>[0-9a-fA-F.:]+?)\]?:)?(?P<port>\d{1,5})(?:/(?P<kind>tcp|udp))?"
)
_USAGE = "write serve [--name NAME] [ADDRESS:]PORT[/udp] …, for example: serve 80"


def main(words: list[str]) -> NoReturn:
    """Become the listener; exit code 2 if the words cannot be understood."""
    name, wanted = _parsed(words)
    ports = [_stub_word(word) for word in wanted]
    if _in_front():
        sys.stdout.write(f"{name} answers on {', '.join(wanted)}; Ctrl-C ends it\n")
        sys.stdout.flush()
    elif os.isatty(1):
        ports.append("--silent")
    argv = own_interpreter("stub.py", "--name", name, *ports)
    os.execv(argv[0], argv)


def _parsed(words: list[str]) -> tuple[str, list[str]]:
    words, name = list(words), ""
    if "--name" in words[:-1]:
        at = words.index("--name")
        name = words[at + 1]
        del words[at : at + 2]
    if "-h" in words or "--help" in words:
        sys.stdout.write(f"{__doc__}\n")
        sys.stdout.flush()
        os._exit(0)
    if not words:
        _refuse(_USAGE)
    return name or own_name(), words


def own_name() -> str:
    """The name of the network namespace that we are in, ``host`` if it has none."""
    here = netns.inode()
    return next((name for name, inode in netns.names().items() if inode == here), "host")


def _stub_word(word: str) -> str:
    found = _PORT.fullmatch(word)
    if found is None or not 0 < int(found["port"]) < 65536:
        _refuse(f"no port {word!r}: {_USAGE}")
    address = f"{found['address']}:" if found["address"] else ""
    return f"{found['kind'] or 'tcp'}:{address}{found['port']}"


def _refuse(why: str) -> NoReturn:
    sys.stderr.write(f"serve: {why}\n")
    sys.stderr.flush()
    os._exit(2)


def _in_front() -> bool:
    """Does it have the terminal, or was it started with &?"""
    try:
        return os.isatty(1) and os.tcgetpgrp(1) == os.getpgrp()
    except OSError:
        return False
