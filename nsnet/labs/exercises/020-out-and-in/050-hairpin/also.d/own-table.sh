# A table of its own, a mark set before DNAT, ip link for the port.
nft -f - <<RULES
table ip hairpin {
    chain seen {
        type filter hook prerouting priority -150
        ip saddr $NET ip daddr $HOST meta mark set 7
    }
    chain back {
        type nat hook postrouting priority 90
        meta mark 7 ip daddr $NET masquerade
    }
}
RULES
ip link set dev "veth$_X1" type bridge_slave hairpin on
