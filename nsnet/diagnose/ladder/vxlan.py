"""The rung of the tunnel: do the two ends of a VXLAN understand each other?"""

from __future__ import annotations

from itertools import pairwise

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from ..place import Place, Target
from ..predict import predict
from .see import at, label
from .segment import Segment, Trail, far_ends, remotes

_PORT = 4789


def crosses(survey: Survey, segment: Segment) -> Broken | None:
    """Can frames pass the tunnels that the segment comes to?"""
    for one in segment.tunnels:
        found = understood(survey, one)
        if found:
            return found
    return None


def understood(survey: Survey, one: Interface) -> Broken | None:
    """Does a VXLAN know its far ends, and do they take its frames?"""
    facts: dict[str, str | int] = {"space": label(survey, one.space), "device": one.name}
    see = (at(survey, one.space, f"ip -d link show {one.name}"),)
    known = remotes(survey, one)
    if not known:
        see = (*see, at(survey, one.space, f"bridge fdb show dev {one.name}"))  # type: ignore[assignment]
        return Broken("VX.NO_REMOTE", "bridge", facts, see)
    for remote in known:
        far = far_ends(survey, one, remote)
        found = _difference(survey, one, far, facts, see) if far else None
        if found:
            return found
    return None


def carried(survey: Survey, trail: Trail) -> Broken | None:
    """Do the datagrams that a tunnel wraps frames into arrive, as far as state tells?"""
    for one, far in pairwise(trail):
        if one.kind == far.kind == "vxlan" and one.up and far.up:
            for remote in remotes(survey, one):
                if far in far_ends(survey, one, remote):
                    return _underlay(survey, one, remote)
    return None


def _underlay(survey: Survey, one: Interface, remote: str) -> Broken | None:
    port = int(one.options.get("port") or _PORT)
    source = Place(label(survey, one.space), one.space)
    walk = predict(survey, source, Target(remote, remote, port), "udp")
    asked = [each for each in walk.events if each.leg == "request"]
    if any(each.kind == "deliver" for each in asked) or not all(each.sure for each in asked):
        return None
    facts: dict[str, str | int] = {
        "space": source.label,
        "device": one.name,
        "remote": f"[{remote}]:{port}" if ":" in remote else f"{remote}:{port}",
        "last": asked[-1].text if asked else "-",
    }
    see = (at(survey, one.space, f"ip route get {remote}"),)
    return Broken("VX.UNDERLAY", "bridge", facts, see)


def _difference(
    survey: Survey,
    one: Interface,
    far: list[Interface],
    facts: dict[str, str | int],
    see: tuple[str, ...],
) -> Broken | None:
    same_port = [x for x in far if x.options.get("port", _PORT) == one.options.get("port", _PORT)]
    other = (same_port or far)[0]
    facts |= {"other": label(survey, other.space), "other_device": other.name}
    see = (*see, at(survey, other.space, f"ip -d link show {other.name}"))
    if not same_port:
        facts |= {"port": one.options.get("port", _PORT), "other_port": other.options["port"]}
        return Broken("VX.PORT", "bridge", facts, see)
    if all(x.options.get("id") != one.options.get("id") for x in same_port):
        facts |= {"id": one.options.get("id", 0), "other_id": other.options.get("id", 0)}
        return Broken("VX.VNI_MISMATCH", "bridge", facts, see)
    return None
