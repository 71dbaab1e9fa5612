# By the interface that strangers come in by; family inet.
nft add table inet gate
nft add chain inet gate pre '{ type nat hook prerouting priority dstnat; policy accept; }'
nft add rule inet gate pre iifname wan0 tcp dport "$PORT" counter dnat ip to "$C1:$INNER"
