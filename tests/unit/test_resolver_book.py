"""Who is called what, compared with the plainest way to find out."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nsnet.resolver.book import Book, Entry, parse, reverse

NAMES = ["a", "b", "c", "a.b", "b.c", "a.b.c"]
some_names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)
places = st.dictionaries(st.sampled_from(["b", "c", "b.c", "n"]), some_names, max_size=3)
links = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=2)
hosts = st.lists(st.tuples(places, links), min_size=1, max_size=5)


def entry(name: str, places: dict[str, list[str]], links: dict[str, str], number: int) -> Entry:
    told: dict[str, Any] = {
        "networks": [
            {"name": network, "ipv4": f"10.0.{i}.{number}", "ipv6": "", "names": names}
            for i, (network, names) in enumerate(places.items())
        ],
        "links": links,
    }
    found = parse(name, json.dumps(told).encode())
    assert found is not None
    return found


def plainly(entries: list[Entry], asker: Entry, name: str) -> set[bytes] | None:
    """Docker's order, spelled out."""
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        request, network = ".".join(parts[:i]), ".".join(parts[i:])
        request = asker.links.get(request, request)
        for own in asker.places:
            if network in ("", own.network):
                found = {
                    place.packed[4]
                    for each in entries
                    for place in each.places
                    if place.network == own.network and request in place.names
                }
                if found:
                    return found
    return None


@settings(max_examples=300)
@given(hosts, st.sampled_from([*NAMES, "a.n", "a.b.n", "a.b.c.n", "b.b.c", "n"]), st.data())
def test_the_book_finds_what_a_search_finds(
    told: list[tuple[dict[str, list[str]], dict[str, str]]], name: str, data: st.DataObject
) -> None:
    book = Book()
    entries = [entry(f"h{i}", places, links, i) for i, (places, links) in enumerate(told)]
    for each in entries:
        book.put(each)
    for i in data.draw(st.sets(st.integers(0, len(entries) - 1), max_size=len(entries) - 1)):
        book.drop(f"h{i}")
    left = [each for each in entries if each.name in book.entries]
    for asker in left:
        found = book.addresses(asker, name, 4)
        assert (None if found is None else {*found}) == plainly(left, asker, name)
        known = book.addresses(asker, name, 6)
        assert known == (None if found is None else [])
    for each in left:
        book.drop(each.name)
    assert not book._networks


@given(st.ip_addresses())
def test_reverse_names(address: Any) -> None:
    assert reverse(address.reverse_pointer) == address.packed
    assert reverse("1." + address.reverse_pointer) == b""


keys = st.sampled_from(
    ["netns", "port", "networks", "links", "dns", "ndots", "name", "ipv4", "ipv6", "names"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@given(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_a_file_is_understood_or_not(text: bytes) -> None:
    found = parse("x", text)
    if found is not None:
        book = Book()
        book.put(found)
        book.addresses(found, "a.b", 4)
        book.drop("x")
