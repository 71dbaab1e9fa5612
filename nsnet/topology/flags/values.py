"""The values of single options of ``run``, each checked as Docker checks it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..model import Link, Port
from ..ports import PortError, parse_expose, parse_port
from .errors import BadFlag, Impossible, bad

Pairs = tuple[tuple[str, str], ...]

#: What Docker replaces with an address of the host.
HOST_GATEWAY = "host-gateway"
#: Bytes; the kernel's limit for a hostname (sethostname(2)).
MAX_HOSTNAME = 64

# Not compiled here: a command that meets none of these would pay for all.
_NAME = r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"
_DOMAIN = r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
_MAC = r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}"
_POLICIES = ("no", "always", "unless-stopped", "on-failure")
#: The settings that a container has for itself (docs.docker.com, "docker run", --sysctl).
_IPC_SYSCTLS = {
    f"kernel.{name}" for name in ("msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni")
} | {"kernel.shm_rmid_forced"}


def container_name(text: str) -> str:
    """``--name``; "" (choose one) stays so. Raises `Impossible`."""
    name = text.removeprefix("/")
    if name and not re.fullmatch(_NAME, name):
        raise Impossible(
            f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, "
            "two characters at least: choose another name"
        )
    return name


def hostname(text: str, flag: str = "--hostname") -> str:
    """``--hostname`` and ``--domainname``. Raises `BadFlag`."""
    size = len(text.encode())
    if size > MAX_HOSTNAME:
        raise bad(flag, f"{text[:20]}…", f"{size} bytes, the kernel allows {MAX_HOSTNAME}")
    if not (text.isprintable() or text == ""):
        raise bad(flag, repr(text)[1:-1], "write one line of text")
    return text


def addresses(texts: Iterable[str], flag: str) -> tuple[str, ...]:
    """IP addresses, each as it is usually written. Raises `BadFlag`."""
    return tuple(_address(text, flag) for text in texts)


def _address(text: str, flag: str) -> str:
    found = ip(text)
    if not found:
        raise bad(flag, text, f"{text} is not an ip address: write one, as 1.1.1.1")
    return found


def ip(text: str) -> str:
    """An IP address as it is usually written; "" if `text` is none."""
    import ipaddress  # 2 ms: few commands name one

    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return ""


def own_address(text: str, version: int) -> str:
    """``--ip`` (version 4), ``--ip6``. Raises `Impossible`."""
    found = ip(text) if text else ""
    if (text and (":" in found) != (version == 6)) or (text and not found):
        example = "172.30.0.5" if version == 4 else "fd00::5"
        raise Impossible(f"invalid IPv{version} address: {text}: write one, as {example}")
    return found


def search_domains(texts: Iterable[str]) -> tuple[str, ...]:
    """``--dns-search``; "." stands for none at all. Raises `BadFlag`."""
    for text in texts:
        labels = text.strip().removesuffix(".").split(".")
        if text.strip() != "." and not all(re.fullmatch(_DOMAIN, label) for label in labels):
            raise bad("--dns-search", text, f"{text} is not a valid domain: as example.com, or .")
    return tuple(text.strip() for text in texts)


def extra_hosts(texts: Iterable[str]) -> Pairs:
    """``--add-host HOST:IP`` (or ``HOST=IP``). Raises `BadFlag`."""
    found = []
    for text in texts:
        at = min((n for sign in ":=" if (n := text.find(sign)) >= 0), default=-1)
        host, address = text[:at], text[at + 1 :]
        if at < 1 or any(c.isspace() or c == "#" for c in host):
            why = f'bad format for add-host: "{text}": write HOST:IP'
            raise bad("--add-host", text, why)
        bare = address[1:-1] if address[:1] == "[" and address[-1:] == "]" else address
        if bare != HOST_GATEWAY and not ip(bare):
            why = f'invalid IP address in add-host: "{address}": write one, or {HOST_GATEWAY}'
            raise bad("--add-host", text, why)
        found.append((host, bare))
    return tuple(found)


def links(texts: Iterable[str]) -> tuple[Link, ...]:
    """``--link NAME[:ALIAS]``. Raises `BadFlag`."""
    found = []
    for text in texts:
        parts = text.split(":")
        if not text:
            raise bad("--link", text, "empty string specified for links: write CONTAINER:ALIAS")
        if len(parts) > 2 or not all(parts):
            raise bad("--link", text, f"bad format for links: {text}: write CONTAINER:ALIAS")
        name = parts[0].removeprefix("/")
        found.append(Link(name, parts[1].rpartition("/")[2] if len(parts) == 2 else name))
    return tuple(found)


def mac_address(text: str) -> str:
    """``--mac-address``, with colons. Raises `BadFlag`."""
    low = text.lower()
    if text and not re.fullmatch(_MAC, low):
        raise BadFlag(f"{text} is not a valid mac address: write six bytes, as 02:42:ac:11:00:05")
    digits = re.sub(r"[^0-9a-f]", "", low)
    return ":".join(digits[n : n + 2] for n in range(0, len(digits), 2))


def ports(texts: Iterable[str]) -> tuple[Port, ...]:
    """``--publish``. Raises `BadFlag`."""
    try:
        return tuple(port for text in texts for port in parse_port(text))
    except PortError as error:
        raise BadFlag(f"--publish {error}") from None


def exposed(texts: Iterable[str]) -> tuple[tuple[int, str], ...]:
    """``--expose``, each port once. Raises `BadFlag`."""
    try:
        pairs = (pair for text in texts for pair in parse_expose(text))
        return tuple(dict.fromkeys(pairs))
    except PortError as error:
        raise BadFlag(f"invalid range format for --expose: {error}") from None


def sysctls(texts: Iterable[str]) -> Pairs:
    """``--sysctl KEY=VALUE``. Raises `BadFlag`."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip().replace("/", ".")
        if not equals or not (key.startswith(("net.", "fs.mqueue.")) or key in _IPC_SYSCTLS):
            why = f"sysctl '{text}' is not whitelisted: write KEY=VALUE, as net.ipv4.ip_forward=1"
            raise bad("--sysctl", text, why)
        found[key] = value.strip()
    return tuple(found.items())


