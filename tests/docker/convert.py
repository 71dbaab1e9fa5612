"""From the harness that first recorded Docker to the form in here.

That harness writes everything it saw, 10 MB in all; this keeps what is compared. It has no part in
the tests: `record.py` records anew without it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.docker import facts
from tests.docker.engine import Container, State, _labels, _network
from tests.docker.recording import Checkpoint, Op, Recording

_RUN = {
    "network": "--network",
    "ip": "--ip",
    "ip6": "--ip6",
    "mac": "--mac-address",
    "hostname": "--hostname",
    "aliases": "--network-alias",
    "links": "--link",
    "publish": "-p",
    "expose": "--expose",
    "dns": "--dns",
    "dns_search": "--dns-search",
    "dns_opt": "--dns-opt",
    "add_host": "--add-host",
}
_CREATE = {"driver": "--driver", "subnet": "--subnet", "gateway": "--gateway"}
_CREATE |= {"ip_range": "--ip-range"}
_CONNECT = {"ip": "--ip", "ip6": "--ip6", "aliases": "--alias", "links": "--link"}


def recording(path: Path, docker: str) -> Recording:
    """One of the harness's files."""
    found = json.loads(path.read_text(encoding="utf-8"))
    scenario = found["scenario"]
    ops = list(_ops(scenario["ops"], found["commands"]))
    # What the recording's kernel could not do (dummy, 802.1q) says nothing of Docker.
    lost = [op.line.split()[-1] for op in ops if "operation not supported" in op.message]
    ops = [op for op in ops if not op.code or not any(name in op.line.split() for name in lost)]
    if path.stem.endswith("forward-accept"):  # dockerd found ip_forward on, and left FORWARD open
        ops.insert(0, Op("@ sysctl -qw net.ipv4.ip_forward=1"))
    if not ops[-1].checkpoint:
        ops.append(Op("= final"))
    result = Recording(path.stem, docker, ops)
    result.round_robin = (scenario.get("probe") or {}).get("rr_names", [])
    result.flags = scenario.get("daemon_flags", [])
    ids = _ids(found["commands"])
    pool = ""
    last = [n for n, each in found["checkpoints"].items() if each.get("matrix")][-1:]
    for name, each in found["checkpoints"].items():
        state = _state(each["snapshot"], ids)
        typed = "\n".join(op.line for op in ops)
        pool = pool or facts.first_pool(state, typed)
        seen = _checkpoint(each, state, name in last)
        seen.networks = {n: facts.network(x, pool, typed) for n, x in state.networks.items()}
        result.checkpoints[name] = seen
    return result


