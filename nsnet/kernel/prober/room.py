"""How many sockets there is room for."""

from __future__ import annotations

import os
import resource

#: A TCP question may take two sockets: its second call.
_EACH = 2
#: Files that others open meanwhile.
_SPARE = 32


def places(wanted: int) -> int:
    """How many of `wanted` questions can be asked at once. The soft limit of open files is raised
    for them, as far as the hard one goes."""
    used = len(os.listdir("/proc/self/fd")) + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = used + _EACH * wanted
    if needed > soft and soft != resource.RLIM_INFINITY:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, (soft - used) // _EACH if soft > 0 else wanted))
