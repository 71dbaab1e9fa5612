"""Korean particles after names and numbers that are filled in: ``172.17.0.2을(를)`` is told as
``172.17.0.2를``.

Which one it is depends on whether the word before ends in a consonant when it is read aloud. That
is certain for Hangul and for digits (0 영, 1 일, … 9 구), and for most Latin letters; where it is
not, both forms stay. After ㄹ, (으)로 is 로.
"""

from __future__ import annotations

import re

#: Both forms as they are written in a text: with a final consonant, and without.
_PAIRS = {
    **dict.fromkeys(("은(는)", "(은)는"), ("은", "는")),
    **dict.fromkeys(("이(가)", "(이)가"), ("이", "가")),
    **dict.fromkeys(("을(를)", "(을)를"), ("을", "를")),
    **dict.fromkeys(("과(와)", "와(과)", "(과)와", "(와)과"), ("과", "와")),
    "(으)로": ("으로", "로"),
    "(이)": ("이", ""),
}
#: What may stand between a word and its particle, and is not read.
_MARKS = "`'\"”’*"
_FORM = re.compile(
    rf"(?P<last>[A-Za-z]+|[0-9가-힣])(?P<marks>[{_MARKS}]*)"
    rf"(?P<form>{'|'.join(map(re.escape, list(_PAIRS)[:-1]))}|\(이\)(?=[가-힣]))"
)
_NONE, _L, _OTHER = "", "l", "x"
_DIGITS = {
    **dict.fromkeys("2459", _NONE),
    **dict.fromkeys("178", _L),
    **dict.fromkeys("036", _OTHER),
}
#: By the last letter; words that end in one of the others (b, c, e, g, k, p, t) are read so or so.
_LETTERS = {**dict.fromkeys("adfhijoqrsuvwxyz", _NONE), "l": _L, "m": _OTHER, "n": _OTHER}
#: What containers, networks and protocols are called, where the last letter does not tell.
_WORDS = {
    **dict.fromkeys(("app", "back", "bob", "dup", "lab", "shop", "web"), _OTHER),
    **dict.fromkeys(("alice", "batch", "blog", "blue", "bridge", "client", "db"), _NONE),
    **dict.fromkeys(("front", "host", "http", "icmp", "left", "office", "outside"), _NONE),
    **dict.fromkeys(("plug", "port", "report", "right", "source", "store", "tcp", "udp"), _NONE),
    **dict.fromkeys(("vault", "vote"), _NONE),
    "cable": _L,
}


def settle(text: str) -> str:
    """The text with one particle for each pair, wherever it is certain which."""
    return _FORM.sub(_chosen, text) if "(" in text else text


def _chosen(found: re.Match[str]) -> str:
    ending = _ending(found["last"])
    if ending is None:
        return found[0]
    closed, open_ = _PAIRS[found["form"]]
    to = found["form"] == "(으)로" and ending == _L
    return found["last"] + found["marks"] + (closed if ending and not to else open_)


def _ending(word: str) -> str | None:
    """``l``, another consonant, or none; None if that is not certain."""
    last = word[-1]
    if last in _DIGITS:
        return _DIGITS[last]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return _L if final == 8 else _OTHER if final else _NONE
    word = word.lower()
    if word in _WORDS:
        return _WORDS[word]
    return _OTHER if word.endswith("ng") else _LETTERS.get(word[-1])
