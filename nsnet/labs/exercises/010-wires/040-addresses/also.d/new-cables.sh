# New cables with everything given at birth, by ip -batch; a second address does no harm.
for x in "c1 $C1 $_M1" "c2 $C2 $_M2" "c3 $C3 $_M3"; do
    set -- $x
    ip link del "veth-$1"
    ip -batch - <<END
link add veth-$1 type veth peer name eth0 address $3 netns $1
link set veth-$1 master br0 up
END
    ip -n "$1" -batch - <<END
link set eth0 up
address add $2/$LEN dev eth0
address add 10.99.0.${2##*.}/24 dev eth0
END
done
ip address add "$GW/$LEN" dev br0
