"""Networks made by hand, with plain `ip` and `nft`, to be diagnosed."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nsnet.diagnose.findings import Finding
from nsnet.diagnose.ladder import diagnose
from nsnet.diagnose.places import Places
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.kernel.syscalls import CLONE_NEWNET, setns
from tests.support import needs_br_netfilter

#: Two machines that have nothing in common but their shape: names, subnets, prefix lengths.
DOCKER_LIKE = {
    "c1": "c1", "c2": "c2", "br": "br0", "v1": "veth-c1", "v2": "veth-c2", "e": "eth0",
    "n": "172.17.0", "len": "16", "net": "172.17.0.0/16", "wan": "wan", "out": "out",
    "hw": "203.0.113.2", "ow": "203.0.113.1", "pub": "8080",
}  # fmt: skip
OTHER = {
    "c1": "red", "c2": "blue", "br": "lan.7", "v1": "p1", "v2": "p2", "e": "net0",
    "n": "10.90.7", "len": "25", "net": "10.90.7.0/25", "wan": "up0", "out": "isp",
    "hw": "198.51.100.9", "ow": "198.51.100.8", "pub": "3000",
}  # fmt: skip
MACHINES = (DOCKER_LIKE, OTHER)

#: Two containers on a bridge, a host that routes and masquerades, a machine outside.
SCENE = """
    ip link add {br} type bridge && ip address add {n}.1/{len} dev {br} && ip link set {br} up
    for x in "{c1} {v1} 2" "{c2} {v2} 3"; do set -- $x
        ip netns add $1 && ip -n $1 link set lo up
        ip link add $2 type veth peer name {e} netns $1 && ip link set $2 master {br} up
        ip -n $1 address add {n}.$3/{len} dev {e} && ip -n $1 link set {e} up
        ip -n $1 route add default via {n}.1
    done
    ip netns add {out} && ip -n {out} link set lo up
    ip link add {wan} type veth peer name eth0 netns {out}
    ip address add {hw}/24 dev {wan} && ip link set {wan} up
    ip -n {out} address add {ow}/24 dev eth0 && ip -n {out} link set eth0 up
    ip route add default via {ow}
    sysctl -qw net.ipv4.ip_forward=1
"""
NAT = """
    nft -f - <<END
    table ip mine {{
        chain post {{
            type nat hook postrouting priority 100; policy accept;
            ip saddr {net} oifname != "{br}" counter masquerade
        }}
        chain pre {{
            type nat hook prerouting priority -100; policy accept;
            ip daddr {hw} tcp dport {pub} counter dnat to {n}.2:80
        }}
    }}
END
"""


def sh(script: str, names: Mapping[str, str]) -> None:
    """Run a script; its blanks are filled."""
    if "bridge-nf-call-iptables=1" in script:
        needs_br_netfilter()
    done = subprocess.run(
        ["sh", "-ec", script.format_map(names)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def machine(names: Mapping[str, str], script: str = SCENE + NAT) -> Iterator[None]:
    """The scene, removed at the end with whatever was added."""
    before = links()
    bridged = sysctl("net.bridge.bridge-nf-call-iptables")
    try:
        sh(script, names)
        yield
    finally:
        clear(before)
        sysctl("net.ipv4.ip_forward", "0")
        if bridged:
            sysctl("net.bridge.bridge-nf-call-iptables", bridged)


def links() -> set[str]:
    """The names of the host's interfaces."""
    return set(os.listdir("/proc/sys/net/ipv4/conf"))


def clear(before: set[str]) -> None:
    """Remove all interfaces but those, all namespaces and rules."""
    names = " ".join(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else ""
    extra = " ".join(sorted(links() - before))
    script = f"""
        nft flush ruleset
        for x in {extra}; do ip link delete $x 2>/dev/null; done
        for x in {names}; do ip netns delete $x; done
        ip route flush table main; true
    """
    subprocess.run(["sh", "-c", script], check=False)


def sysctl(name: str, value: str = "") -> str:
    """Read or write a setting of the host."""
    if value:
        subprocess.run(["sysctl", "-qw", f"{name}={value}"], check=False)
        return value
    done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def why(source: str, target: str, protocol: str = "") -> Finding:
    """The diagnosis, with nothing known of nsnet's own."""
    with Stack() as stack:
        places = Places(Survey(stack), {})
        origin = places.source(source)
        return diagnose(stack, places, origin, places.target(target, origin), protocol)


@contextmanager
def listening(space: str, address: str, port: int) -> Iterator[None]:
    """A program in a namespace that takes TCP calls; IPv6 ones alone at an `address` of IPv6."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if space:
            with open(f"/run/netns/{space}") as there:
                setns(there.fileno(), CLONE_NEWNET)
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    finally:
        setns(home, CLONE_NEWNET)
        os.close(home)
    with sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ":" in address:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen()
        yield
