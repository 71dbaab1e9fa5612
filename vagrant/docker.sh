#!/bin/sh
# docker.sh: a real Docker beside nsnet, to compare them (both.sh). As root, after provision.sh;
# again does no harm. Debian 12 has Docker 20.10.24, the one that nsnet's tests have recorded.
set -eu
here=/opt/nsnet
[ "$(id -u)" = 0 ] || { echo "nsnet: root is needed: sudo sh $0" >&2; exit 1; }
[ -e $here/vagrant/both.sh ] || { echo "nsnet: vagrant/provision.sh comes first" >&2; exit 1; }
if ! command -v dockerd >/dev/null; then
    echo "nsnet: installing docker.io (apt-get)"
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
    # With what it recommends: its command line (Debian 13), and AppArmor's, which it asks for.
    apt() { apt-get -qy -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
    apt install docker.io || { apt update && apt install docker.io; }
fi
# The first user, whom Vagrant, Lima and cloud-init make; Docker's group is as good as root.
user=$(getent passwd 1000 | cut -d: -f1)
[ -z "$user" ] || usermod -aG docker "$user"
ln -sfn "$here/vagrant/both.sh" /usr/local/bin/both
chmod 755 "$here/vagrant/both.sh"
echo "nsnet: Docker is here, too; log in anew, and type: both network ls"
