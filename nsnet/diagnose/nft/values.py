"""The values of expressions, and whether they match: sets, maps, ranges, prefixes, bits."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from ...value import Value
from . import fields
from .fields import ABSENT, UNKNOWN
from .ruleset import Chain, Ruleset
from .subject import Subject

Json = Any

_ORDER = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_BITS = {
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}


class Several(Value):
    """A value that the kernel chooses anew each time (numgen) or by a hash: any of these."""

    options: tuple[Any, ...]


class Reader:
    """Reads expressions for one packet in one chain."""

    def __init__(self, ruleset: Ruleset, chain: Chain, subject: Subject) -> None:
        self._ruleset, self._chain, self._subject = ruleset, chain, subject

    def value(self, expression: Json) -> Any:
        """The value of an expression; see `fields` for what it may be besides."""
        if isinstance(expression, list):
            return {plain(each) for each in expression}
        if not isinstance(expression, dict):
            return plain(expression)
        ((name, body),) = expression.items()
        reading = getattr(self, f"_read_{name}", None)
        if name in _BITS:
            return self._bits(name, body)
        return reading(body) if reading else UNKNOWN

    def _read_meta(self, body: Json) -> Any:
        return fields.meta(body["key"], self._subject)

    def _read_payload(self, body: Json) -> Any:
        return fields.payload(body, self._subject)

    def _read_ct(self, body: Json) -> Any:
        return fields.conntrack(body, self._subject)

    def _read_fib(self, body: Json) -> Any:
        return fields.fib(body, self._subject)

    def _read_numgen(self, body: Json) -> Any:
        start = body.get("offset", 0)
        return Several(tuple(range(start, start + body["mod"])))

    _read_jhash = _read_numgen

    def _read_range(self, body: Json) -> Any:
        low, high = map(plain, body)
        return low if low == high else Several((low, high))

    def _read_prefix(self, body: Json) -> Any:
        return UNKNOWN

    def _read_elem(self, body: Json) -> Any:
        return self.value(body["val"])

    def _read_concat(self, body: Json) -> Any:
        found = tuple(self.value(each) for each in body)
        return ABSENT if any(each is ABSENT for each in found) else found

    def _read_map(self, body: Json) -> Any:
        found = self.look_up(body)
        if isinstance(found, Several):
            return Several(tuple(self.value(each) for each in found.options))
        return found if found is ABSENT or found is UNKNOWN else self.value(found)

    def look_up(self, body: Json) -> Any:
        """What a map has for its key, as nft wrote it: `ABSENT` if nothing, `Several` if it may
        be one of several."""
        key = self.value(body["key"])
        if key is ABSENT or key is UNKNOWN:
            return key
        if isinstance(key, Several):
            found = [self._entry(body["data"], each) for each in key.options]
            kept = tuple(each for each in found if each is not ABSENT)
            return Several(kept) if kept else ABSENT
        return self._entry(body["data"], key)

    def _entry(self, data: Json, key: Any) -> Any:
        default = ABSENT
        for pattern, result in self._members(data):
            if pattern == "*":
                default = result
                continue
            verdict = self.fits(key, pattern)
            if verdict is None:
                return UNKNOWN
            if verdict:
                return result
        return default

    def _members(self, data: Json) -> Iterator[Any]:
        items = data["set"] if isinstance(data, dict) else data
        if isinstance(items, str):
            items = self._ruleset.elements(self._chain, items)
        yield from items

    def _bits(self, name: str, body: Json) -> Any:
        left, right = (self.value(each) for each in body[:2])
        for odd in (ABSENT, UNKNOWN):
            if left is odd or right is odd:
                return odd
        if isinstance(left, set) and name == "&":
            return left & (right if isinstance(right, set) else {right})
        if isinstance(left, (IPv4Address, IPv6Address)):
            return type(left)(_BITS[name](int(left), _number(right)))
        try:
            return _BITS[name](_number(left), _number(right))
        except TypeError:
            return UNKNOWN

    def matches(self, body: Json) -> bool | None:
        """Does a match statement hold? None: it cannot be known."""
        left = self.value(body["left"])
        if left is ABSENT:
            return False
        if left is UNKNOWN or isinstance(left, Several):
            return None
        sign, right = body["op"], body["right"]
        if sign in _ORDER:
            return _ordered(sign, left, right)
        if isinstance(left, int) and sign == "in":  # bits of a number: one of them is enough
            bits = _number(self.value(right))
            return bool(left & bits) if bits is not None else None
        found = self.fits(left, right)
        return found if sign != "!=" or found is None else not found

    def fits(self, value: Any, pattern: Json) -> bool | None:
        """Is a value what a pattern allows: a constant, a range, a prefix, a set, a wildcard?"""
        if value is UNKNOWN:
            return None
        if isinstance(pattern, list):
            return _any([self.fits(value, each) for each in pattern])
        if isinstance(pattern, str) and pattern.startswith("@"):
            return _any([self.fits(value, each) for each in self._members(pattern)])
        if isinstance(pattern, dict):
            return self._fits_one(value, pattern)
        if isinstance(value, set):
            return pattern in value
        if isinstance(value, tuple):
            return None
        if pattern == "*":
            return True
        return equal(value, pattern)

    def _fits_one(self, value: Any, pattern: Json) -> bool | None:
        ((name, body),) = pattern.items()
        if name == "set":
            return _any([self.fits(value, each) for each in self._members(pattern)])
        if name == "elem":
            return self.fits(value, body["val"])
        if name == "concat":
            if not isinstance(value, tuple) or len(value) != len(body):
                return None
            found = [self.fits(v, p) for v, p in zip(value, body, strict=True)]
            return False if False in found else None if None in found else True
        if name == "prefix":
            return _within(value, body)
        if name == "range":
            low, high = (like(value, each) for each in body)
            return None if low is None or high is None else bool(low <= value <= high)
        return None


def _any(found: list[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def _within(value: Any, body: Json) -> bool | None:
    if isinstance(value, str):
        return value.startswith(str(body["addr"]).rstrip("*"))
    if not isinstance(value, (IPv4Address, IPv6Address)):
        return None
    return value in ip_network(f"{body['addr']}/{body['len']}", strict=False)


def _ordered(sign: str, left: Any, right: Json) -> bool | None:
    bound = like(left, right)
    return None if bound is None else bool(_ORDER[sign](left, bound))


def equal(value: Any, pattern: Json) -> bool | None:
    """Is a value this constant? Names may end in ``*``."""
    if isinstance(value, str):
        if isinstance(pattern, bool):
            return bool(value) is pattern
        return fnmatchcase(value, str(pattern)) if "*" in str(pattern) else value == str(pattern)
    bound = like(value, pattern)
    return None if bound is None else bool(value == bound)


def like(value: Any, pattern: Json) -> Any:
    """A constant in the form that `value` has; None if that cannot be."""
    if isinstance(value, (IPv4Address, IPv6Address)):
        try:
            found = ip_address(pattern)
        except ValueError:
            return None
        return found if found.version == value.version else None
    return _number(plain(pattern)) if isinstance(value, int) else None


_WORDS = {**fields.FLAG_WORDS, **fields.PROTOCOLS, **fields.ETHER}


def _number(value: Any) -> Any:
    """A number out of a constant, a word of nft's or several of them; None if it is none."""
    if isinstance(value, (set, list)):
        parts = [_number(each) for each in value]
        return None if None in parts else sum(set(parts))
    if isinstance(value, str):
        try:
            return int(value, 0)
        except ValueError:
            return _WORDS.get(value)
    return int(value) if isinstance(value, (int, IPv4Address, IPv6Address)) else None


def plain(value: Json) -> Any:
    """A constant: an address as such, everything else as nft writes it."""
    if not isinstance(value, str) or not (":" in value or value.count(".") == 3):
        return value
    try:
        return ip_address(value)
    except ValueError:
        return value
