"""Steps about veth pairs, the cables between a container and a bridge."""

from __future__ import annotations

from ...kernel import link
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import Command, Step, Subject, ip
from .link import ChangeLink, DropLink, HostLink


class AddVeth(HostLink):
    """A cable: one end on the host, plugged into a bridge, the other inside a namespace."""

    name: str
    mac: str
    group: int
    index: int
    mtu: int
    bridge: str
    bridge_index: int
    namespace: str
    peer: str
    peer_mac: str
    peer_index: int

    @property
    def what(self) -> str:
        return f"plug {self.peer} of {self.namespace} into {self.bridge}"

    @property
    def why(self) -> str:
        return (
            f"a veth pair is a cable: {self.peer} is the end inside {self.namespace}, {self.name} "
            f"the end on the host, plugged into {self.bridge} (Docker: an endpoint)"
        )

    @property
    def leans_on(self) -> tuple[Subject, ...]:
        return (("link", "", self.bridge),)

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("link", "", self.name), ("link", self.namespace, self.peer))

    def commands(self) -> tuple[Command, ...]:
        words = (
            f"link add name {self.name} index {self.index} address {self.mac} mtu {self.mtu} "
            f"group {self.group} master {self.bridge} up type veth peer name {self.peer} "
            f"index {self.peer_index} address {self.peer_mac} mtu {self.mtu} netns {self.namespace}"
        )
        return (ip("", *words.split()),)

    def apply(self, stack: Stack) -> None:
        link.add_veth(
            stack.channel(""),
            self.name,
            self.mac,
            self.mtu,
            self.group,
            self.index,
            self.bridge_index,
            self.peer,
            self.peer_mac,
            self.peer_index,
            stack.netns_fd(self.namespace),
            self,
        )

    def present(self, seen: Observed) -> bool:
        host, peer = seen.link("", self.name), seen.link(self.namespace, self.peer)
        if host is None or peer is None or not self._right_ends(host, peer):
            return False
        master = seen.link("", self.bridge)
        return (
            (host.up, host.mac, host.mtu) == (True, self.mac, self.mtu)
            and (peer.mac, peer.mtu) == (self.peer_mac, self.mtu)
            and master is not None
            and host.master == master.index
        )

    def _right_ends(self, host: link.Link, peer: link.Link) -> bool:
        """Are these the two ends of one cable, with the indexes that others count on?"""
        found = (host.index, host.peer, peer.index)
        return found == (self.index, self.peer_index, self.peer_index)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        host, peer = seen.link("", self.name), seen.link(self.namespace, self.peer)
        if host is None:
            return (self,)
        if peer is None or not self._right_ends(host, peer):
            return (DropLink(self.name), self)
        by_index = {each.index: name for name, each in seen.links().items()}
        steps: list[Step] = []
        if (peer.mac, peer.mtu) != (self.peer_mac, self.mtu):
            steps.append(
                ChangeLink(
                    self.peer,
                    self.namespace,
                    mac=self.peer_mac,
                    mtu=self.mtu,
                    old_mac=peer.mac,
                    old_mtu=peer.mtu,
                )
            )
        steps.append(
            ChangeLink(
                self.name,
                mac=self.mac,
                mtu=self.mtu,
                up=True,
                master=self.bridge,
                master_index=self.bridge_index,
                old_mac=host.mac,
                old_mtu=host.mtu,
                old_up=host.up,
                old_master=by_index.get(host.master, ""),
                old_master_index=host.master,
            )
        )
        return tuple(steps)
