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


def compose(folder: Path, count: int, *, command: str = "", listening: bool = False) -> Path:
    """The same as a compose file in `folder`; with `command`, every container runs it, with
    `listening`, every container has a port for the stub to answer on."""
    lines = [f"name: {NAME}", "services:"]
    for i in range(count):
        lines += [f"  c{i}:", f"    container_name: c{i}", "    network_mode: bridge"]
        if command:
            lines.append(f"    x-nsnet: {{command: {command}}}")
        if listening:
            lines.append('    expose: ["80"]')
    path = folder / f"bridge-{count}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
