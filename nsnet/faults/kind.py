"""A kind of fault: what it is called, what it is done to, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..plan.steps.fault.base import FaultStep
from ..value import Value
from .published import Published
from .scene import Box, Net, Scene

Thing = Box | Net | Published
#: (scene, object, number of the fault) → the steps. Raises `Unfit` where it cannot be done.
Recipe = Callable[[Scene, Any, int], list[FaultStep]]

CONTAINER, NETWORK, PORT = "container", "network", "port"


class Kind(Value):
    """`id` is the diagnosis that it gets, `on` what it is done to, `what` one sentence."""

    id: str
    on: str
    what: str
    recipe: Recipe

    def things(self, scene: Scene) -> list[Thing]:
        """What there is to do it to."""
        if self.on == CONTAINER:
            return list(scene.boxes)
        return list(scene.nets) if self.on == NETWORK else list(scene.ports)

    def thing(self, scene: Scene, text: str) -> Thing:
        """The object called `text`. Raises `NotFound`."""
        if self.on == CONTAINER:
            return scene.box(text)
        return scene.net(text) if self.on == NETWORK else scene.port(text)