def environment(
    files: Iterable[tuple[str, str]], texts: Iterable[str], environ: Mapping[str, str]
) -> Pairs:
    """``--env-file`` (name and content) and over them ``--env``. A name alone takes the caller's
    value, and where there is none it is left out. Raises `BadFlag`."""
    found: dict[str, str] = {}
    for name, text in files:
        lines = text.removeprefix("\ufeff").splitlines()
        for line in (each.lstrip() for each in lines):
            if line and not line.startswith("#"):
                _assign(found, line, environ, _complaint_of(name, line))
    for text in texts:
        why = f"invalid environment variable: {text}: write NAME=VALUE"
        _assign(found, text, environ, bad("--env", text, why))
    return tuple(found.items())


def _complaint_of(file: str, line: str) -> BadFlag | None:
    variable = line.partition("=")[0]
    if not variable:
        return BadFlag(f"poorly formatted environment: {file}: no variable name on line '{line}'")
    if any(c.isspace() for c in variable):
        why = f"variable '{variable}' contains whitespaces: write NAME=VALUE"
        return BadFlag(f"poorly formatted environment: {file}: {why}")
    return None


def _assign(
    found: dict[str, str], text: str, environ: Mapping[str, str], complaint: BadFlag | None
) -> None:
    name, equals, value = text.partition("=")
    if complaint and (not name or any(c.isspace() for c in name)):
        raise complaint
    if equals:
        found[name] = value
    elif name in environ:
        found[name] = environ[name]
    else:
        found.pop(name, None)


def labels(files: Iterable[tuple[str, str]], texts: Iterable[str]) -> Pairs:
    """``--label-file`` (name and content) and ``--label NAME[=VALUE]``. Raises `BadFlag`."""
    found: dict[str, str] = {}
    lines = [line.strip() for _, text in files for line in text.splitlines()]
    for text in (*(line for line in lines if line and line[0] != "#"), *texts):
        name, _, value = text.partition("=")
        if not name.strip():
            raise bad("--label", text, f"invalid label '{text}': empty name: write NAME=VALUE")
        found[name.strip()] = value
    return tuple(found.items())


def restart(text: str) -> str:
    """``--restart``. Raises `BadFlag`, `Impossible`."""
    policy, colon, count = text.partition(":")
    cure = f"use {', '.join(_POLICIES)} or on-failure:N"
    if colon and not re.fullmatch(r"-?\d+", count):
        raise BadFlag(f"--restart {text}: maximum retry count must be an integer: {cure}")
    if text and policy not in _POLICIES:
        raise Impossible(f"invalid restart policy '{policy}': {cure}")
    if colon and policy != "on-failure":
        raise Impossible(
            f"maximum retry count cannot be used with restart policy '{policy}': {cure}"
        )
    if colon and int(count) < 0:
        raise Impossible(f"--restart {text}: maximum retry count cannot be negative: {cure}")
    return policy if colon and not int(count) else text or "no"


def one_of(texts: Sequence[str], known: Sequence[str], flag: str) -> tuple[str, ...]:
    """Words that have to be among `known`. Raises `BadFlag`."""
    for text in texts:
        if text.lower() not in known:
            raise bad(flag, text, f"valid are {', '.join(known)}")
    return tuple(text.lower() for text in texts)
