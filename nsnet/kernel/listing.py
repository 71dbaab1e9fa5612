"""What nft itself says of its tables: the text of each rule by its handle, and the events that
tell that a rule was added or removed.

libnftables can turn rules into text, but not its JSON: the two are read one after the other and
belong together by handle, which a table gives each rule once (nft(8), "handle").

Source: Linux ``include/uapi/linux/netfilter/nfnetlink.h``, NFNLGRP_NFTABLES.
"""

from __future__ import annotations

import json
import re
import select
import socket

from .nft import Nft

#: A rule by the family and the name of its table, and its handle.
Key = tuple[str, str, int]

_TABLE = re.compile(r"table (\S+) (\S+) \{")
_RULE = re.compile(r"(.*) # handle (\d+)$")
_HEAD = ("type ", "comment ", "policy ", "devices ", "device ")
_NETFILTER, _GROUP, _SOL_NETLINK, _JOIN = 12, 7, 270, 1


class Listing(Nft):
    """The ruleset of the namespace that this thread is in when it is made."""

    def version(self) -> str:
        """The version of libnftables, ``1.0.6``; "" if it does not tell."""
        self._context.set_json_output(True)
        _, output, _ = self._context.cmd("list tables")
        self._context.set_json_output(False)
        objects = json.loads(output)["nftables"] if output else []
        return next(
            (str(each["metainfo"]["version"]) for each in objects if "metainfo" in each), ""
        )

    def texts(self) -> dict[Key, str]:
        """Each rule in the words of nft, counters and comment included."""
        self._context.set_handle_output(True)
        self._context.set_terse_output(True)
        status, output, _ = self._context.cmd("list ruleset")
        self._context.set_handle_output(False)
        self._context.set_terse_output(False)
        return by_handle(output) if status == 0 else {}


def by_handle(listing: str) -> dict[Key, str]:
    """The rules in the output of ``nft -a list ruleset`` (or of ``list chain``) in their order;
    a long one goes over several lines."""
    found: dict[Key, str] = {}
    family = table = begun = ""
    in_chain = False
    for line in listing.splitlines():
        words = line.strip()
        if head := _TABLE.match(line):
            family, table = head.groups()
        elif not line.startswith("\t\t"):
            in_chain, begun = words.startswith("chain "), ""
        elif in_chain:
            whole = _RULE.match(f"{begun} {words}".strip())
            if whole:
                found[family, table, int(whole[2])] = whole[1]
                begun = ""
            elif begun or not words.startswith(_HEAD):
                begun = f"{begun} {words}".strip()
    return found


class Changes:
    """Hears of changes to the tables of the namespace that it is made in."""

    def __init__(self) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETFILTER
        )
        self._socket.bind((0, 0))
        self._socket.setsockopt(_SOL_NETLINK, _JOIN, _GROUP)

    def wait(self, seconds: float, other: int = -1) -> tuple[bool, bool]:
        """Wait so long at most: was there a change, and can the file `other` be read?"""
        files = [self._socket.fileno(), *([other] if other >= 0 else [])]
        ready = select.select(files, [], [], max(seconds, 0))[0]
        changed = files[0] in ready
        while changed:
            try:
                self._socket.recv(1 << 16, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except OSError:  # ENOBUFS: so many that some are lost; one is enough to know
                continue
        return changed, other in ready

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()
