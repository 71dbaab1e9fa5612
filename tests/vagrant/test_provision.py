"""vagrant/provision.sh: what it leaves on a machine, and that it leaves the same when run again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import ROOT

#: The tests' Python at another place: its own may be below /opt, or in /usr/local/bin.
PYTHON = "/run/python"
#: Where it writes; /etc is covered by scripts/alone.
COVERED = f"""mkdir {PYTHON} && mount --rbind '{sys.prefix}' {PYTHON} || exit 99
for at in /opt /usr/share /usr/local/bin; do mount -t tmpfs tmpfs $at || exit 99; done
"""
READY = "nsnet: this machine is ready; log in, or type: nsnet lab start"
#: A set-up that fetches nothing, and a Python that does not take seconds to compile all.
SETUP = f"""cd "$(dirname "$0")/.." && mkdir -p .venv/bin
touch -r pyproject.toml .venv/.nsnet-run
[ -e .venv/bin/python ] && exit
echo "set up $1"
cat >.venv/bin/python <<'END'
#!/bin/sh
[ "$2" != compileall ] || exit 0
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='{os.pathsep.join(sys.path)}' exec '{sys.executable}' "$@"
END
chmod 755 .venv/bin/python
""".replace(f"{sys.prefix}/", f"{PYTHON}/")
CHANGED = "find /opt /etc /usr/share /usr/local/bin -newer /run/then"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy with a space in its name, and what is not to be taken along."""
    root = tmp_path / "a checkout"
    for name in ("nsnet", "scripts", "vagrant"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "scripts/setup").write_text(SETUP)
    (root / ".venv").mkdir()
    (root / ".venv/foreign").touch()
    return root


def alone(checkout: Path, script: str) -> str:
    """What `script` prints on a machine of its own, where $provision is the script."""
    done = subprocess.run(
        ["sh", ROOT / "scripts/alone", "sh", "-euc", COVERED + script],
        env={
            "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/nonexistent",
            "provision": f"{checkout}/vagrant/provision.sh",
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip(f"no mounts of one's own here: {done.stderr}")
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_what_it_leaves(checkout: Path) -> None:
    out = alone(
        checkout,
        """sh "$provision"; echo @
        cat /etc/modules-load.d/nsnet.conf; nsnet --version; ls -A /opt /opt/nsnet
        head -n1 /usr/share/bash-completion/completions/nsnet""",
    )
    said, left = out.split("@\n")
    assert "set up vm" in said
    assert said.splitlines()[-1] == READY
    assert "br_netfilter\nnsnet " in left
    assert "/opt/nsnet:\n.venv\nnsnet\npyproject.toml\nscripts\nvagrant\n" in left
    assert "/opt:\nnsnet\n" in left
    assert "_nsnet_completion" in left


def test_again_does_nothing(checkout: Path) -> None:
    out = alone(
        checkout,
        f"""sh "$provision" >/dev/null; touch /run/then; sleep 0.01; echo @
        sh "$provision" | grep -v 'br_netfilter cannot\\|cannot be set now'; {CHANGED}""",
    )
    assert out == f"@\n{READY}\n"


def test_again_mends_and_takes_over_changes(checkout: Path) -> None:
    out = alone(
        checkout,
        f"""sh "$provision" >/dev/null
        rm /usr/local/bin/nsnet /etc/profile.d/nsnet.sh; echo broken >/opt/nsnet/scripts/nsnet
        mkdir /opt/nsnet.new; touch /opt/nsnet.new/torn
        rm "{checkout}/vagrant/user-data"; echo '# new' >>"{checkout}/nsnet/value.py"; echo @
        sh "$provision"; nsnet --version; tail -n1 /opt/nsnet/nsnet/value.py
        ls /opt/nsnet/vagrant /opt/nsnet/.venv /opt /etc/profile.d""",
    ).split("@\n")[1]
    assert "nsnet: copying " in out
    assert "set up" not in out, "the environment is kept"
    assert "\n# new\n" in out
    assert "user-data" not in out
    assert "foreign" not in out
    assert "torn" not in out
    assert "nsnet.new" not in out
    assert "\nnsnet.sh\n" in out


def test_from_where_it_shall_be(checkout: Path) -> None:
    """cloud-init clones there; a copy on to itself would remove all."""
    out = alone(
        checkout,
        """cp -R "${provision%/vagrant/*}" /opt/nsnet; sh /opt/nsnet/vagrant/provision.sh
        nsnet --version""",
    )
    assert "copying" not in out
    assert "\nnsnet 0" in out


def test_who_is_greeted(checkout: Path) -> None:
    """People; not programs, not who does not want it, and not again for sudo -i."""
    out = alone(
        checkout,
        """sh "$provision" >/dev/null; mkdir /run/home; export HOME=/run/home
        bash -li -c 'echo @'; bash -l -c 'echo @'; SUDO_USER=kim bash -li -c 'echo @'
        touch /run/home/.hushlogin; bash -li -c 'echo @'""",
    )
    greeting, *others = out.split("@\n")
    assert "lab start" in greeting
    assert others == [""] * 4


def test_not_root_is_told_so() -> None:
    done = subprocess.run(
        ["unshare", "--user", "sh", "-s"],  # nobody, whoever one is
        input=(ROOT / "vagrant/provision.sh").read_text(),
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("nsnet: root is needed: sudo sh ")


FRESH = os.environ.get("NSNET_FRESH", "")
IN_EARNEST = """export PATH=/usr/local/bin:$PATH; set -e
sh vagrant/provision.sh; echo @; sh vagrant/provision.sh; echo @
for name in conntrack tcpdump dig arping; do command -v $name; done; nsnet --version"""


@pytest.mark.skipif(not FRESH, reason="NSNET_FRESH names no debootstrap root to try it in")
@pytest.mark.skipif(os.geteuid() != 0, reason="a root of one's own needs root")
def test_in_earnest() -> None:
    done = subprocess.run(
        ["sh", ROOT / "scripts/try-fresh", FRESH, "sh", "-c", IN_EARNEST],
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stdout + done.stderr
    _, again, there = done.stdout.split("@\n")
    assert again.splitlines()[-1] == READY
    assert "copying" not in again
    assert "writing" not in again
    assert len(there.splitlines()) == 5
