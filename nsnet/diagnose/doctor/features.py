"""Kernel features: what cannot be built, or not be explained, without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .finding import BROKEN, NOTE, OK, UNSEEN, WARNING, Finding
from .machine import Machine

#: What a feature is for, whether nothing works without it, and its module.
_NEEDED = {
    "veth": ("no container gets a cable", BROKEN, "veth"),
    "bridge": ("no network of the bridge driver can be made", BROKEN, "bridge"),
    "nftables": ("no network can be made: nsnet's firewall is nftables", BROKEN, "nf_tables"),
    "nat": ("containers do not get out, and no port can be published", BROKEN, "nft_chain_nat"),
    "fib": ("no port can be published (is it an address of this host?)", BROKEN, "nft_fib_ipv4"),
    "ct": ("answers cannot be told from calls", BROKEN, "nft_ct"),
    "map": ("no port can be published (maps of ports to containers)", BROKEN, "nft_nat"),
    "nft-ip6": ("networks with IPv6 cannot be made", WARNING, "nft_chain_nat"),
    "nft-bridge": ("networks with icc=false cannot be made", WARNING, "nft_meta_bridge"),
    "nftrace": ("`nsnet trace` cannot name the rules that a packet meets", WARNING, "nf_tables"),
    "macvlan": ("networks of the macvlan driver cannot be made", NOTE, "macvlan"),
    "ipvlan": ("networks of the ipvlan driver cannot be made", NOTE, "ipvlan"),
    "vxlan": ("networks over several hosts cannot be made", NOTE, "vxlan"),
    "dummy": ("examples that use a dummy interface do not work", NOTE, "dummy"),
    "vlan": (
        "macvlan and ipvlan networks on a VLAN (parent eth0.10) cannot be made",
        NOTE,
        "8021q",
    ),
}


def check(machine: Machine) -> Iterator[Finding]:
    """Each one is tried in a namespace that exists for that only."""
    return judge(machine.features)


def judge(found: Mapping[str, str]) -> Iterator[Finding]:
    """What is to be said of what `nsnet.kernel.features.probe` has found."""
    if "namespace" in found:
        yield Finding(
            UNSEEN,
            "features",
            "kernel features not tried",
            found["namespace"],
            ("sudo nsnet doctor",),
        )
        return
    there = [name for name in _NEEDED if not found.get(name)]
    if there:
        yield Finding(OK, "features", f"the kernel has {', '.join(there)}")
    for name, (lacking, level, module) in _NEEDED.items():
        if found.get(name):
            what = f"the kernel lacks {name} ({found[name]})"
            yield Finding(level, f"feature-{name}", what, lacking, (f"sudo modprobe {module}",))
