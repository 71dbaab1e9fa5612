"""Values as text: what Go's fmt makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from .values import MISSING, Hidden, Number, Struct, as_json, kind

#: As wide as Go fills up at most.
_MOST = 1_000_000
_VERB = re.compile(r"%([-+# 0]*)(\d+)?(?:\.(\d+))?(.)", re.DOTALL)


def text(value: object) -> str:
    """As ``%v`` prints it."""
    if value is MISSING:
        return "<no value>"
    if isinstance(value, Hidden):
        return value.shown
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Struct):
        return "{" + " ".join(text(each) for each in value.values() if not callable(each)) + "}"
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(map(text, value)) + "]"
    return _shortest(value) if isinstance(value, float) else str(value)


def spaced(values: Sequence[object]) -> str:
    """As ``print``: a blank between two that are no strings."""
    found = ""
    for number, value in enumerate(values):
        before = values[number - 1] if number else ""
        found += " " if not isinstance(value, str) and not isinstance(before, str) else ""
        found += _inner(value)
    return found


def lined(values: Sequence[object]) -> str:
    """As ``println``: a blank between any two."""
    return " ".join(map(_inner, values)) + "\n"


def quoted(value: object) -> str:
    """As ``json``: no escapes for HTML."""
    return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))


def formatted(form: str, values: Sequence[object]) -> str:
    """As ``printf``."""
    left = list(values)

    def one(found: re.Match[str]) -> str:
        flags, width, precision, verb = found.groups()
        bad = ""
        if int(width or 0) > _MOST:
            width, bad = None, "%!(BADWIDTH)"
        if int(precision or 0) > _MOST:
            precision, bad = None, bad + "%!(BADPREC)"
        if verb == "%":
            return "%"
        if not left:
            return f"%!{verb}(MISSING)"
        value = left.pop(0)
        shown = _verb(verb, value, flags, None if precision is None else int(precision))
        zero = "0" in flags and "-" not in flags and verb in "dxXobfeEgG"
        if zero and shown.startswith("-"):
            return "-" + shown[1:].rjust(int(width or 0) - 1, "0")
        if "-" in flags:
            return bad + shown.ljust(int(width or 0))
        return bad + shown.rjust(int(width or 0), "0" if zero else " ")

    done = _VERB.sub(one, form)
    if left:
        extra = ", ".join(f"{kind(v)}={_inner(v)}" if v is not None else "<nil>" for v in left)
        done += f"%!(EXTRA {extra})"
    return done


def _inner(value: object) -> str:
    """Among the arguments of a function nothing is nil."""
    return "<nil>" if value is MISSING else text(value)


def _verb(verb: str, value: object, flags: str, precision: int | None) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if verb == "v":
        return _inner(value)
    if verb == "T":
        return kind(value) if value is not None else "<nil>"
    if verb in "sq" and (isinstance(value, str) or not (number or isinstance(value, bool))):
        return _words(verb, value, precision)
    if verb == "t" and isinstance(value, bool):
        return text(value)
    if verb in "xX" and isinstance(value, str) and not isinstance(value, Number):
        digits = value.encode().hex()
        return digits if verb == "x" else digits.upper()
    if isinstance(value, int) and number and verb in "dxXobcqU":
        return _integer(verb, value, "+" in flags, "#" in flags)
    if isinstance(value, float) and verb in "feEgG":
        if verb in "gG" and precision is None:
            return _shortest(value)
        return (
            f"{value:{'+' if '+' in flags else ''}.{6 if precision is None else precision}{verb}}"
        )
    if value is None or value is MISSING:
        return f"%!{verb}(<nil>)"
    return f"%!{verb}({kind(value)}={text(value)})"


def _words(verb: str, value: object, precision: int | None) -> str:
    if value is None or value is MISSING:
        return f"%!{verb}(<nil>)"
    if isinstance(value, list | tuple):
        return "[" + " ".join(_verb(verb, each, "", precision) for each in value) + "]"
    if isinstance(value, Mapping):
        pairs = (
            f"{_words(verb, k, None)}:{_verb(verb, value[k], '', None)}" for k in sorted(value)
        )
        return "map[" + " ".join(pairs) + "]"
    shown = text(value)[:precision]
    return json.dumps(shown, ensure_ascii=False) if verb == "q" else shown


def _integer(verb: str, value: int, plus: bool, prefix: bool) -> str:
    if verb in "cq":
        char = chr(value) if 0 <= value < 0x110000 else "\ufffd"  # Go's "no such character"
        return char if verb == "c" else f"'{char}'"
    if verb == "U":
        return f"U+{value:04X}"
    sign = "+" if plus else ""
    mark = "#" if prefix and verb in "xXob" else ""
    return f"{value:{sign}{mark}{verb}}"


def _shortest(value: float) -> str:
    """Go's %g with as few digits as say the same; with an exponent from 1e6 on."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    digits = repr(value).removesuffix(".0")
    if not value or 1e-4 <= abs(value) < 1e6:
        return digits
    if "e" not in digits:
        places = len(digits.lstrip("-").replace(".", "").strip("0")) - 1
        digits = f"{value:.{places}e}"
    return digits
