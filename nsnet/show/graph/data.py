"""A graph as JSON. The keys are stable: other programs may rely on them.

``spaces``: the network namespaces. ``key`` ("" is the host, a name below /run/netns, ``pid:77``),
``names`` (containers in it, or its own), ``role`` (host, outside, container, namespace), ``mode``,
``about`` (image or command), ``marks`` (ip_forward on, lo down, paused …), ``interfaces``.

``interfaces``: ``name``, ``kind`` (veth, bridge, macvlan, vxlan …, device, loopback), ``state``
(up, down, no carrier), ``addresses`` (CIDR), ``mac``, ``mtu``, ``bridge`` (that it is a port of, or
""), ``network`` (the ``id`` of one of ``networks``, or ""), ``gateways`` (of default routes that
go out here), ``about``, ``marks`` (isolated, hairpin, not forwarding), ``other_end_unseen``.

``networks``: what shares a wire. ``id``, ``kind`` (bridge, macvlan, ipvlan, vlan, veth, vxlan),
``name`` (Docker's, or ""), ``space`` and ``interface`` of its bridge or parent ("" for a mere cable
or tunnel), ``marks`` (internal, icc=off …), ``masquerade`` (in words).

``wires``: ``kind``, ``network``, ``ends`` (two of ``{"space", "interface"}``; of a macvlan and its
like the parent is first).

``published``: ``space`` (whose port it is), ``host_ip``, ``host_port`` (text: ranges),
``protocol``, ``ip``, ``port``, ``to`` (whose address that is), ``network``, ``how`` (dnat, relay,
none).

``notes``: remarks, a text each.
"""

from __future__ import annotations

from ...diagnose.graph.model import Card, Graph, Lan, Plug, Published, Spot, Wire, clean

Json = dict[str, object]


def data(graph: Graph) -> Json:
    """The whole graph."""
    return {
        "spaces": [_card(each) for each in graph.cards],
        "networks": [_lan(each) for each in graph.lans],
        "wires": [_wire(each) for each in graph.wires],
        "published": [_published(each) for each in graph.published],
        "notes": list(graph.notes),
    }


def _card(one: Card) -> Json:
    return {
        "key": clean(one.key),
        "names": list(one.names),
        "role": one.role,
        "mode": one.mode,
        "about": one.about,
        "marks": list(one.marks),
        "interfaces": [_plug(each) for each in one.plugs],
    }


def _plug(one: Plug) -> Json:
    return {
        "name": one.name,
        "kind": one.kind,
        "state": one.state,
        "addresses": list(one.addresses),
        "mac": one.mac,
        "mtu": one.mtu,
        "bridge": one.bridge,
        "network": one.lan,
        "gateways": list(one.gateways),
        "about": one.about,
        "marks": list(one.marks),
        "other_end_unseen": one.unseen,
    }


def _lan(one: Lan) -> Json:
    return {
        "id": one.key,
        "kind": one.kind,
        "name": one.name,
        "space": clean(one.card),
        "interface": one.device,
        "marks": list(one.marks),
        "masquerade": list(one.masquerade),
    }


def _wire(one: Wire) -> Json:
    return {"kind": one.kind, "network": one.lan, "ends": [_end(each) for each in one.ends]}


def _end(spot: Spot) -> Json:
    return {"space": clean(spot[0]), "interface": spot[1]}


def _published(one: Published) -> Json:
    return {
        "space": clean(one.card),
        "host_ip": one.host_ip,
        "host_port": one.host_port,
        "protocol": one.protocol,
        "ip": one.ip,
        "port": one.port,
        "to": one.to,
        "network": one.lan,
        "how": one.how,
    }
