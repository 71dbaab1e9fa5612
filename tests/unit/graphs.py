"""Random pictures to be drawn."""

from __future__ import annotations

import random

from nsnet.diagnose.graph.model import Card, Graph, Lan, Plug, Published, Spot, Wire, naturally

_STATES = ("up", "up", "up", "down", "no carrier")
_NAMES = ("web", "a", "컨테이너", "a-very-long-name-of-a-container-that-does-not-end", "x" * 60)


class _Random:
    """A host with bridges, a parent of macvlans, containers on some of these, bare cables."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.plugs: dict[str, list[Plug]] = {"": []}
        self.lans: list[Lan] = []
        self.wires: list[Wire] = []
        self.published: list[Published] = []

    def graph(self) -> Graph:
        for number in range(self.dice.randint(0, 6)):
            self.bridge("", number)
        if self.dice.random() < 0.5:
            self.plugs[""].append(Plug("ext0", "device", ("198.51.100.7/24",)))
            self.lans.append(Lan("/ext0", "macvlan", "", "ext0", "lan"))
        for number in range(self.dice.choice((0, 1, 3, 8, 25))):
            self.container(f"{self.dice.choice(_NAMES)}-{number}")
        self.cables()
        cards = [
            Card(key, (key or "host",), "container" if key else "host", plugs=tuple(plugs))
            for key, plugs in self.plugs.items()
        ]
        return Graph(
            tuple(cards),
            tuple(self.lans),
            tuple(sorted(self.wires, key=lambda wire: naturally(wire.ends[1]))),
            tuple(self.published),
            ("a note " * self.dice.randint(1, 30),) * self.dice.randint(0, 2),
        )

    def bridge(self, card: str, number: int) -> None:
        name = f"br{number}"
        marks = ("icc=off",) * self.dice.randint(0, 1)
        addresses = (f"10.{number}.0.1/16", f"fd00:{number}::1/64")[: self.dice.randint(0, 2)]
        self.plugs[card].append(Plug(name, "bridge", addresses, lan=f"{card}/{name}"))
        self.lans.append(Lan(f"{card}/{name}", "bridge", card, name, f"net{number}", marks))

    def container(self, name: str) -> None:
        own = self.plugs[name] = []
        if self.dice.random() < 0.1:
            self.bridge(name, 90 + len(self.lans))
        wanted = self.dice.sample(self.lans, min(len(self.lans), self.dice.randint(0, 3)))
        for number, lan in enumerate(each for each in wanted if each.card != name):
            ip = f"10.{number}.{len(self.plugs)}.2"
            plug = Plug(
                f"eth{number}",
                "veth",
                (f"{ip}/16", "fd00::1234:5678:9abc/64")[: self.dice.randint(0, 2)],
                state=self.dice.choice(_STATES),
                gateways=("10.0.0.1",) * self.dice.randint(0, 1),
                lan=lan.key,
            )
            own.append(plug)
            self.connect(lan, (name, plug.name))
            if plug.addresses and self.dice.random() < 0.5:
                host_port = str(8000 + len(self.published))
                port = ("0.0.0.0", host_port, "tcp", ip, "80")
                self.published.append(Published("", *port, name, lan.key))

    def connect(self, lan: Lan, spot: Spot) -> None:
        if lan.kind != "bridge":
            self.wires.append(Wire(lan.kind, ((lan.card, lan.device), spot), lan.key))
            return
        port = f"veth{len(self.wires)}"
        there = self.plugs[lan.card]
        there.append(Plug(port, "veth", bridge=lan.device, lan=lan.key))
        self.wires.append(Wire("veth", ((lan.card, port), spot), lan.key))

    def cables(self) -> None:
        """Some between any two; one from the parent of macvlans, which so has two LANs."""
        parent = [each for each in self.lans if each.device == "ext0"]
        if parent and len(self.plugs) > 1:
            last = list(self.plugs)[-1]
            self.plugs[last].append(Plug("peer0", "veth", lan="cable ext0"))
            self.lans.append(Lan("cable ext0", "veth"))
            self.wires.append(Wire("veth", (("", "ext0"), (last, "peer0")), "cable ext0"))
        for number in range(self.dice.choice((0, 0, 2, 5))):
            ends = [self.dice.choice(list(self.plugs)) for _ in range(2)]
            key = f"cable {number}"
            names = [f"p{number}{side}" for side in "ab"]
            for card, name in zip(ends, names, strict=True):
                self.plugs[card].append(Plug(name, "veth", state="down", lan=key))
            self.lans.append(Lan(key, "veth"))
            self.wires.append(Wire("veth", ((ends[0], names[0]), (ends[1], names[1])), key))


def random_graph(seed: int) -> Graph:
    """A picture that nobody has thought of; the same one for the same `seed`."""
    return _Random(seed).graph()
