"""The host's settings, ``/etc/nsnet/config.toml``: what dockerd reads from its daemon.json.

The keys and their meaning are those of dockerd's configuration file (dockerd(8), "daemon
configuration file"). ``bip``, ``fixed-cidr``, ``mtu``, ``icc``, ``ip-masq`` and ``ip`` are about
the default bridge only: a network of one's own has its options.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from ipaddress import ip_address, ip_interface, ip_network

from ..value import Value, replace
from .ipam import DEFAULT_POOLS, Pools, overlapping
from .model import Container, Network, Pool, TopologyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Where the settings are; ``NSNET_CONFIG`` names another file.
PATH = "/etc/nsnet/config.toml"
VARIABLE = "NSNET_CONFIG"

_BRIDGE = "com.docker.network.bridge."
_LOWEST_MTU, _HIGHEST_MTU = 68, 65535


class Config(Value):
    """The settings of a host; as they come, those of a Docker host without a daemon.json.

    ``bip`` is the default bridge's address with its prefix length, ``fixed_cidr`` the part of
    its subnet that containers get addresses from, ``mtu`` its MTU in bytes (0: that of the
    host's way out), ``ip`` the address that its ports are published on. ``pools`` are (base, prefix
    length) pairs that automatic subnets are cut from (empty: Docker's). `userland_proxy`: IPv6
    callers of a published port reach a container that has IPv4 only. The DNS settings are for
    containers that have none of their own.
    """

    bip: str = ""
    fixed_cidr: str = ""
    mtu: int = 0
    icc: bool = True
    ip_masq: bool = True
    ip: str = ""
    pools: tuple[tuple[str, int], ...] = ()
    userland_proxy: bool = True
    dns: tuple[str, ...] = ()
    dns_opts: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()

    def address_pools(self, version: int = 4) -> Pools:
        """Where automatic subnets of a family come from. There are no IPv6 ones by default."""
        nets = [(ip_network(base, strict=False), size) for base, size in self.pools]
        own = [each for each in nets if each[0].version == version]
        return Pools(own) if own or version == 6 else DEFAULT_POOLS

    @property
    def default_subnet(self) -> str:
        """What the default bridge gets, if it is free: the first pool, as in Docker."""
        if self.bip:
            return str(ip_interface(self.bip).network)
        return str(self.address_pools()[0])

    def default_bridge(self, network: Network) -> Network:
        """The default network with these settings as its own."""
        pools = network.pools
        if self.bip:
            address = str(ip_interface(self.bip).ip)
            pools = (Pool(self.default_subnet, address, self.fixed_cidr or None),)
        elif self.fixed_cidr:
            pools = (Pool(self.default_subnet, None, self.fixed_cidr),)
        options = {
            _BRIDGE + "enable_icc": "" if self.icc else "false",
            _BRIDGE + "enable_ip_masquerade": "" if self.ip_masq else "false",
            _BRIDGE + "host_binding_ipv4": self.ip,
            "com.docker.network.driver.mtu": str(self.mtu or ""),
        }
        given = {key: value for key, value in options.items() if value} | dict(network.options)
        return replace(network, pools=pools, options=tuple(given.items()))

    def with_dns(self, container: Container) -> Container:
        """`container` with these DNS settings in the place of those that it does not name; one
        that uses another's sandbox has the other's."""
        if container.mode in ("container", "namespace"):
            return container
        return replace(
            container,
            dns=container.dns or self.dns,
            dns_opt=container.dns_opt or self.dns_opts,
            dns_search=container.dns_search or self.dns_search,
        )


def load(path: str = "") -> Config:
    """The settings in `path`, in the file that ``NSNET_CONFIG`` names, or in `PATH`.

    Raises `TopologyError` with everything that is wrong. Only `PATH` may be missing.
    """
    named = path or os.environ.get(VARIABLE, "")
    where = named or PATH
    try:
        with open(where, "rb") as file:
            text = file.read()
    except FileNotFoundError:
        if not named:
            return Config()
        raise TopologyError(
            f"{where}: there is no such file: create it, or unset {VARIABLE}"
        ) from None
    except OSError as error:
        raise TopologyError(f"{where}: cannot be read: {error.strerror}") from None
    return read(text, where)


def read(text: bytes, where: str = PATH) -> Config:
    """The settings in `text`. Raises `TopologyError`; `where` names the file in it."""
    import tomllib  # only where there is such a file

    try:
        data = tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TopologyError(f"{where}: not TOML: {error}") from None
    problems: list[str] = []
    found: dict[str, Any] = {}
    for key, value in data.items():
        try:
            field, reader = _reader(key)
            found[field] = reader(value)
        except ValueError as error:
            problems.append(f"{where}: {key}: {error}")
    if not problems:
        problems = [f"{where}: {each}" for each in _contradictions(Config(**found))]
    if problems:
        raise TopologyError(*problems)
    return Config(**found)


def _reader(key: str) -> tuple[str, Callable[[Any], Any]]:
    if key in _ABSENT:
        raise ValueError(f"{_ABSENT[key]}: remove the line")
    if key not in _READERS:
        from difflib import get_close_matches

        near = get_close_matches(key, _READERS, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"not known: {meant}(known are {', '.join(_READERS)})")
    return _READERS[key]


def _contradictions(config: Config) -> list[str]:
    if not config.fixed_cidr:
        return []
    inside, outside = ip_network(config.fixed_cidr), ip_network(config.default_subnet)
    if overlapping(inside, (outside,)) and inside.prefixlen >= outside.prefixlen:
        return []
    return [
        f"fixed-cidr: {config.fixed_cidr} is outside {outside}, the default bridge's subnet: "
        "choose a part of that, or set bip to match"
    ]


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r}: write true or false, without quotes")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r}: write a text, in quotes")
    return value


def _bip(value: Any) -> str:
    try:
        found = ip_interface(_text(value))
    except ValueError:
        found = None
    if found is None or found.version != 4 or "/" not in value:
        raise ValueError(f'{value!r}: write an IPv4 address with its prefix, as "192.168.1.1/24"')
    if found.network.prefixlen > 30:
        raise ValueError(f'"{value}": has no room for a container: use /30 or wider')
    if found.ip in (found.network.network_address, found.network.broadcast_address):
        raise ValueError(f'"{value}": is an end of its subnet: use another address of it')
    return str(value)


def _fixed_cidr(value: Any) -> str:
    return str(_subnet(value, 4))


def _subnet(value: Any, version: int = 0) -> Any:
    try:
        net = ip_network(_text(value), strict=False)
    except ValueError:
        net = None
    if net is None or "/" not in value or (version and net.version != version):
        raise ValueError(f'{value!r}: write a subnet, as "172.17.5.0/24"')
    return net


def _mtu(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r}: write a number of bytes, as 1500")
    if value and not _LOWEST_MTU <= value <= _HIGHEST_MTU:
        raise ValueError(f"{value}: the kernel allows {_LOWEST_MTU} to {_HIGHEST_MTU}")
    return value


def _address(value: Any) -> str:
    try:
        return str(ip_address(_text(value)))
    except ValueError:
        raise ValueError(f'{value!r}: write an IP address, as "127.0.0.1"') from None


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f'{value!r}: write a list of texts, as ["one", "two"]')
    return tuple(value)


def _addresses(value: Any) -> tuple[str, ...]:
    return tuple(_address(each) for each in _words(value))


def _pools(value: Any) -> tuple[tuple[str, int], ...]:
    example = '[{base = "10.10.0.0/16", size = 24}]'
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{value!r}: write a list of pools, as {example}")
    return tuple(_pool(each, example) for each in value)


def _pool(value: dict[str, Any], example: str) -> tuple[str, int]:
    base, size = value.get("base"), value.get("size")
    if set(value) != {"base", "size"}:
        raise ValueError(f"{value!r}: a pool has base and size, as {example}")
    net = _subnet(base)
    if isinstance(size, bool) or not isinstance(size, int):
        raise ValueError(f"size {size!r}: write a prefix length, as {example}")
    widest = 30 if net.version == 4 else 126
    if not max(net.prefixlen, 1) <= size <= widest:
        raise ValueError(f"size {size}: use {max(net.prefixlen, 1)} to {widest} for base {net}")
    return str(net), size


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "bip": ("bip", _bip),
    "fixed-cidr": ("fixed_cidr", _fixed_cidr),
    "mtu": ("mtu", _mtu),
    "icc": ("icc", _truth),
    "ip-masq": ("ip_masq", _truth),
    "ip": ("ip", _address),
    "default-address-pools": ("pools", _pools),
    "userland-proxy": ("userland_proxy", _truth),
    "dns": ("dns", _addresses),
    "dns-opts": ("dns_opts", _words),
    "dns-search": ("dns_search", _words),
}

#: Keys of dockerd that nsnet has nothing for, and why.
_ABSENT = {
    "default-gateway": "containers of the default bridge go by the bridge's own address (bip)",
    "bridge": "the default bridge is nsnet's own; bip gives it another subnet",
    "iptables": "nsnet's firewall is what isolates the networks; it cannot be left out",
    "ip-forward": "nsnet switches forwarding on while a network is up, and off again",
    "ipv6": "the default bridge has IPv4 only: create a network with --ipv6",
    "fixed-cidr-v6": "the default bridge has IPv4 only: create a network with --ipv6",
}

__all__ = ["PATH", "VARIABLE", "Config", "load", "read"]
