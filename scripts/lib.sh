# shellcheck shell=sh disable=SC2154,SC3067
# Shared by the commands in this directory, which set $root (the checkout) and source this.
#
# Everything here runs before every nsnet command: shell built-ins only, no subprocess.

# Debian gives ordinary users a PATH without the directory that holds ip, nft and sysctl.
case :${PATH-}: in
    *:/usr/sbin:*) ;;
    *) PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/sbin:/sbin ;;
esac
export PATH

# Where an environment for this checkout may be: in it, or in a cache directory if it cannot be
# written to. The cache repeats the checkout's path, so that two checkouts never share one.
venv_here=$root/.venv
venv_system=/var/cache/nsnet$root/.venv
venv_user=${XDG_CACHE_HOME:-${HOME-}/.cache}/nsnet$root/.venv

# ready PROFILE: set $venv to an environment that is complete for PROFILE (run, test, vm), or fail.
#
# The stamp is written last and bears the time of the pyproject.toml that it was made from:
# equal, not just newer, so that neither an older file restored nor a wrong clock deceives.
ready() {
    for venv in "$venv_here" "$venv_system" "$venv_user"; do
        stamp=$venv/.nsnet-$1
        [ -x "$venv/bin/python" ] && [ -e "$stamp" ] || continue
        [ "$stamp" -nt "$root/pyproject.toml" ] && continue
        [ "$stamp" -ot "$root/pyproject.toml" ] && continue
        # Root must not run what somebody else keeps in a home directory.
        [ "$venv" != "$venv_user" ] || [ -O "$stamp" ] || continue
        return 0
    done
    return 1
}

# need PROFILE: as ready, setting up what is missing first.
need() {
    ready "$1" && return
    sh "$root/scripts/setup" "$1" || exit
    ready "$1" || { echo "nsnet: set-up ended without a usable environment in $root" >&2; exit 1; }
}
