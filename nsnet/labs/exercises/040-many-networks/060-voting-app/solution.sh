# Two switches, with the gateways' addresses.
# without: L1.PEER_DOWN
ip link add br-front type bridge
# without: L3.NO_GW_ADDR
ip address add "$FRONT_GW/$FL" dev br-front
# without: L2.BRIDGE_DOWN
ip link set br-front up
# without: L1.PEER_DOWN
ip link add br-back type bridge
# without: L3.NO_GW_ADDR
ip address add "$BACK_GW/$BL" dev br-back
# without: L2.BRIDGE_DOWN
ip link set br-back up
# Two cables into front-tier, five into back-tier.
# without: L3.NO_DEFAULT
for x in "vote $VOTE_F" "result $RESULT_F"; do
    set -- $x
    ip link add "f-$1" type veth peer name eth0 netns "$1"
    ip link set "f-$1" master br-front up
    ip -n "$1" address add "$2/$FL" dev eth0
    ip -n "$1" link set eth0 up
done
# without: MODE.NONE
for x in "vote $VOTE_B" "result $RESULT_B" "redis $REDIS" "db $DB" "worker $WORKER"; do
    set -- $x
    ip link add "b-$1" type veth peer name eth1 netns "$1"
    ip link set "b-$1" master br-back up
    ip -n "$1" address add "$2/$BL" dev eth1
    ip -n "$1" link set eth1 up
done
# One way out for each.
# without: L3.NO_DEFAULT
for x in vote result; do ip -n $x route add default via "$FRONT_GW"; done
# without: L3.NO_DEFAULT
for x in redis db worker; do ip -n $x route add default via "$BACK_GW"; done
# The host is a router.
# without: L3.FORWARD_OFF
sysctl -w net.ipv4.ip_forward=1
# What leaves for elsewhere has the host's address.
# without: NAT.NO_MASQ
nft -f - <<END
table ip out {
    chain post {
        type nat hook postrouting priority 100;
        ip saddr $FRONT oifname != "br-front" masquerade
        ip saddr $BACK oifname != "br-back" masquerade
    }
}
END
# What comes for the published ports goes to the containers.
# without: NAT.NO_DNAT
nft -f - <<END
table ip in {
    chain pre {
        type nat hook prerouting priority -100;
        ip daddr 203.0.113.2 tcp dport 8080 dnat to $VOTE_F:80
        ip daddr 203.0.113.2 tcp dport 8081 dnat to $RESULT_F:80
    }
}
END
# What the host itself sends to 127.0.0.1:9229 is translated where it is made ...
# without: NAT.OUTPUT_HOOK NAT.NO_DNAT
nft 'add table ip own; add chain ip own made { type nat hook output priority -100; }; add rule ip own made ip daddr 127.0.0.1 tcp dport 9229 dnat to '"$RESULT_F"':9229'
# ... may leave by a bridge ...
# without: SYSCTL.ROUTE_LOCALNET
sysctl -w net.ipv4.conf.br-front.route_localnet=1
# ... and needs an address that can be answered.
# without: NAT.LOCAL_SRC
nft 'add chain ip own post { type nat hook postrouting priority 100; }; add rule ip own post ip saddr 127.0.0.0/8 oifname br-front masquerade'
# The tiers do not talk to each other.
# without: FLT.OPEN
nft 'add table ip apart; add chain ip apart fwd_ { type filter hook forward priority 0; }; add rule ip apart fwd_ iifname br-front oifname br-back drop; add rule ip apart fwd_ iifname br-back oifname br-front drop'
