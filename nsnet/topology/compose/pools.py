"""``ipam:``: the subnets of a network, checked as Docker checks them.

Host bits set in a subnet are accepted, as Docker does, and cut off here.
"""

from __future__ import annotations

import ipaddress

from ..model import Pool
from .coerce import check_keys, mapping, text
from .keys import IPAM, POOL
from .place import Place, Problems
from .tree import Items, Map, Scalar

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_pools(body: Map, driver: str, what: str, problems: Problems) -> tuple[Pool, ...]:
    """The pools of a network's ``ipam:``; empty entries are left out."""
    what = f"{what}: ipam"
    ipam = mapping(body.get("ipam"), what, problems)
    if ipam is None:
        return ()
    check_keys(ipam, IPAM, what, problems)
    config = ipam.get("config")
    nodes = config.items if isinstance(config, Items) else ()
    bodies = [node for item in nodes if (node := mapping(item, what, problems))]
    found = tuple(pool for node in bodies if (pool := _pool(node, what, problems)) != Pool())
    _check_family(found, ipam, driver, what, problems)
    return found


def has_subnet(body: Map) -> bool:
    """Whether a network's body names any subnet, right or wrong."""
    ipam = body.get("ipam")
    config = ipam.get("config") if isinstance(ipam, Map) else None
    items = config.items if isinstance(config, Items) else ()
    return any(isinstance(item, Map) and item.get("subnet") for item in items)


def subnets(pools: tuple[Pool, ...]) -> list[Subnet]:
    """The subnets of `pools` as networks."""
    return [ipaddress.ip_network(pool.subnet) for pool in pools if pool.subnet]


def reserved(pool: Pool) -> set[Address]:
    """The addresses of `pool` that no container can have: its ends, gateway and aux."""
    if not pool.subnet:
        return set()
    subnet = ipaddress.ip_network(pool.subnet)
    first = ipaddress.ip_network(pool.ip_range or pool.subnet).network_address
    if first == subnet.network_address:
        first += 1
    gateway = ipaddress.ip_address(pool.gateway) if pool.gateway else first
    ends = {subnet.network_address, subnet.broadcast_address} if subnet.version == 4 else set()
    return {gateway, *ends, *(ipaddress.ip_address(a) for _, a in pool.aux_addresses)}


def _pool(node: Map, what: str, problems: Problems) -> Pool:
    check_keys(node, POOL, what, problems)
    subnet = _network(node, "subnet", what, problems)
    ip_range = _network(node, "ip_range", what, problems)
    written = text(node.get("gateway"), f"{what}: gateway", problems)
    gateway = _inside(written, f"{what}: gateway", subnet, node.place("gateway"), problems)
    if subnet is None:
        if ip_range or gateway:
            problems.add(node.at, f"{what}: gateway or ip_range without subnet: add the subnet")
        return Pool()
    if ip_range and not ip_range.overlaps(subnet):
        cure = f"choose one inside {subnet}"
        problems.add(node.place("ip_range"), f'{what}: ip_range "{ip_range}" is outside: {cure}')
        ip_range = None
    if subnet.version == 4 and subnet.prefixlen > 30:
        cure = "use /30 or wider"
        problems.add(node.place("subnet"), f'{what}: subnet "{subnet}" holds no container: {cure}')
    if gateway in _ends(subnet):
        cure = f"use another address, as {_example(subnet)}"
        problems.add(node.place("gateway"), f'{what}: gateway "{gateway}" ends the subnet: {cure}')
    aux = _aux(node, subnet, gateway, what, problems)
    return Pool(str(subnet), str(gateway) if gateway else None, _shown(ip_range), aux)


def _shown(network: Subnet | None) -> str | None:
    return str(network) if network else None


def _ends(subnet: Subnet) -> tuple[Address, ...]:
    ends = (subnet.network_address, subnet.broadcast_address)
    return ends if subnet.version == 4 else ends[:1]


def _example(subnet: Subnet) -> Address:
    return subnet.network_address + 1


def _network(node: Map, key: str, what: str, problems: Problems) -> Subnet | None:
    written = text(node.get(key), f"{what}: {key}", problems)
    if not written:
        return None
    try:
        if "/" in written:
            return ipaddress.ip_network(written, strict=False)
    except ValueError:
        pass
    cure = "write ADDRESS/BITS, as 172.30.0.0/16"
    problems.add(node.place(key), f'{what}: {key} "{written}" is no network: {cure}')
    return None


def _inside(
    written: str, what: str, subnet: Subnet | None, at: Place, problems: Problems
) -> Address | None:
    """`written` as an address of `subnet`; None, and a problem, where it is not."""
    if not written:
        return None
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        cure = "write an address without a mask"
        problems.add(at, f'{what} "{written}" is no address: {cure}')
        return None
    if subnet is not None and address not in subnet:
        cure = f"choose one inside, as {_example(subnet)}"
        problems.add(at, f'{what} "{written}" is outside {subnet}: {cure}')
        return None
    return address


def _aux(
    node: Map, subnet: Subnet, gateway: Address | None, what: str, problems: Problems
) -> tuple[tuple[str, str], ...]:
    aux = mapping(node.get("aux_addresses"), f"{what}: aux_addresses", problems)
    found = []
    for name, value in aux.entries.items() if aux else ():
        written = value.text.strip() if isinstance(value, Scalar) else ""
        address = _inside(written, f"{what}: aux address", subnet, value.at, problems)
        if address is not None and address == gateway:
            problems.add(value.at, f'{what}: aux address "{name}" is the gateway: choose another')
        elif address is not None:
            found.append((name, str(address)))
    return tuple(found)


def _check_family(
    pools: tuple[Pool, ...], ipam: Map, driver: str, what: str, problems: Problems
) -> None:
    """Overlaps within one network, and the bridge's limit of one subnet of each family."""
    nets = subnets(pools)
    for i, net in enumerate(nets):
        for other in nets[:i]:
            if net.version == other.version and (driver == "bridge" or net.overlaps(other)):
                why = "overlap" if net.overlaps(other) else "are one too many for a bridge"
                text = f'{what}: subnets "{other}" and "{net}" {why}: keep one'
                problems.add(ipam.place("config"), text)
