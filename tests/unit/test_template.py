"""Templates print what the docker command printed for them (tests/docker/templates.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nsnet.show.template import Template, TemplateError
from nsnet.show.template.values import HIDDEN, Keyed, NoList, NoMap, Struct, Texts

RECORDED = json.loads(
    (Path(__file__).parents[1] / "docker" / "templates.json").read_text(encoding="utf-8")
)
_KEYED = {"Ports", "PortBindings", "ExposedPorts"}
_MAPS = {"Networks", "DriverOpts", "Containers"}
_NO_MAP = {"Volumes", "DriverOpts"}


def typed(value: Any, path: tuple[str, ...] = ("", "")) -> Any:
    """Recorded JSON with the Go types of the docker command."""
    if isinstance(value, dict):
        inner = {key: typed(each, (*path, key)) for key, each in value.items()}
        if path[-1] in ("Labels", "Sysctls"):
            return Texts(inner)
        if path[-1] in _KEYED:
            return Keyed(inner)
        return inner if path[-1] in _MAPS else Struct(inner)
    if isinstance(value, list):
        return [typed(each, (*path, "")) for each in value]
    if value is None and path[-1] in _NO_MAP:
        return NoMap()
    if value is None and (path[-1] in ("Entrypoint", "Links", "Env") or path[-2] == "Ports"):
        return NoList()
    return value


OBJECT = typed(RECORDED["object"])
OBJECT["State"]["Health"] = HIDDEN


def inspected(template: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr, as the docker command would have them."""
    try:
        read = Template(template)
    except TemplateError as error:
        return 64, "", f"template parsing error: {error}\n"
    try:
        return 0, read.inspect(OBJECT) + "\n", ""
    except TemplateError as error:
        return 1, "", f"template parsing error: {error}\n"


def test_there_are_many_recordings() -> None:
    assert len(RECORDED["templates"]) > 250


@pytest.mark.parametrize(("template", "code", "out", "err"), RECORDED["templates"])
def test_as_docker(template: str, code: int, out: str, err: str) -> None:
    got = inspected(template)
    assert (got[0], got[2]) == (code, err)
    if template == "{{json .}}":
        assert json.loads(got[1]) == json.loads(out)
    else:
        assert got[1] == out


def test_a_method_takes_one_argument() -> None:
    row = Struct(Label=lambda key: {"a": "1"}.get(key, ""), Name="x")
    assert Template('{{.Label "a"}}|{{.Label "b"}}|{{"a" | .Label}}').render(row) == "1||1"
    with pytest.raises(TemplateError, match="wrong number of args for Label: want 1 got 0"):
        Template("{{.Label}}").render(row)
    assert Template("{{json .}}").render(row) == '{"Name":"x"}'


@pytest.mark.parametrize("text", ["{{" * 500, "{{(" * 300, "{{if 1}}" * 200, "{{printf}}", "\0{{"])
def test_odd_text_is_an_error_and_no_more(text: str) -> None:
    with pytest.raises(TemplateError):
        Template(text).render({})


def test_a_template_that_calls_itself_ends() -> None:
    with pytest.raises(TemplateError, match="exceeded maximum template depth"):
        Template('{{define "a"}}{{template "a"}}{{end}}{{template "a"}}').render({})


def test_nothing_is_filled_up_without_end() -> None:
    text = Template('{{printf "%99999999999s|%.99999999999f" "a" 1.5}}').render({})
    assert text == "%!(BADWIDTH)a|%!(BADPREC)1.500000"
