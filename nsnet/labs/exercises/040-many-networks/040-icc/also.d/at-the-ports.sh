# At each port, before the bridge: a frame has to be for the bridge itself, or ask for the gateway.
MAC=$(cat "/sys/class/net/$BR/address")
PORTS=$(ls "/sys/class/net/$BR/brif" | paste -sd,)
nft -f - <<END
table netdev apart {
    chain coming {
        type filter hook ingress devices = { $PORTS } priority 0; policy drop
        ether daddr $MAC accept
        ether type arp arp daddr ip $GW accept
    }
}
END
