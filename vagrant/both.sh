#!/bin/sh
# both WORDS...: type the same to Docker and to nsnet.
#
#   both network inspect bridge
#   both run -d --name web -p 8080:80 nginx
#   both down                         remove what stands in both, and end nsnet's sandbox
#
# nsnet works in a sandbox, so that the two firewalls, and the two 172.17.0.0/16, do not meet.
# Exit status: nsnet's; 1 if Docker's differs and nsnet's is 0.
show() {
    printf '\n== %s\n' "$*"
    "$@"
}

down() {
    names=$(docker ps -aq)
    # shellcheck disable=SC2086  # ids
    [ -z "$names" ] || docker rm -f $names
    docker network prune -f
    # There is one from the first thing that was made in it.
    ! nsnet sandbox ls | grep -q '^both ' || nsnet sandbox stop both
}

case ${1-} in
    '' | -h | --help) sed -n '2,/^show/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    down) down; exit ;;
esac
show docker "$@"
docker=$?
show nsnet --sandbox=both "$@"
nsnet=$?
[ $docker = $nsnet ] && exit $nsnet
printf '\nexit status: docker %s, nsnet %s\n' $docker $nsnet
[ $nsnet = 0 ] && exit 1
exit $nsnet
