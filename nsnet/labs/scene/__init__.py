"""What stands before the learner begins, as steps that are plain commands.

    scene:
      outside: true                        # the simulated internet (default)
      sysctl: {net.ipv4.ip_forward: 1}
      bridges: {br0: {address: 172.17.0.1/16, mtu: 1500, up: true, mac: …}}
      rooms:                               # namespaces
        c1: {bridge: br0, address: 172.17.0.2/16, via: 172.17.0.1, serve: [80/tcp]}
      nft: |                               # for the host; {c1: …} for others
      commands: [ip link add …]            # whatever else
      up: {services: …}                    # built by nsnet itself, as Docker would
      faults: [{kind: NAT.NO_MASQ, on: web}]

A host among several is a room of its own; what is in it has its name in front (``hA/br0``).
"""

from .scene import put_up, scene_steps
from .typed import Typed
from .words import NoModule

__all__ = ["NoModule", "Typed", "put_up", "scene_steps"]
