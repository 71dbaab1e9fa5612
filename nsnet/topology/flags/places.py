"""Where a container is on the network: ``--network`` and the options that belong to it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...value import replace
from ..model import DEFAULT_NETWORK, Attachment
from .errors import BadFlag, Impossible, bad
from .values import mac_address, own_address

_CONTAINER = "container:"
_LONG = re.compile(r"\w+=\S+")
_NOT_USER_DEFINED = ("", "default", DEFAULT_NETWORK, "host", "none")
_KEYS = "name, ip, ip6, mac-address, interface, alias, link-local-ip, gw-priority or driver-opt"
_NO_ADDRESS = "user specified IP address is supported on user defined networks only"


class Asked(NamedTuple):
    """One ``--network``: the network or mode it names, and what it asks for there."""

    target: str
    aliases: tuple[str, ...] = ()
    ipv4: str = ""
    ipv6: str = ""
    mac: str = ""
    link_local: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    priority: int = 0
    device: str = ""

    @property
    def user_defined(self) -> bool:
        """Is it a network that somebody made?"""
        return self.target not in _NOT_USER_DEFINED and not self.target.startswith(_CONTAINER)

    def attachment(self, network: str) -> Attachment:
        """The endpoint that it wishes for."""
        return Attachment(
            network,
            tuple(dict.fromkeys(self.aliases)),
            own_address(self.ipv4, 4),
            own_address(self.ipv6, 6),
            mac_address(self.mac),
            self.priority,
            self.link_local,
            self.options,
            self.device,
        )


class Place(NamedTuple):
    """A container's mode (see `model.MODES`) and attachments. `refusal` is what Docker answers
    when it is started: it can be created nevertheless."""

    mode: str = "bridge"
    share: str = ""
    attachments: tuple[Attachment, ...] = ()
    refusal: str = ""


def read(
    networks: tuple[str, ...],
    *,
    ip: str = "",
    ip6: str = "",
    mac: str = "",
    aliases: tuple[str, ...] = (),
    linked: bool = False,
) -> Place:
    """The place that these options give. Without any ``--network`` it is the default bridge, on
    which Docker takes no notice of ``--ip`` and ``--network-alias``.

    Raises `BadFlag`, `Impossible`.
    """
    own_address(ip, 4), own_address(ip6, 6), mac_address(mac)
    if not networks:
        return Place(attachments=(Asked("", mac=mac).attachment(DEFAULT_NETWORK),))
    asked = [parse(text) for text in networks]
    asked[0] = _with_options(asked[0], ip, ip6, mac, aliases)
    _check_alone(asked)
    for each in asked:
        _check_names(each, linked and each is asked[0])
    if asked[0].user_defined:
        return Place(attachments=tuple(each.attachment(each.target) for each in asked))
    return _predefined(asked[0])


def _predefined(asked: Asked) -> Place:
    wish = asked.attachment(DEFAULT_NETWORK)
    explicit = asked.target != "default"
    refusal = _NO_ADDRESS if explicit and (wish.ipv4 or wish.ipv6) else ""
    if asked.target in ("default", DEFAULT_NETWORK):
        return Place(attachments=(replace(wish, ipv4="", ipv6=""),), refusal=refusal)
    if asked.target.startswith(_CONTAINER):
        name = asked.target.removeprefix(_CONTAINER)
        if not name:
            raise Impossible(
                "Invalid network mode: invalid container format container:<name|id>: name the "
                "container whose network it is to use"
            )
        return Place("container", name, (), refusal)
    return Place(asked.target, "", (), refusal)


def parse(text: str) -> Asked:
    """``NETWORK`` or ``name=NETWORK,ip=…,alias=…``. Raises `BadFlag`."""
    if not _LONG.match(text):
        if not text.strip():
            raise BadFlag("--network: no name set for network: name one (nsnet network ls)")
        return Asked(text)
    import csv  # few use the long form

    asked = Asked("")
    try:
        fields = next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise bad("--network", text, f"{error}: write name=NETWORK,alias=NAME") from None
    for each in fields:
        asked = _field(asked, text, *each.partition("=")[::2])
    if not asked.target:
        raise bad("--network", text, "network name/id is not specified: write name=NETWORK")
    return asked


def _field(asked: Asked, text: str, key: str, value: str) -> Asked:
    """`asked` with one more ``key=value`` of the long form."""
    key, value = key.strip().lower(), value.strip()
    match key:
        case "name":
            return asked._replace(target=value)
        case "ip":
            return asked._replace(ipv4=value)
        case "ip6":
            return asked._replace(ipv6=value)
        case "mac-address":
            return asked._replace(mac=value)
        case "interface":
            return asked._replace(device=value)
        case "alias":
            return asked._replace(aliases=(*asked.aliases, value))
        case "link-local-ip":
            return asked._replace(link_local=(*asked.link_local, value))
        case "gw-priority":
            return asked._replace(priority=_priority(text, value))
        case "driver-opt":
            return asked._replace(options=(*asked.options, _option(text, value)))
    raise bad("--network", text, f"invalid field key {key}: use {_KEYS}")


def _priority(text: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise bad("--network", text, f"gw-priority {value} is not a number") from None


def _option(text: str, value: str) -> tuple[str, str]:
    key, equals, setting = value.partition("=")
    if not equals:
        raise bad("--network", text, f"driver-opt {value}: write driver-opt=KEY=VALUE")
    return key.strip(), setting.strip()


def _with_options(asked: Asked, ip: str, ip6: str, mac: str, aliases: tuple[str, ...]) -> Asked:
    """The options beside ``--network`` are about the first one."""
    twice = "conflicting options: cannot specify both {} and per-network {}: keep one"
    for given, own, flag, word in (
        (aliases, asked.aliases, "--network-alias", "alias"),
        (ip, asked.ipv4, "--ip", "IPv4 address"),
        (ip6, asked.ipv6, "--ip6", "IPv6 address"),
        (mac, asked.mac, "--mac-address", "MAC address"),
    ):
        if given and own:
            raise BadFlag(twice.format(flag, word))
    return asked._replace(
        aliases=asked.aliases or aliases,
        ipv4=asked.ipv4 or ip,
        ipv6=asked.ipv6 or ip6,
        mac=asked.mac or mac,
    )


def _check_alone(asked: list[Asked]) -> None:
    targets = [each.target for each in asked]
    for target in targets:
        if targets.count(target) > 1:
            raise BadFlag(f'network "{target}" is specified multiple times: name it once')
    if len({each.user_defined for each in asked}) > 1:
        raise BadFlag(
            "conflicting options: cannot attach both user-defined and non-user-defined "
            "network-modes: add the other one later (nsnet network connect)"
        )
    if len(asked) > 1 and not asked[0].user_defined:
        raise BadFlag(
            f"conflicting options: --network {targets[0]} and --network {targets[1]}: keep one"
        )


def _check_names(asked: Asked, linked: bool) -> None:
    if asked.user_defined:
        return
    cure = "name a network of your own (nsnet network create)"
    if asked.aliases:
        what = "network-scoped aliases are only supported for user-defined networks"
        raise BadFlag(f"{what}: {cure}")
    if linked:
        raise BadFlag(f"links are only supported for user-defined networks: {cure}")
