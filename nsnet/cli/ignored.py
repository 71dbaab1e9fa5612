"""Docker's options of ``run`` that have no meaning here: taken, told about, and left alone.

They are no options of click: three dozen more would cost each `run` some milliseconds.
"""

from __future__ import annotations

import click

_NOTED = "nsnet.ignored"

#: These change nothing that anybody could see: a command has all rights and no image.
_SILENT = {
    "--cap-add": True,
    "--disable-content-trust": False,
    "--init": False,
    "--platform": True,
    "--privileged": False,
    "--pull": True,
}
_NAMED = {
    **dict.fromkeys(("--annotation", "--blkio-weight", "--cap-drop", "--cgroup-parent"), True),
    **dict.fromkeys(("--cgroupns", "--cpu-period", "--cpu-quota", "--cpus", "--cpuset-cpus"), True),
    **dict.fromkeys(("--cpuset-mems", "--device", "--gpus", "--group-add", "--health-cmd"), True),
    **dict.fromkeys(("--health-interval", "--health-retries", "--health-timeout"), True),
    **dict.fromkeys(("--health-start-period", "--ipc", "--isolation", "--kernel-memory"), True),
    **dict.fromkeys(("--log-driver", "--log-opt", "--memory-reservation", "--memory-swap"), True),
    **dict.fromkeys(("--memory-swappiness", "--mount", "--oom-score-adj", "--pid"), True),
    **dict.fromkeys(("--pids-limit", "--runtime", "--security-opt", "--shm-size"), True),
    **dict.fromkeys(("--stop-signal", "--stop-timeout", "--storage-opt", "--tmpfs"), True),
    **dict.fromkeys(("--ulimit", "--userns", "--uts", "--volume-driver", "--volumes-from"), True),
    **dict.fromkeys(("--no-healthcheck", "--oom-kill-disable", "--read-only"), False),
}
_LETTERS = {"-c": "--cpu-shares", "-m": "--memory", "-u": "--user", "-v": "--volume"}

#: All of them, by every name that they have; whether they take a value.
_ALL = {
    **_SILENT,
    **_NAMED,
    **dict.fromkeys((*_LETTERS, *_LETTERS.values()), True),
}


def takes_value(name: str) -> bool | None:
    """Does the option `name` take a value? None where it is not one of these."""
    return _ALL.get(name)


def note(ctx: click.Context, name: str) -> None:
    """It was there."""
    if name not in _SILENT:
        ctx.meta.setdefault(_NOTED, {})[_LETTERS.get(name, name)] = None


def told(ctx: click.Context) -> tuple[str, ...]:
    """Those that the user has to be told about."""
    return tuple(ctx.meta.get(_NOTED, ()))
