"""`Value` beside a dataclass of the same fields: the same, but for what it costs."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import dataclass
from typing import ClassVar

import pytest

from nsnet.value import Mutable, Value, described, field, replace


class Point(Value):
    """Two fields of every sort."""

    x: int
    name: str = "p"
    note: str = field(default="", compare=False)
    kinds: ClassVar[int] = 2
    colour = "red"

    @property
    def twice(self) -> int:
        return 2 * self.x


class Point3(Point):
    z: int = 0


@dataclass(frozen=True, slots=True)
class Plain:
    x: int
    name: str = "p"
    note: str = dataclasses.field(default="", compare=False)


class Single(Value):
    key: str


class Empty(Value):
    pass


class Basket(Mutable, frozen=False):
    name: str
    things: list[int] = field(default_factory=list)


@pytest.fixture(params=["few", "many"])
def _much(request: pytest.FixtureRequest) -> None:
    """Both ways to make a value: the general one, and that of a class in much use."""
    if request.param == "many":
        for kind in (Point, Point3, Single):
            for i in range(200):
                kind(i) if kind is not Single else kind(str(i))
        for _ in range(200):
            Empty()
            Basket("b")


pytestmark = pytest.mark.usefixtures("_much")


def test_equality_and_hash_are_those_of_the_fields_and_the_class() -> None:
    assert Point(1, "a") == Point(x=1, name="a") == Point(1, "a", note="other")
    assert hash(Point(1, "a")) == hash(Point(1, "a", "other"))
    assert Point(1) != Point(2)
    assert Point(1) != Plain(1)
    assert Point(1) != Point3(1)
    assert Point3(1, z=1) != Point3(1, z=2)
    assert Single("a") == Single("a") != Single("b")
    assert Empty() == Empty()
    assert len({Point(1), Point(1, note="x"), Point(2)}) == 2


def test_it_reads_as_a_dataclass_does() -> None:
    assert repr(Point(1)) == repr(Plain(1)).replace("Plain", "Point")
    assert Point(3).twice == 6
    assert (Point.kinds, Point(1).colour) == (2, "red")
    assert (Point3(1, "a", "n", 5).z, Point3(1).z, Point3(1).name) == (5, 0, "p")
    assert not hasattr(Point(1), "__dict__")
    match Point(1, "a"):
        case Point(x, name):
            assert (x, name) == (1, "a")


def test_it_is_frozen() -> None:
    for change in (lambda: setattr(Point(1), "x", 2), lambda: setattr(Point(1), "new", 2)):
        with pytest.raises(AttributeError, match="frozen"):
            change()
    with pytest.raises(AttributeError, match="frozen"):
        delattr(Point(1), "x")


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), ((1, "a", "b", "c"), {}), ((1,), {"x": 2}), ((1,), {"y": 2}), ((), {"name": "a"})],
)
def test_wrong_arguments_are_type_errors(given: tuple[int, ...], named: dict[str, object]) -> None:
    for kind in (Plain, Point):
        with pytest.raises(TypeError):
            kind(*given, **named)  # type: ignore[arg-type]


def test_the_tools_for_dataclasses_know_it() -> None:
    assert dataclasses.is_dataclass(Point)
    assert dataclasses.replace(Point(1, "a"), x=2) == Point(2, "a") == replace(Point(1, "a"), x=2)
    assert replace(Point3(1, note="n"), z=4).note == "n"
    for kind in (Point, Plain):
        found = [(f.name, f.default, f.compare) for f in dataclasses.fields(kind)]
        assert found == [
            ("x", dataclasses.MISSING, True),
            ("name", "p", True),
            ("note", "", False),
        ]
    assert [f.name for f in dataclasses.fields(Point3)] == ["x", "name", "note", "z"]
    assert dataclasses.asdict(Point3(1)) == {"x": 1, "name": "p", "note": "", "z": 0}
    assert [(name, hint) for name, hint, _ in described(Point3)][-1] == ("z", "int")


def test_it_can_be_copied_and_pickled() -> None:
    value = Point3(1, "a", "n", 7)
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
        assert other.note == "n"


def test_what_is_mutable_can_be_set_and_has_no_hash() -> None:
    one, other = Basket("a"), Basket("a")
    assert one == other
    one.things.append(1)
    assert (one.things, other.things) == ([1], [])
    other.things = [1]
    assert one == other
    assert repr(one) == "Basket(name='a', things=[1])"
    with pytest.raises(AttributeError):
        one.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        hash(one)
    assert [f.default_factory for f in dataclasses.fields(Basket)][1] is list
