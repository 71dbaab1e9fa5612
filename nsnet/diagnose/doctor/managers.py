"""Programs that look after interfaces: udev, systemd-networkd, NetworkManager."""

from __future__ import annotations

import configparser
import fnmatch
import os
from collections.abc import Iterator

from .finding import NOTE, OK, WARNING, Finding
from .machine import Machine

_NETWORKS = ("/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network")
#: Names as our interfaces on the host have them (`nsnet.topology.naming`).
_SAMPLES = ("nsnet0", "br-front", "veth-web")


def check(machine: Machine) -> Iterator[Finding]:
    """Would one of them take our interfaces for its own?"""
    running = [
        name
        for name, path in (
            ("udev", "/run/udev/control"),
            ("systemd-networkd", "/run/systemd/netif/state"),
            ("NetworkManager", "/run/NetworkManager"),
        )
        if os.path.exists(path)
    ]
    claims = list(_claims()) if "systemd-networkd" in running else []
    yield from claims
    if "NetworkManager" in running and not _left_alone():
        yield Finding(
            NOTE,
            "networkmanager",
            "NetworkManager runs",
            "it lists nsnet's bridges as connections of others, and leaves them as they are unless "
            "you activate one",
            (
                "printf '[keyfile]\\nunmanaged-devices=interface-name:nsnet*;interface-name:br-*;"
                "interface-name:veth-*\\n' | sudo tee /etc/NetworkManager/conf.d/nsnet.conf",
            ),
        )
    if not claims:
        names = ", ".join(running) or "no manager of interfaces"
        what = f"{names}: leaves nsnet's interfaces alone (they have their MACs from birth)"
        yield Finding(OK, "managers", what if running else f"{names} runs here")


def _claims() -> Iterator[Finding]:
    for path in _files():
        matched = [name for name in _SAMPLES if fits(path, name)]
        if matched:
            yield Finding(
                WARNING,
                "networkd",
                f"systemd-networkd's {path} is also about {', '.join(matched)}",
                "it gives nsnet's interfaces other addresses, or takes those away that they have",
                ("narrow its [Match], or add a file before it: [Match] Name=nsnet* br-* veth-*, "
                "[Link] Unmanaged=yes",),
            )  # fmt: skip


def _files() -> list[str]:
    found: dict[str, str] = {}
    for folder in reversed(_NETWORKS):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            if name.endswith(".network"):
                found[name] = f"{folder}/{name}"
    return [found[name] for name in sorted(found)]


def fits(path: str, device: str) -> bool:
    """Does a .network file manage the interface `device` (systemd.network(5), [Match])? One with
    other conditions than names is taken not to."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return False
    if not parser.has_section("Match") or set(parser["Match"]) != {"name"}:
        return False
    if parser.get("Link", "Unmanaged", fallback="no").lower() in ("yes", "true", "1", "on"):
        return False
    patterns = (parser["Match"]["name"] or "").split()
    if any(each.startswith("!") and fnmatch.fnmatch(device, each[1:]) for each in patterns):
        return False
    return any(fnmatch.fnmatch(device, each) for each in patterns)


def _left_alone() -> bool:
    """Is NetworkManager told to leave them?"""
    folder = "/etc/NetworkManager/conf.d"
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        with open(f"{folder}/{name}", encoding="utf-8", errors="replace") as file:
            if "unmanaged-devices" in (text := file.read()) and "br-" in text:
                return True
    return False
