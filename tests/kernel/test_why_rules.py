"""`nsnet why` where rules decide: filters, address translation, what is remembered of flows. All
of it made by hand; half of it a second time with other names and numbers, or by iptables."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import pytest

from nsnet.diagnose.texts import message
from tests.kernel.ladder import MACHINES, NAT, SCENE, listening, machine, sh, why
from tests.kernel.test_why import Fault

pytestmark = pytest.mark.usefixtures("host")

Names = Mapping[str, str]

_FILTER = """
    nft -f - <<END
    table inet doorman {{
        chain fwd0 {{ type filter hook forward priority 0; policy POLICY;
            RULES
        }}
    }}
END
"""


def doorman(*rules: str, policy: str = "accept") -> str:
    """A script that adds a filter of the forward hook."""
    return _FILTER.replace("POLICY", policy).replace("RULES", "\n".join(rules))


def nat(*chains: str) -> str:
    """A script that has other translation rules instead."""
    lines = [f"chain c{n} {{{{\n{text}\n}}}}" for n, text in enumerate(chains)]
    return (
        "nft flush ruleset; nft -f - <<END\ntable ip mine {{\n" + "\n".join(lines) + "\n}}\nEND\n"
    )


POST = "type nat hook postrouting priority 100;\n"
PRE = "type nat hook prerouting priority -100;\n"
OUT = "type nat hook output priority -100;\n"
MASQ = 'ip saddr {net} oifname != "{br}" masquerade'
TO_C1 = "ip daddr {hw} tcp dport {pub} dnat to {n}.2:80"
ESTABLISHED = "ct state established,related accept"
#: Bridged frames pass the rules of IP, or (0) do not, as without br_netfilter.
BRIDGED = (
    "[ {0} = 0 -a ! -e /proc/sys/net/bridge ] || "
    "sysctl -qw net.bridge.bridge-nf-call-iptables={0}\n"
)
LOCALNET = "echo 1 >/proc/sys/net/ipv4/conf/{br}/route_localnet\n"
LOCAL_DNAT = "ip daddr 127.0.0.1 tcp dport {pub} dnat to {n}.2:80"

FAULTS = [
    Fault("true", "{c1}", "{c2}:81", "APP.NOT_LISTENING", "81"),
    Fault("true", "{c1}", "{c2}:90", "APP.LOOPBACK_ONLY", "127.0.0.1"),
    Fault(nat(POST), "{c1}", "{ow}", "NAT.NO_MASQ", "{n}.2"),
    Fault("nft flush ruleset", "{c1}", "{ow}", "NAT.NO_MASQ", "{wan}"),
    Fault(
        nat("type nat hook input priority 100;\nip saddr {net} snat to {hw}"),
        "{c1}", "{ow}", "NAT.WRONG_HOOK", "postrouting",
    ),
    Fault(nat(MASQ), "{c1}", "{ow}", "NAT.WRONG_HOOK", "postrouting"),
    Fault(nat(POST + MASQ), "{out}", "{hw}:{pub}", "NAT.NO_DNAT", "{pub}"),
    Fault(nat(OUT + TO_C1), "{out}", "{hw}:{pub}", "NAT.WRONG_HOOK", "prerouting"),
    Fault(nat(OUT + LOCAL_DNAT), "{out}", "{hw}:{pub}", "NAT.OTHER_ADDRESS", "127.0.0.1"),
    Fault(nat(PRE + TO_C1), "host", "{hw}:{pub}", "NAT.OUTPUT_HOOK", "output"),
    Fault(nat(PRE + TO_C1 + "1"), "{out}", "{hw}:{pub}", "NAT.DNAT_REFUSED", "{n}.2:801"),
    Fault(
        nat(PRE + "tcp dport {pub} dnat to {n}.99:80"),
        "{out}", "{hw}:{pub}", "NAT.DNAT_DEAD", "{n}.99",
    ),
    Fault(
        nat(PRE + "tcp dport {pub} dnat to {n}.3:80") + "true",
        "{out}", "{hw}:{pub}", "NAT.STALE_TARGET", "{n}.2",
    ),
    Fault(
        nat(POST + MASQ, PRE + "tcp dport {pub} dnat to {n}.2:80"),
        "{c2}", "{ow}:{pub}", "NAT.DNAT_TOO_WIDE", "{ow}:{pub}",
    ),
    Fault(
        nat(POST + MASQ)
        + "iptables -t nat -A PREROUTING -p tcp --dport {pub} -j DNAT --to {n}.2:80",
        "{c2}", "{ow}:{pub}", "NAT.DNAT_TOO_WIDE", "tcp dport {pub}",
    ),
    Fault(BRIDGED.format(0), "{c1}", "{hw}:{pub}", "NAT.HAIRPIN_NO_MASQ", "{n}.2"),
    Fault(BRIDGED.format(1), "{c1}", "{hw}:{pub}", "L2.HAIRPIN_OFF", "{v1}"),
    Fault(
        BRIDGED.format(1) + "bridge link set dev {v1} hairpin on",
        "{c1}", "{hw}:{pub}", "NAT.HAIRPIN_NO_MASQ", "{c1}",
    ),
    Fault(BRIDGED.format(0), "{c2}", "{hw}:{pub}", "NAT.BRNF_SHORTCUT", "{br}"),
    Fault(
        nat(OUT + LOCAL_DNAT), "host", "127.0.0.1:{pub}", "SYSCTL.ROUTE_LOCALNET", "{br}"
    ),
    Fault(LOCALNET + nat(OUT + LOCAL_DNAT), "host", "127.0.0.1:{pub}", "NAT.LOCAL_SRC", "{br}"),
    Fault(
        LOCALNET + nat(PRE + LOCAL_DNAT), "host", "127.0.0.1:{pub}", "NAT.OUTPUT_HOOK", "output"
    ),
    Fault(doorman(policy="drop"), "{c1}", "{ow}", "FLT.POLICY_DROP", "doorman"),
    Fault("iptables -P FORWARD DROP", "{c1}", "{ow}", "FLT.POLICY_DROP", "FORWARD"),
    Fault(doorman("ip saddr {n}.2 drop"), "{c1}", "{ow}", "FLT.DROP", "ip saddr {n}.2 drop"),
    Fault(doorman("meta mark 0 counter reject"), "{c1}", "{ow}", "FLT.REJECT", "reject"),
    Fault(
        "iptables -A FORWARD -s {n}.2 -m statistic --mode nth --every 1 --packet 0 -j DROP",
        "{c1}", "{ow}", "FLT.DROP", "FORWARD",
    ),
    Fault(
        doorman("ip saddr {net} accept", policy="drop"),
        "{c1}", "{ow}", "FLT.NO_ESTABLISHED", "doorman",
    ),
    Fault(
        doorman(ESTABLISHED, "tcp dport {pub} accept", policy="drop"),
        "{out}", "{hw}:{pub}", "FLT.PRE_DNAT_PORT", "{pub}",
    ),
    Fault(
        doorman("tcp dport 80 drop", "ip daddr {n}.2 tcp dport 80 accept"),
        "{out}", "{hw}:{pub}", "FLT.ORDER", "tcp dport 80 accept",
    ),
    Fault(
        doorman('iifname "{wan}" oifname "{br}" drop'),
        "{c1}", "{ow}", "FLT.ONE_WAY", "{wan}",
    ),
    Fault(
        "nft add table inet t; nft add chain inet t o "
        "'{{ type filter hook output priority 0; }}'; nft add rule inet t o ip daddr {n}.2 drop",
        "host", "{n}.2", "FLT.DROP", "output",
    ),
    Fault(
        "sysctl -qw net.ipv4.conf.{wan}.rp_filter=1; "
        "ip -n {out} address add 192.0.2.7/32 dev lo; ip -n {out} route add {net} via {hw} "
        "src 192.0.2.7; ip route add 192.0.2.7 dev {br}",
        "{out}", "{n}.2", "SYSCTL.RP_FILTER", "192.0.2.7",
    ),
]  # fmt: skip


@pytest.mark.parametrize("names", MACHINES, ids=lambda names: names["c1"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.id}-{f.source}-{f.target}")
def test_a_fault_is_called_by_its_name(fault: Fault, names: Names) -> None:
    with machine(names, SCENE + NAT), ExitStack() as programs:
        programs.enter_context(listening(names["c1"], "0.0.0.0", 80))
        programs.enter_context(listening(names["c2"], "127.0.0.1", 90))
        sh(fault.script, names)
        finding = why(fault.source.format_map(names), fault.target.format_map(names))
    assert finding.id == fault.id, finding
    assert finding.broken is not None
    assert fault.text.format_map(names) in message(finding.broken)
    assert "?" not in message(finding.broken)


@pytest.mark.parametrize("bridged", ["0", "1"])
def test_what_works_is_not_complained_about(bridged: str) -> None:
    names = MACHINES[int(bridged)]
    good = nat(
        POST + MASQ + "\nip saddr {net} ct status dnat masquerade\nip saddr 127.0.0.0/8 masquerade",
        PRE + TO_C1,
        OUT + TO_C1 + "\n" + LOCAL_DNAT,
    )
    calls = [("{out}", "{hw}:{pub}"), ("{c2}", "{hw}:{pub}"), ("{c1}", "{hw}:{pub}")]
    calls += [("host", "127.0.0.1:{pub}"), ("host", "{hw}:{pub}"), ("{c2}", "{c1}:80")]
    calls += [("{c1}", "{ow}"), ("host", "{ow}"), ("host", "{c2}"), ("{out}", "{hw}")]
    shut = doorman(ESTABLISHED, 'iifname "{br}" accept', "ct status dnat accept", policy="drop")
    script = f"{BRIDGED.format(bridged)}{LOCALNET}bridge link set dev {{v1}} hairpin on\n"
    with machine(names, SCENE + good + shut + script), listening(names["c1"], "0.0.0.0", 80):
        for source, target in calls:
            finding = why(source.format_map(names), target.format_map(names))
            assert finding.ok, (source, target, finding)
            assert not finding.remarks, (source, target, finding.remarks)


REMARKS = [
    (BRIDGED.format(1) + nat(POST + "masquerade"), "{c1}", "{c2}:80", "NAT.MASQ_TOO_WIDE"),
    (nat(POST + "masquerade", PRE + TO_C1), "{out}", "{hw}:{pub}", "NAT.MASQ_TOO_WIDE"),
    (
        BRIDGED.format(0) + doorman('iifname "{br}" oifname "{br}" counter drop'),
        "{c1}", "{c2}:80", "FLT.BRIDGED_BYPASS",
    ),
    ("ip address add 192.0.2.1/24 dev {v1}", "{c1}", "{c2}:80", "L2.IP_ON_PORT"),
    (
        "ip -n {c1} route add default via {n}.3 metric 50", "{c1}", "{c2}:80", "L3.TWO_DEFAULTS",
    ),
]  # fmt: skip


@pytest.mark.parametrize("names", MACHINES, ids=lambda names: names["c1"])
@pytest.mark.parametrize(
    ("script", "source", "target", "name"), REMARKS, ids=lambda x: str(x)[-20:]
)
def test_what_works_by_luck_is_remarked(
    script: str, source: str, target: str, name: str, names: Names
) -> None:
    with machine(names, SCENE + NAT), ExitStack() as programs:
        for each in ("c1", "c2"):
            programs.enter_context(listening(names[each], "0.0.0.0", 80))
        sh(script, names)
        finding = why(source.format_map(names), target.format_map(names))
    assert finding.ok
    assert [each.id for each in finding.remarks] == [name]
    assert "?" not in message(finding.remarks[0])
