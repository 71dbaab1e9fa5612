# A map of published ports, as Kubernetes and nsnet have it.
nft -f - <<NFT
table ip published {
    map ports {
        type ipv4_addr . inet_service : ipv4_addr . inet_service
        elements = { 203.0.113.2 . $PORT : $C1 . $INNER }
    }
    chain entry {
        type nat hook prerouting priority dstnat; policy accept;
        meta l4proto tcp dnat ip to ip daddr . tcp dport map @ports
    }
}
NFT