def _ids(commands: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Container names, and the ids that they had one after the other."""
    found: dict[str, list[str]] = {}
    for each in commands:
        words = each["cmd"]
        if words[1] in ("run", "create") and each["rc"] == 0:
            found.setdefault(words[words.index("--name") + 1], []).append(each["out"].strip())
    return found


def _ops(ops: list[Mapping[str, Any]], commands: list[Mapping[str, Any]]) -> Iterator[Op]:
    done = iter(commands)
    for op in ops:
        if op["op"] == "checkpoint":
            yield Op(f"= {op['name']}")
            continue
        if op["op"] == "sleep":
            continue
        result = next(done)
        message = result["err"].strip().splitlines()
        yield Op(_line(op), result["rc"], message[0] if result["rc"] and message else "")


def _line(op: Mapping[str, Any]) -> str:
    kind = op["op"]
    if kind == "net_create":
        words = ["network", "create", *_flags(op, _CREATE)]
        words += [f"--{flag}" for flag in ("internal", "ipv6", "attachable") if op.get(flag)]
        for key, value in (op.get("aux") or {}).items():
            words += ["--aux-address", f"{key}={value}"]
        for key, value in (op.get("opts") or {}).items():
            words += ["-o", f"{key}={value}"]
        return shlex.join([*words, op["name"]])
    if kind in ("run", "create"):
        words = [kind, "--name", op["name"], *_flags(op, _RUN)]
        words += ["-P"] if op.get("publish_all") else []
        return shlex.join([*words, *op.get("extra", [])])
    if kind == "connect":
        words = ["network", kind, *_flags(op, _CONNECT), op["network"], op["container"]]
        return shlex.join(words)
    if kind == "disconnect":
        return shlex.join(["network", kind, op["network"], op["container"]])
    if kind in ("stop", "restart"):
        return f"{kind} -t 0 {op['name']}"
    if kind in ("start", "pause", "unpause"):
        return f"{kind} {op['name']}"
    if kind == "rm":
        return f"rm -f {op['name']}"
    if kind == "net_rm":
        return f"network rm {op['name']}"
    return shlex.join(["@", *op["argv"]] if kind == "host" else op["argv"])


def _flags(op: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    for key, flag in names.items():
        value = op.get(key)
        for each in value if isinstance(value, list) else [value] if value else []:
            yield from (flag, each)


def _state(snapshot: Mapping[str, Any], ids: Mapping[str, list[str]]) -> State:
    devices = snapshot["host"]["addr"]
    found = [_network(each, devices) for each in snapshot["networks"].values()]
    networks = {each.name: each for each in found}
    text = json.dumps(snapshot)
    containers = {}
    for name, each in snapshot["containers"].items():
        if each is None:
            continue
        inspect = each["inspect"]
        settings = inspect["NetworkSettings"]
        known = ids.get(name, [""])
        id_ = next((i for i in reversed(known) if i[:12] in text), known[-1])
        addresses = {
            net: (own.get("IPAddress") or "", own.get("GlobalIPv6Address") or "")
            for net, own in (settings.get("Networks") or {}).items()
        }
        pid = 1 if each["running"] else 0
        containers[name] = Container(name, id_, "", pid, inspect["NetworkMode"], addresses, ())
    return State(networks, containers, _labels(networks, containers))


def _checkpoint(each: Mapping[str, Any], state: State, rules: bool) -> Checkpoint:
    snapshot, matrix = each["snapshot"], each.get("matrix") or {}
    result = Checkpoint(running=list(state.running))
    result.listen = matrix.get("listen", {})
    for name in state.running:
        own = snapshot["containers"][name]
        files = {key.removeprefix("/etc/"): text for key, text in own["files"].items()}
        result.facts[name] = facts.container(state, name, own["ip_addr"], own["ip_route"], files)
    if rules:
        result.rules = facts.rules(state, snapshot["host"]["iptables"])
    for key, cell in matrix.get("cells", {}).items():
        converted = _cell(key, cell)
        if converted:
            result.cells[converted[0]] = converted[1]
    return result


def _cell(key: str, cell: Mapping[str, Any]) -> tuple[tuple[str, str], str] | None:
    source, arrow, target = key.partition(" -> ")
    if not arrow:
        source, _, target = key.partition(" ")
        return (source, target), f"!{cell['err']}"
    target = target.replace("shortid(", "id(")
    if target.startswith("name:"):
        name, _, kind = target[5:].rpartition(" ")
        if kind != "resolve":  # a ping to the address that was found: asked by address anyway
            return None
        found = sorted(_label(each) for each in (*cell["a"], *cell["aaaa"]))
        words = [cell["via"], *found] if cell["ok"] else [_error(cell.get("err"))]
        return (source, f"name:{name}"), _short(source, " ".join(words))
    if target.startswith("ptr:"):
        return (source, target), " ".join(cell["names"]) or _error(cell["rcode"])
    if target.startswith("rr:"):
        return (source, target), _short(source, " ".join(cell["set"])) or "-"
    if not cell["ok"]:
        return (source, target), _error(cell["err"])
    if target.endswith(" ping"):
        return (source, target), "ok"
    return (source, target), f"{cell['by']} {_short(source, _label(cell['src_as']))}"


def _error(text: str | None) -> str:
    return f"!{(text or 'none').removeprefix('ERR:')}"


def _label(text: str) -> str:
    return "upstream" if text == "upstream-dns" else text


def _short(source: str, text: str) -> str:
    return re.sub(rf"(^| ){re.escape(source)}@", r"\1~@", text)
