"""The mark that makes netfilter tell what it does with a packet (``meta nftrace set 1``).

A table of ours sets it for the packets of one flow, before any other table sees them. It is made
with the flag *owner*: the kernel removes it when the socket that made it is closed, so also when
this program is killed. Kernels before 5.12 do not know the flag: there the table stays after a
``kill -9``, and the next trace or ``nsnet clean`` removes it.

Sources: Linux ``include/uapi/linux/netfilter/nf_tables.h``, ``net/netfilter/nf_tables_api.c``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterator
from functools import lru_cache

from ..netlink import CREATE, NESTED, Channel, attr, attr_text, attributes
from ..survey.model import TRACE_TABLES
from .flow import ICMPV6, Flow

#: How the tables' names begin; the number of the process follows: two may trace at a time.
PREFIX = TRACE_TABLES

_NETFILTER = 12  # NETLINK_NETFILTER
_NFTABLES = 10 << 8  # NFNL_SUBSYS_NFTABLES
_NEW_TABLE, _GET_TABLE, _DELETE_TABLE, _NEW_CHAIN, _NEW_RULE, _GET_RULE = 0, 1, 2, 3, 6, 7
_BEGIN, _END = 0x10, 0x11  # NFNL_MSG_BATCH_…
INET, IPV4, IPV6, BRIDGE = 1, 2, 10, 7  # NFPROTO_…
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
_OWNER = 2  # NFT_TABLE_F_OWNER
_PREROUTING, _OUTPUT = 0, 3  # The same numbers in NF_INET_… and NF_BR_…
_FIRST = -1000  # Before connection tracking and every chain that has a named priority.
_META_PROTOCOL, _META_NFTRACE, _META_L4PROTO = 1, 12, 16
_NETWORK, _TRANSPORT, _ARP = 1, 2, 0x0806
_U32, _S32, _U16, _U64 = struct.Struct("!I"), struct.Struct("!i"), struct.Struct("!H"), "!Q"


class Marks:
    """Our tables in the namespace that this thread is in now; `close` ends them."""

    def __init__(self) -> None:
        self._channel = Channel(_NETFILTER)
        self._made: list[int] = []
        self.owned = True

    def tables(self) -> set[tuple[int, str, int]]:
        """Every table here, as (family, name, flags). Empty without the right to look."""
        try:
            found = list(self._channel.dump(_NFTABLES | _GET_TABLE, _head(0)))
        except OSError:
            return set()
        return {_table(body) for body in found}

    def mark(self, flow: Flow, families: set[int], owned: bool = True) -> None:
        """Mark the packets of `flow` for the tables of these families; `owned` where the kernel
        knows how. Raises OSError."""
        self.owned = owned
        wanted = {BRIDGE} & families | ({INET} if families & {INET, IPV4, IPV6} else set())
        for family in sorted(wanted):
            try:
                self._make(family, flow, _OWNER if self.owned else 0)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                    raise
                self._make(family, flow, 0)
                self.owned = False
            self._made.append(family)

    def remove_left(self, tables: set[tuple[int, str, int]]) -> None:
        """Remove what a killed trace has left on an old kernel."""
        for family, name in left(tables):
            self._delete(family, name)

    def counts(self) -> dict[tuple[str, str, str, int], int]:
        """How many packets each rule has counted: by family, table, chain and handle."""
        try:
            found = list(self._channel.dump(_NFTABLES | _GET_RULE, _head(0)))
        except OSError:
            return {}
        return {key: count for key, count in map(_count, found) if count is not None}

    def close(self) -> None:
        """Remove the tables."""
        if not self.owned:
            for family in self._made:
                self._delete(family, _name())
        self._channel.close()

    def _make(self, family: int, flow: Flow, flags: int) -> None:
        self._commit(_messages(family, flow, flags))

    def _delete(self, family: int, name: str) -> None:
        with contextlib.suppress(OSError):
            self._commit([(_DELETE_TABLE, _head(family) + attr_text(1, name))])

    def _commit(self, parts: list[tuple[int, bytes]]) -> None:
        """One transaction: all or nothing."""
        batch = struct.pack("!BBH", 0, 0, 10)
        messages = [(_NFTABLES | kind, CREATE | _APPEND, body) for kind, body in parts]
        refused = self._channel.transact((_BEGIN, 0, batch), messages, (_END, 0, batch))
        if refused:
            raise OSError(refused, os.strerror(refused))


def left(tables: set[tuple[int, str, int]]) -> list[tuple[int, str]]:
    """Those of `Marks.tables` that a trace has made which does not run any more, as
    (family, name)."""
    found = []
    for family, name, flags in tables:
        number = name.removeprefix(PREFIX)
        ours = name != number and not flags & _OWNER
        if ours and not os.path.exists(f"/proc/{number}"):
            found.append((family, name))
    return sorted(found)


_APPEND = 0x800  # NLM_F_APPEND
_WORDS = b"made by nsnet trace\0"
_COMMENT = bytes((0, len(_WORDS))) + _WORDS  # NFTNL_UDATA_TABLE_COMMENT


@lru_cache
def _messages(family: int, flow: Flow, flags: int) -> list[tuple[int, bytes]]:
    """The messages that make a table: the same in every namespace."""
    body = attr_text(1, _name()) + attr(2, _U32.pack(flags)) + attr(6, _COMMENT)
    parts = [(_NEW_TABLE, _head(family) + body)]
    for name, hook in (("arriving", _PREROUTING), ("leaving", _OUTPUT)):
        parts.append((_NEW_CHAIN, _head(family) + _chain(name, hook)))
        rules = [*_rules(name, flow), *(_questions(name, flow) if family == BRIDGE else ())]
        parts += [(_NEW_RULE, _head(family) + rule) for rule in rules]
    return parts


def _name() -> str:
    return f"{PREFIX}{os.getpid()}"


def _table(body: bytes) -> tuple[int, str, int]:
    found = dict(attributes(body, 4))
    return body[0], _text(found[1]), int.from_bytes(found.get(2, b""), "big")


def _head(family: int) -> bytes:
    """struct nfgenmsg."""
    return struct.pack("!BBH", family, 0, 0)


def _chain(name: str, hook: int) -> bytes:
    where = attr(1, _U32.pack(hook)) + attr(2, _S32.pack(_FIRST))
    return (
        attr_text(1, _name())
        + attr_text(3, name)
        + attr(4 | NESTED, where)
        + attr_text(7, "filter")
    )


def _rules(chain: str, flow: Flow) -> Iterator[bytes]:
    """One for each place in which the client's port can stand; the other end's is anyone's."""
    kinds = [(flow.protocol, at) for at in flow.own_at]
    kinds += [(flow.errors, at) for at in flow.quoted_at]
    for protocol, at in kinds:
        body = _meta_is(_META_L4PROTO, bytes((protocol,)))
        yield _rule(chain, body + _payload_is(_TRANSPORT, at, _U16.pack(flow.port)))


