"""Two machines to break things on: one made by nsnet, one by hand with other names and subnets.

Both have the same plan: a container that is on two networks and publishes a port, a neighbour on
each network (`idle` on the first does nothing), and a machine outside that knows no way back
to private addresses.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nsnet.engine.engine import Engine
from nsnet.topology.model import Attachment, Container, Network, Pool, Port, Topology
from nsnet.value import Value
from tests.support import run


class Machine(Value):
    """Who is who. `web` publishes `port` (TCP 80) and `names` (UDP 53), the others listen on
    TCP 81; `near` is on its first network `front`, `far` on its second one, `back`. `host` and
    `outside` are addresses."""

    made: bool
    web: str
    near: str
    far: str
    front: str
    back: str
    port: str
    names: str
    host: str
    outside: str
    out: str = "out"
    idle: str = "cron"


MADE = Machine(
    True, "web", "app", "db", "front", "back", "8080", "5353/udp", "203.0.113.1", "203.0.113.2"
)
HAND = Machine(
    False, "red", "blue", "green", "sw7", "sw8", "9000", "9053/udp",
    "198.51.100.1", "198.51.100.2", "world", "gray",
)  # fmt: skip
MACHINES = {"made": MADE, "hand": HAND}

SHOP = Topology(
    "shop",
    (
        Network("front", pools=(Pool("172.30.0.0/16"),)),
        Network("back", pools=(Pool("172.31.0.0/16"),)),
    ),
    (
        Container(
            "web",
            attachments=(Attachment("front", gw_priority=1), Attachment("back")),
            ports=(Port(80, 8080), Port(53, 5353, "udp")),
            stub=True,
        ),
        Container("app", attachments=(Attachment("front"),), expose=((81, "tcp"),), stub=True),
        Container("cron", attachments=(Attachment("front"),)),
        Container("db", attachments=(Attachment("back"),), expose=((81, "tcp"),), stub=True),
    ),
)


@contextmanager
def machine(name: str) -> Iterator[Machine]:
    """One of `MACHINES`, built; afterwards nothing of it is left."""
    it = MACHINES[name]
    with _outside(it), _made() if it.made else _by_hand():
        yield it


@contextmanager
def _outside(it: Machine) -> Iterator[None]:
    script = f"""
        ip netns add {it.out} && ip -n {it.out} link set lo up
        ip link add ext0 type veth peer name eth0 netns {it.out}
        ip address add {it.host}/24 dev ext0 && ip link set ext0 up
        ip -n {it.out} address add {it.outside}/24 dev eth0 && ip -n {it.out} link set eth0 up
        ip route add default via {it.outside}
        sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || :
    """
    try:
        subprocess.run(["sh", "-ec", script], check=True)
        yield
    finally:
        run("ip", "link", "delete", "ext0", check=False)
        run("ip", "netns", "delete", it.out, check=False)


@contextmanager
def _made() -> Iterator[None]:
    engine = Engine()
    engine.up(SHOP)
    try:
        yield
    finally:
        engine.down("shop")


#: A learner's work: `masquerade` for the world, for itself and for 127.0.0.1, a doorman in
#: forward, hairpin, route_localnet.
_HAND = """
for n in 7 8; do
    ip link add sw$n type bridge && ip address add 10.$n.0.1/24 dev sw$n && ip link set sw$n up
    sysctl -qw net.ipv4.conf.sw$n.route_localnet=1
done
plug() {
    ip link add v-$1-$3 type veth peer name e$3 netns $1
    ip link set v-$1-$3 master sw$3 up && bridge link set dev v-$1-$3 hairpin on
    ip -n $1 address add 10.$3.0.$2/24 brd + dev e$3 && ip -n $1 link set e$3 up
}
for n in red blue green gray; do ip netns add $n && ip -n $n link set lo up; done
plug red 2 7 && plug red 2 8 && plug blue 3 7 && plug green 3 8 && plug gray 4 7
for n in red blue gray; do ip -n $n route add default via 10.7.0.1; done
ip -n green route add default via 10.8.0.1
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'RULES'
table ip learner {
    chain pre {
        type nat hook prerouting priority -100; policy accept;
        ip daddr 198.51.100.1 tcp dport 9000 counter dnat to 10.7.0.2:80
        ip daddr 198.51.100.1 udp dport 9053 counter dnat to 10.7.0.2:53
    }
    chain local {
        type nat hook output priority -100; policy accept;
        ip daddr { 127.0.0.1, 198.51.100.1 } tcp dport 9000 counter dnat to 10.7.0.2:80
    }
    chain post {
        type nat hook postrouting priority 100; policy accept;
        ip saddr 127.0.0.0/8 oifname "sw7" counter masquerade comment "the host itself"
        ip saddr 10.7.0.0/24 ip daddr 10.7.0.0/24 ct status dnat counter masquerade
        ip saddr 10.7.0.0/24 oifname "ext0" counter masquerade comment "into the world"
        ip saddr 10.8.0.0/24 oifname "ext0" counter masquerade
    }
    chain doorman {
        type filter hook forward priority 0; policy drop;
        ct state established,related counter accept
        iifname "sw7" oifname "sw7" accept
        iifname "sw8" oifname "sw8" accept
        iifname "sw7" oifname "ext0" counter accept
        iifname "sw8" oifname "ext0" counter accept
        oifname "sw7" tcp dport 80 counter accept comment "the published port"
        oifname "sw7" tcp dport 82 counter accept comment "for the next lesson"
        oifname "sw7" udp dport 53-54 counter accept
    }
}
RULES
"""
#: Answers on a TCP port and UDP 53.
_SERVER = """
import selectors, socket, sys
picks = selectors.DefaultSelector()
for kind, port in ((socket.SOCK_STREAM, int(sys.argv[1])), (socket.SOCK_DGRAM, 53)):
    sock = socket.socket(socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("0.0.0.0", port))
    if kind == socket.SOCK_STREAM: sock.listen()
    picks.register(sock, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in picks.select():
        if key.fileobj.type == socket.SOCK_DGRAM:
            data, caller = key.fileobj.recvfrom(9000)
            key.fileobj.sendto(data, caller)
        else:
            one, _ = key.fileobj.accept()
            one.close()
"""


@contextmanager
def _by_hand() -> Iterator[None]:
    servers = []
    try:
        subprocess.run(["sh", "-ec", _HAND], check=True)
        for name in ("red", "blue", "green"):
            words = ["ip", "netns", "exec", name, sys.executable, "-IS", "-c", _SERVER]
            words.append("80" if name == "red" else "81")
            servers.append(subprocess.Popen(words, stdout=subprocess.PIPE))
        for each in servers:
            assert each.stdout
            assert each.stdout.readline() == b"ready\n"
        _settle()
        yield
    finally:
        for each in servers:
            each.kill()
            each.wait()
            if each.stdout:
                each.stdout.close()
        for word in run("ip", "-br", "link").split():
            if word.startswith("v-"):
                run("ip", "link", "delete", word.partition("@")[0], check=False)
        for name in ("red", "blue", "green", "gray"):
            run("ip", "netns", "delete", name, check=False)
        for name in ("sw7", "sw8"):
            run("ip", "link", "delete", name, check=False)
        run("nft", "delete", "table", "ip", "learner", check=False)
        run("sysctl", "-qw", "net.ipv4.ip_forward=0")


def _settle() -> None:
    """Until the bridges' ports forward."""
    limit = time.monotonic() + 2
    while time.monotonic() < limit:
        with suppress(AssertionError):
            if run("bridge", "link").count("state forwarding") == 5:
                return
        time.sleep(0.005)
