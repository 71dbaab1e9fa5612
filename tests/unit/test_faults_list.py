"""The list of faults, and their record."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsnet.diagnose import texts
from nsnet.engine import faults as book
from nsnet.engine.faults import Fault
from nsnet.faults.catalogue import KINDS, kind
from nsnet.kernel.belongings import Belongings
from nsnet.kernel.chain import Line, position
from nsnet.kernel.deaf import Ear
from nsnet.kernel.errors import KernelError, NotFound
from nsnet.plan.steps.fault.address import GiveRoute, Remember
from nsnet.plan.steps.fault.link import Unplug
from nsnet.plan.steps.fault.program import Deafen
from nsnet.plan.steps.fault.rule import DropRule

STEPS = (
    Remember("web", "eth0", 10, Belongings(("00ff",), ("11", "22")), (("route", "add", "x"),)),
    GiveRoute("web", "eth0", "default", "10.0.0.9", 100),
    Unplug("", "veth-web", "br0", (("hairpin", 1), ("learning", 0))),
    DropRule("", "ip", "nat", "post", (Line(4, "masquerade"), Line(5, "accept")), 1, "why"),
    Deafen("web", 80, (Ear(7, 8, 3, 99),)),
)


def test_every_kind_is_a_diagnosis_with_words() -> None:
    assert set(KINDS) <= set(texts.ids())


def test_every_kind_says_in_one_sentence_what_it_is() -> None:
    for each in KINDS.values():
        assert each.what.endswith("."), each.id
        assert each.what.count(".") == 1 + 3 * each.what.count("127.0.0.1"), each.id
        assert len(each.what) < 70, each.id


def test_a_part_of_the_name_is_enough() -> None:
    assert kind("nat.no_masq") is kind("NO_MASQ") is KINDS["NAT.NO_MASQ"]
    with pytest.raises(NotFound, match="did you mean NAT"):
        kind("NAT.NO_SUCH")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = str(tmp_path / "host")
    faults = [
        Fault(1, "L3.NO_ADDR", "web", STEPS, (("web", 77), ("", 0)), "shop", True, 12.5),
        Fault(3, "NAT.NO_MASQ", "br0", ()),
    ]
    book.save(folder, faults)
    assert book.load(folder) == faults
    assert book.numbers(folder) == ["1", "3"]
    book.save(folder, [])
    assert not Path(folder).exists()
    assert book.load(folder) == []


def test_a_broken_record_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text('{"version": 1, "faults": [{"number": 1}]}')
    with pytest.raises(KernelError, match=r"cannot read the faults in .*faults\.json"):
        book.load(str(tmp_path))


BEFORE = (Line(1, "one"), Line(2, "two"), Line(3, "three"), Line(4, "two"))


@pytest.mark.parametrize(
    ("now", "index", "where"),
    [
        (BEFORE, 1, ""),  # it was not taken, or is there again
        ((Line(1, "one"), Line(3, "three"), Line(4, "two")), 1, "add 1"),
        ((Line(3, "three"), Line(4, "two")), 1, "insert 3"),
        ((Line(1, "one"), Line(2, "two"), Line(3, "three")), 3, "add 3"),
        ((Line(9, "one"), Line(4, "two")), 1, "add 9"),  # its neighbour was put back, too
        ((), 2, "insert 0"),
        ((Line(7, "new"),), 0, "insert 0"),
    ],
)
def test_where_a_rule_is_put_back(now: tuple[Line, ...], index: int, where: str) -> None:
    assert position(now, BEFORE, index) == where
