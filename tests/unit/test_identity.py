"""Ids: those that are written down are what they would be derived as."""

from __future__ import annotations

import hashlib

from nsnet.topology.identity import network_id, new_id
from nsnet.topology.model import PREDEFINED, Network


def test_the_ids_of_the_predefined_networks_are_derived_from_their_names() -> None:
    for name in PREDEFINED:
        text = f"network\0{name}\0"
        assert network_id("", Network(name)) == hashlib.sha256(text.encode()).hexdigest()
        assert network_id("", Network(name)) != network_id("shop", Network(name))
        assert network_id("", Network(name, id="abc")) == "abc"


def test_new_ids_are_64_hex_digits_and_differ() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 64 and int(each, 16) for each in ids)
