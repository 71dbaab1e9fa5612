"""The sentences of walks: complete in Korean, with the same blanks."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from pathlib import Path

import pytest

import nsnet
from nsnet.diagnose.findings import Broken
from nsnet.diagnose.said import said
from nsnet.diagnose.texts import LANGUAGES, sentences
from nsnet.diagnose.texts.told import explained, told

from .test_texts import blanks

_ROOMS = ("diagnose", "show")
_OTHERS = LANGUAGES[1:]


def _forms() -> set[str]:
    """What `said` is called with, anywhere."""
    root, found = Path(nsnet.__file__).parent, set()
    for file in (each for room in _ROOMS for each in (root / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said":
                form = node.args[0]
                assert isinstance(form, ast.Constant), f"{file}:{node.lineno}: not a mere text"
                found.add(str(form.value))
    return found


@pytest.mark.parametrize("language", _OTHERS)
def test_every_sentence_has_its_words(language: str) -> None:
    forms, known = _forms(), sentences(language)
    assert len(forms) > 150
    assert forms == known.keys()
    assert {each: blanks(each) for each in forms} == {k: blanks(v) for k, v in known.items()}


#: English that Korean engineers write, too: protocols, names of things in the kernel.
LATIN = {
    "ARP", "DROP", "MAC", "NDP", "RST", "TTL", "VXLAN", "eBPF", "echo", "hairpin", "ingress",
    "ip_forward", "iptables", "legacy", "lo", "martian", "ms", "netdev", "netfilter", "nftables",
    "ping", "reply", "route_localnet", "rp_filter",
}  # fmt: skip


@pytest.mark.parametrize(("english", "korean"), sentences("ko").items())
def test_no_english_is_left(english: str, korean: str) -> None:
    plain = re.sub(r"\{\w*\}", "", korean)
    assert set(re.findall(r"[A-Za-z_]{2,}", plain)) <= LATIN
    # A particle after a blank is told with both its forms: the code chooses.
    assert not re.search(r"\}(은|는|이|가|을|를|으로|로|과|와)(?= |$)", korean), english


def test_a_sentence_within_a_sentence() -> None:
    inner = said("{device} of {label}", device="eth0", label="web")
    text = said("{text} towards {beyond}", text=said("drops it"), beyond=inner)
    assert (text, told(text)) == ("drops it towards eth0 of web",) * 2
    assert told(text, "ko") == "버립니다 (web의 eth0 쪽으로)"


def test_it_outlives_a_copy() -> None:
    text = said("{device} is down", device="eth0")
    for again in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert (again, told(again, "ko")) == ("eth0 is down", "eth0이 꺼져 있습니다")


def test_what_is_filled_in_is_no_form() -> None:
    text = said("{caption}: {does}", caption="a {strange} (은)는 name", does="x")
    assert text == "a {strange} (은)는 name: x"
    assert "{strange}" in told(text, "ko")


@pytest.mark.parametrize("text", ["", "plain"])
def test_a_mere_text_stays(text: str) -> None:
    assert told(text, "ko") == told(text, "en") == text


def test_a_diagnosis_in_a_walk() -> None:
    text = explained(Broken("L2.BRIDGE_DOWN", "bridge", {"space": "host", "device": "br0"}))
    assert "the bridge" in text.lower()
    assert told(text, "ko").startswith("host의 브리지 br0: 꺼져 있습니다.")
