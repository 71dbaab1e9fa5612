"""The comment of an nftables table, asked of the kernel itself."""

from __future__ import annotations

import pytest

from nsnet.kernel import rules
from nsnet.kernel.nft import Nft
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")


def test_it_is_what_the_library_reads() -> None:
    run("nft", 'add table ip a { comment "nsnet; net.ipv4.ip_forward was 0"; }')
    run("nft", 'add table bridge a { comment "Brücke"; }')
    run("nft", "add table ip6 b")
    asked = [("ip", "a"), ("bridge", "a"), ("ip6", "b"), ("ip6", "a"), ("ip", "none")]
    found = [rules.comment(*each) for each in asked]
    assert found == ["nsnet; net.ipv4.ip_forward was 0", "Brücke", "", None, None]
    assert found == [Nft().comment(*each) for each in asked]
    run("nft", "flush ruleset")
