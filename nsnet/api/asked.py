"""The helper's side of questions: what `nsnet why` and its kin ask, as JSON."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_WIDTH = 100


class Asked:
    """The verbs that only look."""

    def why(self, source: str, target: str, protocol: str, language: str) -> Json:
        """Why a packet arrives, or does not."""
        from ..looking.why import why
        from ..show.why import data, lines

        finding = why(source, target, protocol)
        return {"data": data(finding, language), "lines": lines(finding, language)}

    def walk(self, source: str, target: str, protocol: str, language: str) -> Json:
        """The way of a packet, predicted."""
        from ..looking.walk import walk
        from ..show.walk.data import data

        return {"data": data(walk(source, target, protocol), language), "language": language}

    def trace(self, source: str, target: str, protocol: str, timeout: float, language: str) -> Json:
        """The way of a packet, as it went."""
        from ..looking.trace import trace
        from ..show.walk.data import data

        walk = trace(source, target, protocol, timeout).walk
        return {"data": data(walk, language), "language": language}

    def reach(
        self,
        names: list[str],
        parts: list[str],
        senders: list[str],
        targets: list[str],
        timeout: float,
    ) -> Json:
        """Who reaches whom."""
        from ..looking.reach import reach
        from ..show.reach.data import reach as data

        found = reach(names, parts, senders, targets, timeout)
        shorts = {each.label: each.short for each in (*found.senders, *found.targets)}
        return {"data": data(found), "what": list(found.what), "shorts": shorts}

    def graph(self, what: list[str]) -> Json:
        """The picture of the networks."""
        from ..looking.graph import graph
        from ..show.graph.data import data

        return {"data": data(graph(what))}

    def rules(self, words: str) -> Json:
        """The firewall, in the words of nft or of iptables."""
        from ..kernel.stack import Stack
        from ..looking.rules import Wish, look
        from ..looking.state import state
        from ..show import iptables

        records = sorted(state().records.values(), key=lambda record: record.created)
        layouts = tuple(record.layout for record in records)
        if words == "iptables":
            lines = iptables.save(layouts) if layouts else []
            return {"data": lines, "lines": lines}
        with Stack() as stack:
            seen = look(stack, Wish(layouts))
        return {"data": seen.data(), "lines": list(seen.text(_WIDTH))}
