"""What questions and commands of a lab are given: anything that can only mean one thing works, and
nonsense is refused in one line before it is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from nsnet import KernelError, Lab, Reach, TopologyError

_NONSENSE: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "\n",
    "x\0y",
    b"x",
    object(),
    [],
    ["x"],
    {"x": 1},
    ("a",),
    float("nan"),
    float("inf"),
    ip_address("10.0.0.1"),
    "\ud800",
    "http://[",
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Lab]:
    with Lab("shop") as lab:
        lab.container("web", expose=80)
        lab.container("db")
        lab.up()
        yield lab


_CALLS: dict[str, Callable[[Lab, Any], object]] = {
    "command": lambda lab, it: lab["web"].exec("true", it),
    "program": lambda lab, it: lab["web"].exec(it),
    "exec timeout": lambda lab, it: lab["web"].exec("true", timeout=it),
    "input": lambda lab, it: lab["web"].exec("true", input=it),
    "env": lambda lab, it: lab["web"].exec("true", env=it),
    "variable": lambda lab, it: lab["web"].exec("true", env={"A": it}),
    "cwd": lambda lab, it: lab["web"].exec("true", cwd=it),
    "ping": lambda lab, it: lab["web"].ping(it, timeout=0.01),
    "ping timeout": lambda lab, it: lab["web"].ping(lab["db"], timeout=it),
    "get": lambda lab, it: lab["web"].get(it, timeout=0.01),
    "get timeout": lambda lab, it: lab["db"].get("http://172.17.0.2/", timeout=it),
    "resolve": lambda lab, it: lab["web"].resolve(it, timeout=0.01),
    "resolve timeout": lambda lab, it: lab["web"].resolve("x.test", timeout=it),
    "walk": lambda lab, it: lab.walk("web", it),
    "walk from": lambda lab, it: lab.walk(it, "web"),
    "walk protocol": lambda lab, it: lab.walk("web", "db", protocol=it),
    "why language": lambda lab, it: lab.why("web", "db", language=it),
    "trace timeout": lambda lab, it: lab.trace("web", "db", timeout=it),
    "reach": lambda lab, it: lab.reach(it, parts=["ping"], timeout=0.01),
    "reach parts": lambda lab, it: lab.reach("web", parts=it, timeout=0.01),
    "reach senders": lambda lab, it: lab.reach(senders=it, parts=["ping"], timeout=0.01),
    "graph": lambda lab, it: lab.graph(it),
    "rules": lambda lab, it: lab.rules(it),
    "fault": lambda lab, it: lab.fault(it).clear(),
    "fault on": lambda lab, it: lab.fault("LINK_DOWN", on=it).clear(),
    "partition": lambda lab, it: lab.partition("web", it).heal(),
    "rate": lambda lab, it: lab.rate("web", it).heal(),
    "rate network": lambda lab, it: lab.rate("web", "1mbit", network=it).heal(),
    "delay": lambda lab, it: lab.delay("web", it).heal(),
    "loss": lambda lab, it: lab.delay("web", 1, loss=it).heal(),
    "project": lambda _, it: Lab.from_compose("bridge-demo", project=it),
    "profiles": lambda _, it: Lab.from_compose("bridge-demo", profiles=it),
    "compose env": lambda _, it: Lab.from_compose("bridge-demo", env=it),
    "scale": lambda _, it: Lab.from_compose("bridge-demo", scale=it),
}


@pytest.mark.parametrize("call", _CALLS.values(), ids=_CALLS.keys())
def test_it_works_or_is_refused_in_one_line(shop: Lab, call: Callable[[Lab, Any], object]) -> None:
    for value in _NONSENSE:
        error = refusal(call, shop, value)
        assert "\n" not in str(error), (value, str(error))
        assert type(error).__name__ != "HelperError", (value, str(error))


def refusal(call: Callable[[Lab, Any], object], lab: Lab, value: Any) -> Exception | None:
    try:
        call(lab, value)
    except (KernelError, TopologyError) as error:
        return error
    return None


def test_what_can_only_mean_one_thing(shop: Lab) -> None:
    web, db = shop["web"], shop["db"]
    address = ip_address(db.address)
    assert web.exec("echo", 1, 0.5, Path("/etc")).stdout == "1 0.5 /etc\n"
    assert web.exec("sh", "-c", "echo $N", env={"N": 7}, cwd=Path("/")).stdout == "7\n"
    assert web.exec("cat", input=bytearray(b"x")).stdout == "x"  # type: ignore[call-overload]
    assert web.ping(address)  # type: ignore[arg-type]
    assert web.walk(address).places == ("web", "host", "db")  # type: ignore[arg-type]
    alone = shop.reach(senders="web", targets=db, parts="ping")  # type: ignore[arg-type]
    assert (alone.senders, alone.targets, alone.asked) == (("web",), ("db",), 1)


@pytest.mark.parametrize("pair", [None, "web", ("web",), ("web", None), 3])
def test_a_cell_that_is_not_there(shop: Lab, pair: Any) -> None:
    reach: Reach = shop.reach("web", "db", parts=["ping"], timeout=0.1)
    with pytest.raises(KeyError):
        _ = reach[pair]
