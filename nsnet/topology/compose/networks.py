"""The top-level ``networks:`` as `Network` values."""

from __future__ import annotations

from ..model import DEFAULT_NETWORK, Network
from .coerce import check_keys, constants, flag, mapping, text
from .draft import IMPLICIT, Declared, Draft
from .keys import EXTERNAL, NETWORK
from .names import is_docker_name, is_service_name
from .place import Place, Problems, suggestion
from .pools import read_pools
from .tree import Map

DRIVERS = ("bridge", "host", "none", "macvlan", "ipvlan", "overlay")
#: The networks that Docker always has; by these names they can only be external.
PREDEFINED = (DEFAULT_NETWORK, "host", "none")
_DRIVER_ALIASES = {"": "bridge", "default": "bridge", "null": "none"}


def read_networks(model: Map, draft: Draft) -> None:
    """Fill in `draft.networks`, the implicit one included."""
    for key, node, at in model.children("networks"):
        what = f"network {key}"
        if not is_service_name(key):
            draft.problems.add(at, f'{what}: its name may hold letters, digits, ".", "-", "_" only')
        body = mapping(node, what, draft.problems) or Map(at)
        check_keys(body, NETWORK, what, draft.problems)
        draft.networks[key] = _declared(key, body, at, draft)
    if IMPLICIT not in draft.networks:
        implicit = Network(f"{draft.project}_{IMPLICIT}", IMPLICIT)
        draft.networks[IMPLICIT] = Declared(implicit, model.at, Map(model.at))


def _declared(key: str, body: Map, at: Place, draft: Draft) -> Declared:
    what, problems = f"network {key}", draft.problems
    external, external_name = _external(body, what, problems)
    name = text(body.get("name"), f"{what}: name", problems) or external_name
    name = name or (key if external else f"{draft.project}_{key}")
    if not is_docker_name(name):
        rule = 'use letters, digits, ".", "-", "_", and a letter or digit first'
        problems.add(body.place("name"), f'{what}: name "{name}": {rule}')
    driver = _driver(body, what, problems)
    network = Network(
        name=name,
        key=key,
        driver=driver if driver in DRIVERS else "bridge",
        options=constants(body.get("driver_opts"), f"{what}: driver_opts", problems),
        internal=flag(body.get("internal"), f"{what}: internal", problems),
        external=external,
        enable_ipv6=flag(body.get("enable_ipv6"), f"{what}: enable_ipv6", problems),
        pools=() if external else read_pools(body, driver, what, problems),
        labels=constants(body.get("labels"), f"{what}: labels", problems),
    )
    return _predefined(network, at, body, problems)


def _predefined(network: Network, at: Place, body: Map, problems: Problems) -> Declared:
    """Docker's own three networks by their names; they are used, never made."""
    what = f"network {network.key}"
    if network.external:
        if network.name == DEFAULT_NETWORK:
            return Declared(Network(DEFAULT_NETWORK, DEFAULT_NETWORK), at, body)
        mode = network.name if network.name in PREDEFINED else ""
        return Declared(network, at, body, mode)
    if network.name in PREDEFINED:
        cure = "add external: true to use it, or choose another name"
        problems.add(body.place("name"), f'{what}: "{network.name}" is Docker\'s own: {cure}')
    if network.driver in ("host", "none"):
        cure = f"write network_mode: {network.driver} in the service"
        problems.add(
            body.place("driver"), f'{what}: there is only one "{network.driver}" network: {cure}'
        )
    return Declared(network, at, body)


def _external(body: Map, what: str, problems: Problems) -> tuple[bool, str]:
    """Whether the network is made by someone else, and the name of the old long form."""
    node = body.get("external")
    if not isinstance(node, Map):
        return flag(node, f"{what}: external", problems), ""
    check_keys(node, EXTERNAL, f"{what}: external", problems)
    return True, text(node.get("name"), f"{what}: external: name", problems)


def _driver(body: Map, what: str, problems: Problems) -> str:
    written = text(body.get("driver"), f"{what}: driver", problems)
    driver = _DRIVER_ALIASES.get(written, written)
    if driver not in DRIVERS:
        cure = suggestion(driver, DRIVERS)
        problems.add(body.place("driver"), f'{what}: driver "{driver}" is not known: {cure}')
    return driver
