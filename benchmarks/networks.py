"""The topology that everything is measured on: one bridge network with N containers."""

from __future__ import annotations

from pathlib import Path

from nsnet.topology.model import DEFAULT_NETWORK, Attachment, Container, Network, Topology

NAME = "bench"


def bridge(count: int) -> Topology:
    """The default bridge with `count` plain containers."""
    plug = (Attachment(DEFAULT_NETWORK),)
    containers = tuple(Container(f"c{i}", attachments=plug) for i in range(count))
    return Topology(NAME, (Network(DEFAULT_NETWORK),), containers)


def compose(folder: Path, count: int, command: str = "") -> Path:
    """The same as a compose file in `folder`; with `command`, every container runs it."""
    lines = [f"name: {NAME}", "services:"]
    for i in range(count):
        lines += [f"  c{i}:", f"    container_name: c{i}", "    network_mode: bridge"]
        if command:
            lines.append(f"    x-nsnet: {{command: {command}}}")
    path = folder / f"bridge-{count}{'-run' * bool(command)}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
