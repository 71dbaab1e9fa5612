"""The files that programs in a namespace find names by: hosts(5) and resolv.conf(5)."""

from __future__ import annotations

import os

from .observe import file_text
from .survey.model import Space

_NETNS = "/etc/netns"


def of(space: Space, file: str) -> str:
    """The text of ``hosts`` or ``resolv.conf`` as it is seen inside: for a named namespace the
    file that ``ip netns exec`` binds over /etc (ip-netns(8)), for that of a process the one in
    its own root, else the host's. "" if there is none."""
    for name in space.names if space.key else ():
        text = file_text(os.path.join(_NETNS, name, file))
        if text is not None:
            return text
    if space.key.startswith("pid:") and space.pids:
        text = file_text(f"/proc/{space.pids[0]}/root/etc/{file}")
        if text is not None:
            return text
    return file_text(f"/etc/{file}") or ""
