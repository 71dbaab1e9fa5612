"""Kernel settings below /proc/sys, under the names that sysctl(8) uses."""

from __future__ import annotations

import os

_ROOT = "/proc/sys/"


def path(key: str) -> str:
    """The file behind `key`. A dot in an interface name is written as a slash by sysctl(8)
    (``net.ipv4.conf.eth0/100.forwarding``)."""
    return _ROOT + key.translate({ord("."): "/", ord("/"): "."})


def key(*parts: str) -> str:
    """The name of the setting with these path components (an interface may hold dots)."""
    return ".".join(part.replace(".", "/") for part in parts)


def read(name: str) -> str | None:
    """The setting's value in this thread's namespaces, or None where the kernel lacks it."""
    try:
        with open(path(name), encoding="utf-8") as file:
            return " ".join(file.read().split())
    except OSError:
        return None


def write(name: str, value: str) -> None:
    """Change the setting in this thread's namespaces; OSError as the kernel says."""
    fd = os.open(path(name), os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)


def children(*parts: str) -> list[str]:
    """What there is below the setting's folder with these path components: interfaces, mostly."""
    try:
        return sorted(os.listdir(os.path.join(_ROOT, *parts)))
    except OSError:
        return []
