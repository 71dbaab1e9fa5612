"""Reading the host before anything is planned: what is in use, and how it was before us."""

from __future__ import annotations

import os
from ipaddress import ip_address, ip_interface

from ..kernel import netns, sysctl
from ..kernel.errors import PreconditionError
from ..kernel.hostid import host_id
from ..kernel.observe import Observed
from ..kernel.resolvconf import host_resolv_conf, servers
from ..plan.before import FORWARD, Before
from ..plan.steps.file import ETC_NETNS
from ..plan.steps.nft import MARK, TABLE
from ..topology import config
from ..topology.ipam import Net, parse_net
from ..topology.layout import Layout
from ..topology.naming import is_our_group
from ..topology.taken import Taken
from .cursors import Cursors
from .state import place

_NET_ADMIN, _SYS_ADMIN = 12, 21


def has_rights() -> bool:
    """May this process change network stacks?"""
    with open("/proc/self/status", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith("CapEff"))
    mask = int(line.split()[1], 16)
    return bool((mask >> _NET_ADMIN) & (mask >> _SYS_ADMIN) & 1)


def require_rights() -> None:
    """Raises `PreconditionError` unless this process may change network stacks."""
    if not has_rights():
        raise PreconditionError(
            "changing this machine's network needs root",
            "run it as `sudo nsnet …`, or without root in a sandbox: `nsnet --sandbox …`",
        )


def anything_up(folder: str) -> bool:
    """Is there a namespace or a state that only root can look into?"""
    return os.path.exists(folder) or any(netns.names().values())


def taken(seen: Observed, others: list[Layout], cursors: Cursors) -> Taken:
    """What is in use on this host, apart from what nsnet made, and how its user has set it.
    Raises `TopologyError` if those settings cannot be read."""
    links = seen.links()
    foreign = {name for name, link in links.items() if not is_our_group(link.group)}
    own = sorted((cidr, device) for device, cidr in seen.addresses() if device in foreign)
    nets: list[Net] = [ip_interface(cidr).network for cidr, device in own if device != "lo"]
    for destination, _, device in seen.routes():
        if device in foreign and destination != "default":
            nets.append(parse_net(destination))
    indexes = [link.index for name, link in links.items() if name in foreign]
    way_out = seen.way_out()
    return Taken(
        others,
        nets,
        own,
        indexes,
        way_out.mtu if way_out else 1500,
        port_free,
        nameservers=_nameservers(),
        after=cursors.subnet,
        last_port=cursors.port,
        config=config.load(),
        ipv6=_has_ipv6(),
    )


def _nameservers() -> list[str]:
    """The addresses in the host's resolv.conf (resolv.conf(5))."""
    return [each for each in servers(host_resolv_conf()) if _is_address(each)]


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text.partition("%")[0]))
    except ValueError:
        return False


def etc_writable() -> bool:
    """Can /etc/netns hold our links? Not where an ordinary user is root of a namespace only.
    (Without any rights we only plan for somebody who has them.)"""
    return not has_rights() or os.access(ETC_NETNS if os.path.isdir(ETC_NETNS) else "/etc", os.W_OK)


def _has_ipv6() -> bool:
    """Is IPv6 in this kernel, and not switched off on all of the host's interfaces?"""
    try:
        with open("/proc/net/if_inet6") as file:
            if file.read(1):
                return True
    except OSError:
        return False
    return sysctl.read("net.ipv6.conf.all.disable_ipv6") == "0"


def port_free(protocol: str, ip: str, port: int) -> bool:
    """Could a program bind this port of the host now? (One that our own relay listens on counts
    as free: who has it is told by the records.)"""
    return _bindable(protocol, ip, port) or (":" in ip and _relayed(protocol, port))


def _relayed(protocol: str, port: int) -> bool:
    from ..resolver import ports, service

    folder = place(host_id())
    ours = {(each.protocol, each.number) for _, each in ports.ports(folder)}
    return (protocol, port) in ours and service.alive(folder)


def _bindable(protocol: str, ip: str, port: int) -> bool:
    import socket  # 3 ms

    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as probe:
        if protocol == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # IPv4 is asked about for itself
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((ip, port))
            if protocol == "tcp":
                probe.listen(1)
        except OSError as error:
            import errno

            return error.errno != errno.EADDRINUSE
    return True


def before(seen: Observed) -> Before:
    """How forwarding was before us: from our table's comment where it already stands (the
    state was lost), else from the settings themselves."""
    old: list[tuple[str, str]] = []
    settings: list[tuple[str, str]] = []
    for family, key in FORWARD.items():
        comment = seen.table_comment(family, TABLE) or ""
        in_force = "chain filter-forward" in (seen.table(family, TABLE) or {})
        if comment.startswith(MARK) and in_force:
            old.append((family, comment.rpartition(" ")[2]))
            continue
        value = seen.sysctl("", key) or "0"
        old.append((family, value))
        if value == "0":
            settings += _reset_by_forwarding(family)
    return Before(tuple(old), tuple(settings))


def _reset_by_forwarding(family: str) -> list[tuple[str, str]]:
    """Settings that switching forwarding on and off again would leave different: the kernel
    sets every interface's forwarding, and (IPv4) accept_redirects of all, along with it
    (Linux net/ipv4/devinet.c, inet_forward_change; net/ipv6/addrconf.c)."""
    version = "ipv4" if family == "ip" else "ipv6"
    found = []
    root = f"/proc/sys/net/{version}/conf"
    for device in sorted(os.listdir(root)) if os.path.isdir(root) else []:
        if device == "all":
            continue
        key = sysctl.key("net", version, "conf", device, "forwarding")
        if sysctl.read(key) == "1":
            found.append((key, "1"))
    redirects = "net.ipv4.conf.all.accept_redirects"
    if family == "ip" and sysctl.read(redirects) == "0":
        found.append((redirects, "0"))
    return found
