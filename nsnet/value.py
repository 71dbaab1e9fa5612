"""`Value`: frozen records with slots that cost next to nothing to define.

What `@dataclass(frozen=True, slots=True)` gives (fields from annotations, defaults, equality,
hash, repr; `dataclasses.replace` and `fields` work), for a program that lives for a twentieth
of a second: `dataclasses` makes every such class twice and compiles six functions for it, which
takes 0.3 to 0.7 ms at each start of Python; a `Value` class takes 0.02 ms. Functions are compiled
only for a class that turns out to be in much use.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from dataclasses import Field
    from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

    V = TypeVar("V", bound="Value")
else:

    def dataclass_transform(**_):
        """That of `typing`, which takes 3 ms to import: only type checkers heed it."""
        return lambda kind: kind


#: So many values of a class are made before functions of its own are compiled for it: that
#: takes as long as making some hundred values.
_MANY = 100

#: The default of a field that must be given.
MISSING: Any = object()


class _Apart:
    """The default of a field that equality does not look at."""

    __slots__ = ("default",)

    def __init__(self, default: Any) -> None:
        self.default = default


class _Factory:
    """What makes the default of a field, for each value anew."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(
    *,
    default: Any = MISSING,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
) -> Any:
    """A field with more to say than its type; the arguments are those of `dataclasses.field`."""
    default = _Factory(default_factory) if default_factory else default
    return default if compare else _Apart(default)


class _Shape:
    """What is known of a class of values, by field: `hints` are the annotations as written."""

    __slots__ = ("compared", "count", "defaults", "hints", "key", "setters")

    def __init__(self, hints: dict[str, str], defaults: dict[str, Any], apart: set[str]) -> None:
        self.hints = hints
        self.defaults = defaults
        self.compared = tuple([name for name in hints if name not in apart])
        self.key: Any = attrgetter(*self.compared) if self.compared else type
        self.setters: tuple[Any, ...] = ()
        self.count = 0

    def completed(self, given: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        """All the arguments in order. Raises TypeError as any function does."""
        values = dict(zip(self.hints, given, strict=False))
        twice = values.keys() & named.keys()
        values = self.defaults | values | named
        if twice or len(values) != len(self.hints) or len(given) > len(self.hints):
            odd = ", ".join(twice or values.keys() ^ self.hints.keys()) or f"{len(given)} values"
            raise TypeError(f"the fields are {', '.join(self.hints)}: check {odd}")
        found = (values[name] for name in self.hints)
        return [each.make() if type(each) is _Factory else each for each in found]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _Kind(type):
    """The type of all classes of values: it turns annotations into slots."""

    _shape: _Shape

    def __new__(
        mcs, name: str, bases: tuple[type, ...], space: dict[str, Any], frozen: bool = True
    ) -> _Kind:
        """Make a class. What is annotated as a ClassVar is no field."""
        hints: dict[str, str] = {}
        defaults: dict[str, Any] = {}
        apart: set[str] = set()
        for base in reversed(bases):
            if isinstance(base, _Kind):
                hints |= base._shape.hints
                defaults |= base._shape.defaults
                apart |= hints.keys() - base._shape.compared
        inherited = frozenset(hints)
        for own, hint in space.get("__annotations__", {}).items():
            if hint.startswith("ClassVar"):
                continue
            hints[own] = hint
            given = space.pop(own, MISSING)
            if type(given) is _Apart:
                apart.add(own)
                given = given.default
            if given is not MISSING:
                defaults[own] = given
        slots = tuple([each for each in hints if each not in inherited])
        shape = _Shape(hints, defaults, apart)
        space = {**_GENERIC, **space}
        if not frozen:
            space["__hash__"] = None
        space |= {"__slots__": slots, "__match_args__": tuple(hints), "_shape": shape}
        kind = super().__new__(mcs, name, bases, space)
        shape.setters = tuple([getattr(kind, each).__set__ for each in hints])
        return kind


def _init(self: Value, *given: Any, **named: Any) -> None:
    shape = self._shape
    shape.count += 1
    if shape.count == _MANY:
        _hasten(type(self))
    values: Sequence[Any] = given
    if named or len(given) != len(shape.setters):
        values = shape.completed(given, named)
    for put, value in zip(shape.setters, values, strict=True):
        put(self, value)


def _eq(self: Value, other: Any) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    key = self._shape.key
    return key(self) == key(other)


def _hash(self: Value) -> int:
    return hash(self._shape.key(self))


def _hasten(kind: _Kind) -> None:
    """Give a class that is in much use the functions that a dataclass has."""
    shape = kind._shape
    if any(type(each) is _Factory for each in shape.defaults.values()):
        return
    space: dict[str, Any] = {f"_default_{n}": value for n, value in shape.defaults.items()}
    space |= {f"_set_{n}": put for n, put in zip(shape.hints, shape.setters, strict=True)}
    words = [f"{n}=_default_{n}" if n in shape.defaults else n for n in shape.hints]
    body = [f"\n    _set_{n}(self, {n})" for n in shape.hints]
    ours = "".join(f"self.{n}, " for n in shape.compared)
    theirs = "".join(f"other.{n}, " for n in shape.compared)
    exec(
        f"def __init__(self, {', '.join(words)}):{''.join(body) or ' pass'}\n"
        "def __eq__(self, other):\n"
        "    if self.__class__ is not other.__class__: return NotImplemented\n"
        f"    return ({ours}) == ({theirs})\n"
        f"def __hash__(self): return hash(({ours}))\n",
        space,
    )
    for name in ("__init__", "__eq__", "__hash__"):
        if getattr(kind, name) is not None:
            setattr(kind, name, space[name])


class _Fields:
    """`__dataclass_fields__`, made when somebody asks for it."""

    def __get__(self, value: object, kind: type[Value]) -> dict[str, Field[Any]]:
        import copy
        import dataclasses

        shape = kind._shape
        pattern = dataclasses.fields(dataclasses.make_dataclass("_", ["pattern"]))[0]
        found = {}
        for name, hint in shape.hints.items():
            one = found[name] = copy.copy(pattern)
            one.name, one.type, one.compare = name, hint, name in shape.compared
            default = shape.defaults.get(name, dataclasses.MISSING)
            if type(default) is _Factory:
                one.default_factory = default.make
            else:
                one.default = default
        kind.__dataclass_fields__ = found
        return found


def _repr(self: Value) -> str:
    shown = [f"{name}={getattr(self, name)!r}" for name in self._shape.hints]
    return f"{type(self).__qualname__}({', '.join(shown)})"


#: Every class has its own: what is made for one in use does not fit its subclasses.
_GENERIC = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__dataclass_fields__": _Fields(),
}


class Value(metaclass=_Kind):
    """The base: annotate the fields, as in a dataclass. Equal are values of one class with
    equal fields."""

    _shape: ClassVar[_Shape]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot set {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot delete {name!r}")

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple([getattr(self, name) for name in self._shape.hints])


class Mutable(metaclass=_Kind, frozen=False):
    """The same for what changes: it has no hash, and its fields can be set."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def described(kind: type[Value]) -> list[tuple[str, str, Any]]:
    """Each field of a class: name, annotation as written, default (or `MISSING`)."""
    shape = kind._shape
    return [(name, hint, shape.defaults.get(name, MISSING)) for name, hint in shape.hints.items()]


def replace(value: V, **changes: Any) -> V:
    """`value` with some fields changed, as `dataclasses.replace`."""
    kept = {name: getattr(value, name) for name in value._shape.hints}
    return type(value)(**kept | changes)
