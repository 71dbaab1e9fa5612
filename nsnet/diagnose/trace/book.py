"""The rules that the packet met, in words and with their counters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...kernel.listing import Listing
from ...kernel.survey import Survey
from ...kernel.trace import Traced
from ..walk import Rule

_COUNTER = re.compile(r"\bcounter (packets \d+ bytes \d+|name \S+) ?")
_COMMENT = re.compile(r'\s*comment "[^"]*"')
#: Statements that change a packet or refuse it: nftrace calls them accept, drop or continue.
_TELLING = ("reject", "dnat", "snat", "masquerade", "redirect", "queue")

Counts = Mapping[tuple[str, str, str, int], int]


class Book:
    """The rules of one space after the packet."""

    def __init__(self, survey: Survey, space: str, before: Counts, after: Counts) -> None:
        self._before, self._after = before, after
        self._rules: dict[tuple[str, str, int], dict[str, Any]] = {}
        self._chains: dict[tuple[str, str, str], dict[str, Any]] = {}
        for each in survey.ruleset(space):
            if body := each.get("rule"):
                self._rules[body["family"], body["table"], body["handle"]] = body
            elif body := each.get("chain"):
                self._chains[body["family"], body["table"], body["name"]] = body
        with survey.inside(space):
            self._texts = Listing().texts()

    def rule(self, told: Traced) -> Rule:
        """The rule that netfilter told of."""
        where = (told.family, told.table, told.chain, told.handle)
        body = self._rules.get((told.family, told.table, told.handle), {})
        text = self._texts.get((told.family, told.table, told.handle), "")
        packets = self._after.get(where)
        moved = None if packets is None else packets - self._before.get(where, 0)
        return Rule(
            *where, _plain(text), caption=body.get("comment", ""), packets=packets, moved=moved
        )

    def policy(self, told: Traced) -> Rule:
        """The policy of a base chain, as a rule without a handle."""
        chain = self._chains.get((told.family, told.table, told.chain), {})
        caption = chain.get("comment", "")
        return Rule(
            told.family, told.table, told.chain, 0, f"policy {told.verdict}", caption=caption
        )

    def verdict(self, told: Traced) -> str:
        """What the rule does: the word that tells most."""
        if told.kind == "return":
            return "return"
        body = self._rules.get((told.family, told.table, told.handle), {})
        words = [key for each in body.get("expr", ()) for key in each]
        if told.verdict in ("accept", "drop", "continue", "stolen"):
            telling = [each for each in _TELLING if each in words]
            return telling[0] if telling and told.verdict != "continue" else told.verdict
        return told.verdict


def _plain(text: str) -> str:
    return _COMMENT.sub("", _COUNTER.sub("", text)).strip()
