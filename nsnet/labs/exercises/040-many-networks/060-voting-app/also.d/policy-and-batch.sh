# ip -batch, cables made from inside the rooms, a policy rule as the wall, maps, a program at 127.0.0.1.
# needs: socat
ip -batch - <<END
link add front type bridge
link add back type bridge
address add $FRONT_GW/$FL dev front
address add $BACK_GW/$BL dev back
link set front up
link set back up
END
plug() {
    ip -n "$1" link add "$2" type veth peer name "$3-$1" netns "$HOST_PID"
    ip link set "$3-$1" master "$3" up
    ip -n "$1" address add "$4" dev "$2"
    ip -n "$1" link set "$2" up
}
HOST_PID=$$
plug vote tier1 front "$VOTE_F/$FL"
plug result tier1 front "$RESULT_F/$FL"
plug vote tier2 back "$VOTE_B/$BL"
plug result tier2 back "$RESULT_B/$BL"
plug redis eth0 back "$REDIS/$BL"
plug db eth0 back "$DB/$BL"
plug worker eth0 back "$WORKER/$BL"
for room in redis db worker; do nsenter --net=/run/netns/$room ip route add default via "$BACK_GW"; done
for room in vote result; do nsenter --net=/run/netns/$room ip route add default via "$FRONT_GW"; done
echo 1 > /proc/sys/net/ipv4/ip_forward
ip rule add iif back to "$FRONT" priority 50 prohibit
ip rule add iif front to "$BACK" priority 51 prohibit
nft -f - <<END
table ip app {
    map ports {
        type inet_service : ipv4_addr . inet_service
        elements = { 8080 : $VOTE_F . 80, 8081 : $RESULT_F . 80 }
    }
    chain in {
        type nat hook prerouting priority -100;
        fib daddr type local dnat ip to tcp dport map @ports
    }
    chain out {
        type nat hook postrouting priority 100;
        oifname "wan0" ip saddr { $FRONT, $BACK } masquerade
    }
}
END
socat tcp-listen:9229,bind=127.0.0.1,fork,reuseaddr tcp:"$RESULT_F":9229 2>/dev/null &
sleep 0.3
