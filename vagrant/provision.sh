#!/bin/sh
# provision.sh: make this machine, which has to be one to play with, ready to learn in.
#
#   sudo sh vagrant/provision.sh      from a checkout, on Debian 12 or 13 or Ubuntu 24.04
#
# Vagrant, Lima (lima.yaml) and cloud-init (user-data) call the same. nsnet is then in /opt/nsnet
# and on everybody's PATH, and who logs in is greeted. To run it again does no harm, mends what is
# missing, and takes over a changed checkout. Exit status: that of scripts/setup, or 1.
set -eu
umask 022
here=/opt/nsnet
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
root=$(CDPATH='' cd -P -- "${self%/*}/.." && pwd)

say() { printf 'nsnet: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

# alike A B: is B a copy of the checkout A? What begins with a dot, and what Python keeps for
# itself, does not count.
alike() { diff -rq -x '.*' -x __pycache__ "$1" "$2" >/dev/null 2>&1; }

# copy: the checkout to a disk of this machine. A folder shared with the computer around it is slow,
# may know no links or modes, and the environment for this system has no business there.
copy() {
    ! alike "$root" "$here" || return 0
    say "copying $root to $here"
    rm -rf "$here.new"
    mkdir -p "$here.new"
    (cd "$root" && tar --exclude=__pycache__ -cf - -- *) | tar -C "$here.new" --no-same-owner -xf -
    alike "$root" "$here.new" || die "cannot copy $root to $here.new: is the disk full?"
    chmod -R u+rwX,go+rX "$here.new"
    chmod 755 "$here.new/scripts/nsnet"
    [ ! -d "$here/.venv" ] || mv "$here/.venv" "$here.new/"
    rm -rf "$here"
    mv "$here.new" "$here"
}

# put FILE: what comes on standard input, if FILE does not say so already.
put() {
    text=$(cat)
    [ "$(cat "$1" 2>/dev/null)" != "$text" ] || return 0
    say "writing $1"
    mkdir -p "${1%/*}"
    printf '%s\n' "$text" >"$1"
    chmod 644 "$1"
}

# program: nsnet on everybody's PATH, and on that of sudo.
program() {
    [ "$(readlink /usr/local/bin/nsnet)" = "$here/scripts/nsnet" ] ||
        ln -sfn "$here/scripts/nsnet" /usr/local/bin/nsnet
    # Who is not root cannot write compiled files there, and would compile at every start.
    "$here/.venv/bin/python" -m compileall -q "$here/nsnet"
    "$here/scripts/nsnet" completion bash | put /usr/share/bash-completion/completions/nsnet
}

# kernel: the bridge's packets go through the firewall, as on every machine with Docker. All other
# modules are loaded by the kernel when they are used.
kernel() {
    put /etc/modules-load.d/nsnet.conf <<'END'
# nsnet: as Docker does; /proc/sys/net/bridge is there with it
br_netfilter
END
    [ -d /proc/sys/net/bridge ] || modprobe br_netfilter 2>/dev/null ||
        say "br_netfilter cannot be loaded now; at the next boot it will be"
    restriction=kernel.apparmor_restrict_unprivileged_userns
    [ -e "/proc/sys/$(echo $restriction | tr . /)" ] || return 0
    put /etc/sysctl.d/60-nsnet.conf <<END
# nsnet: sandboxes for ordinary users; Ubuntu keeps user namespaces from them
$restriction = 0
END
    sysctl -qw $restriction=0 || say "$restriction cannot be set now; at the next boot it will be"
}

# greeting: at the login of people, not of programs, and not a second time for sudo -i.
greeting() {
    put /etc/profile.d/nsnet.sh <<END
# nsnet's greeting; touch ~/.hushlogin ends it
case \$-/\${SUDO_USER-} in
    *i*/) [ -e "\$HOME/.hushlogin" ] || python3 -sP $here/vagrant/greeting.py ;;
esac
END
}

[ "$(id -u)" = 0 ] || die "root is needed: sudo sh $0"
copy
sh "$here/scripts/setup" vm
program
kernel
greeting
say "this machine is ready; log in, or type: nsnet lab start"
