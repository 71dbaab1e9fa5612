"""Port specs: what ``-p``, Compose's ``ports:`` and ``expose:`` say, as `Port` values.

8080:80            one port            127.0.0.1:8080:80   on one address of the host
80                 any free host port  [::1]:8080:80       IPv6 in brackets
8000-8002:80-82    three ports         53:53/udp           another protocol
8000-8010:80       one port, the first free of the range
"""

from __future__ import annotations

from .model import Port

PROTOCOLS = ("tcp", "udp")
_LAST = 65535


class PortError(ValueError):
    """A port spec that cannot be published: which value, and how to put it right."""


def parse_port(spec: str) -> tuple[Port, ...]:
    """The ports of a short spec, ``[[IP:]HOST:]CONTAINER[/PROTOCOL]``. Raises PortError."""
    body, protocol = _split_protocol(spec)
    rest, _, container = body.rpartition(":")
    host_ip, _, host = rest.rpartition(":")
    if not container:
        raise PortError(f'"{spec}" names no container port: write HOST:CONTAINER, as 8080:80')
    return _published(container, host, _host_ip(host_ip, spec), protocol, spec)


def long_port(
    target: str, published: str = "", host_ip: str = "", protocol: str = ""
) -> tuple[Port, ...]:
    """The ports of Compose's long form. Raises PortError."""
    spec = f"{published}:{target}" if published else target
    if not target:
        raise PortError("no target: write the container's port, as target: 80")
    return _published(target, published, _host_ip(host_ip, spec), _protocol(protocol), spec)


def parse_expose(spec: str) -> tuple[tuple[int, str], ...]:
    """The (port, protocol) pairs of ``PORT[-PORT][/PROTOCOL]``. Raises PortError."""
    body, protocol = _split_protocol(spec)
    first, last = _span(body, spec, lowest=1)
    return tuple((port, protocol) for port in range(first, last + 1))


def _published(
    container: str, host: str, host_ip: str, protocol: str, spec: str
) -> tuple[Port, ...]:
    first, last = _span(container, spec, lowest=1)
    if not host:
        return tuple(Port(port, 0, protocol, host_ip) for port in range(first, last + 1))
    host_first, host_last = _span(host, spec, lowest=0)
    if first == last:
        end = host_last if host_last > host_first else 0
        return (Port(first, host_first, protocol, host_ip, end),)
    if host_last - host_first != last - first:
        raise PortError(
            f'"{spec}" pairs {host_last - host_first + 1} host ports with '
            f"{last - first + 1} container ports: make the ranges equally long"
        )
    offset = host_first - first
    return tuple(Port(p, p + offset, protocol, host_ip) for p in range(first, last + 1))


def _split_protocol(spec: str) -> tuple[str, str]:
    body, _, protocol = spec.strip().partition("/")
    return body, _protocol(protocol)


def _protocol(text: str) -> str:
    protocol = text.strip().lower() or "tcp"
    if protocol not in PROTOCOLS:
        problem = "protocol not supported" if protocol == "sctp" else "not a known protocol"
        raise PortError(f'protocol "{text}": {problem}: use {" or ".join(PROTOCOLS)}')
    return protocol


def _span(text: str, spec: str, *, lowest: int) -> tuple[int, int]:
    """First and last port of ``N`` or ``N-M``."""
    first, dash, last = text.strip().partition("-")
    low = _number(first, spec, lowest)
    high = _number(last, spec, lowest) if dash else low
    if high < low:
        raise PortError(f'"{spec}": range {text} runs backwards: write {high}-{low}')
    return low, high


def _number(text: str, spec: str, lowest: int) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise PortError(f'"{spec}": port "{text}" is not a number: write {lowest} to {_LAST}')
    port = int(text)
    if not lowest <= port <= _LAST:
        raise PortError(f'"{spec}": port {port} does not exist: use {lowest} to {_LAST}')
    return port


def _host_ip(text: str, spec: str) -> str:
    text = text.strip()
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not bare:
        return ""
    import ipaddress

    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        cure = "write an IP address of this host, as 127.0.0.1:8080:80"
        raise PortError(f'"{spec}": "{text}" is not an address: {cure}') from None
