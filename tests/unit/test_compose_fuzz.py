"""Whatever a file holds: a topology, or problems of one line each. Never anything else."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsnet import demos
from nsnet.topology.compose import keys, load
from nsnet.topology.compose.dotenv import parse_dotenv
from nsnet.topology.compose.place import Problems, Source
from nsnet.topology.compose.substitute import TemplateError, Variables, substitute
from nsnet.topology.model import MODES, Topology, TopologyError

WORDS = sorted({*keys.SERVICE, *keys.TOP, *keys.NETWORK, *keys.ATTACHMENT, *keys.POOL, *keys.PORT})
VALUES = [
    "", "~", "a", "b", "80", "'8080:80'", "80-90:80-90", "90-80", "10.0.0.0/24", "10.0.0.5",
    "fd00::/64", "'fd00::1'", "true", "'no'", "-1", "1e400", "nan", "9" * 30, "host", "none",
    "service:a", "container:b", "bridge", "${X}", "${X:-1}", "${X:?}", "$", "'${'", "$$", "*x",
    "&x 1", "!reset null", "!override [a]", "0.0.0.0/0", "'::/0'", "a=b", "a:b", '"\\0"', "é",
    "compose.yaml", "../", "'a \"b'", "<<",
]  # fmt: skip
names = st.sampled_from([*WORDS, "a", "b", "default", "ipam", "config", "x-nsnet", "command", "<<"])
values = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(names, inner, max_size=4).map(
            lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"
        ),
    ),
    max_leaves=12,
)


def bodies(known: dict[str, keys.Kinds]) -> st.SearchStrategy[str]:
    """A flow mapping with some of the `known` keys and any values."""
    return st.dictionaries(st.sampled_from(sorted(known)), values, max_size=6).map(
        lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"
    )


def outcome(directory: Path, data: bytes) -> Topology | tuple[str, ...]:
    """The topology of `data`, or the problems with it."""
    file = directory / "compose.yaml"
    file.write_bytes(data)
    try:
        return load(file, project="lab", env={})
    except TopologyError as error:
        return error.problems


def check(directory: Path, data: bytes) -> None:
    """Load `data`, and look at what came of it."""
    topology = outcome(directory, data)
    if isinstance(topology, tuple):
        assert topology
        assert all("\n" not in problem and ":" in problem for problem in topology)
        return
    networks = {network.name for network in topology.networks}
    assert len({container.name for container in topology.containers}) == len(topology.containers)
    for container in topology.containers:
        assert container.mode in MODES
        assert {attachment.network for attachment in container.attachments} <= networks
        assert all(isinstance(port.container_port, int) for port in container.ports)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


loose = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@loose
@given(a=bodies(keys.SERVICE), b=bodies(keys.SERVICE), net=bodies(keys.NETWORK), top=values)
def test_any_service_and_network(directory: Path, a: str, b: str, net: str, top: str) -> None:
    text = f"services: {{a: {a}, b: {b}}}\nnetworks: {{a: {net}, b: }}\nx-nsnet: {top}\n"
    check(directory, text.encode())


@loose
@given(st.data())
def test_damaged_demos(directory: Path, data: st.DataObject) -> None:
    text = bytearray(demos.path(data.draw(st.sampled_from(demos.names()))).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        end = at + data.draw(st.integers(0, 20))
        text[at:end] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from(VALUES).map(str.encode))
        )
    check(directory, bytes(text))


@loose
@given(st.binary(max_size=60))
def test_any_bytes(directory: Path, data: bytes) -> None:
    check(directory, data)


@given(st.text(alphabet="${}:-?+AB1 x", max_size=30))
def test_any_template(text: str) -> None:
    variables = Variables({"A": "1"})
    with contextlib.suppress(TemplateError):
        assert isinstance(substitute(text, variables), str)


def test_templates_nested_without_end() -> None:
    with pytest.raises(TemplateError, match="flatten"):
        substitute("${A:-" * 5000 + "}" * 5000, Variables({}))


@given(st.text(alphabet="AB='\"$#\n\\ {}exportx:", max_size=40))
def test_any_env_file(text: str) -> None:
    problems = Problems()
    found = parse_dotenv(text, Source(".env", "."), Variables({}), problems)
    assert all(isinstance(value, str) for value in found.values())


def test_many_services_are_read_fast(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    body = "{image: x, networks: [n], environment: [A=1], ports: ['%d:80'], labels: {a: b}}"
    lines = [f"  s{i}: {body % (10000 + i)}" for i in range(500)]
    file.write_text("services:\n" + "\n".join(lines) + "\nnetworks: {n: }\n")
    start = time.perf_counter()
    assert len(load(file, project="lab", env={}).containers) == 500
    # Seconds. Some 0.05 on an idle machine; the tests share theirs.
    assert time.perf_counter() - start < 1