def _questions(chain: str, flow: Flow) -> Iterator[bytes]:
    """Who has the address that the packet is sent to, and the answer to that."""
    if flow.version == 4:
        body = _meta_is(_META_PROTOCOL, _U16.pack(_ARP))
        for at in (14, 24):  # The addresses of sender and target (RFC 826).
            yield _rule(chain, body + _payload_is(_NETWORK, at, socket.inet_aton(flow.address)))
    else:
        body = _meta_is(_META_L4PROTO, bytes((ICMPV6,)))
        address = socket.inet_pton(socket.AF_INET6, flow.address.partition("%")[0])
        yield _rule(chain, body + _payload_is(_TRANSPORT, 8, address))  # RFC 4861, 4.3 and 4.4


def _rule(chain: str, body: bytes) -> bytes:
    """A rule that marks what `body` matches."""
    body += _expression("immediate", attr(1, _U32.pack(1)) + _data(2, b"\1"))
    body += _expression("meta", attr(2, _U32.pack(_META_NFTRACE)) + attr(3, _U32.pack(1)))
    return attr_text(1, _name()) + attr_text(2, chain) + attr(4 | NESTED, body)


def _meta_is(key: int, value: bytes) -> bytes:
    load = attr(1, _U32.pack(1)) + attr(2, _U32.pack(key))
    return _expression("meta", load) + _is(value)


def _payload_is(base: int, at: int, value: bytes) -> bytes:
    fields = (1, base, at, len(value))
    load = b"".join(attr(kind, _U32.pack(x)) for kind, x in enumerate(fields, 1))
    return _expression("payload", load) + _is(value)


def _is(value: bytes) -> bytes:
    return _expression("cmp", attr(1, _U32.pack(1)) + attr(2, _U32.pack(0)) + _data(3, value))


def _data(kind: int, value: bytes) -> bytes:
    return attr(kind | NESTED, attr(1, value))


def _expression(name: str, data: bytes) -> bytes:
    return attr(1 | NESTED, attr_text(1, name) + attr(2 | NESTED, data))


def _count(body: bytes) -> tuple[tuple[str, str, str, int], int | None]:
    """A rule as (family, table, chain, handle), and its counter's packets if it has one."""
    found = dict(attributes(body, 4))
    key = (FAMILIES.get(body[0], ""), _text(found[1]), _text(found[2]))
    count = None
    for _, expression in attributes(found.get(4, b"")):
        parts = dict(attributes(expression))
        if parts.get(1) == b"counter\0":
            (count,) = struct.unpack(_U64, dict(attributes(parts[2]))[2])
    return (*key, struct.unpack(_U64, found[3])[0]), count


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")
