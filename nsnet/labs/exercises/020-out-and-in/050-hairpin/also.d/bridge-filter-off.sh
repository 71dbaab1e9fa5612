# Bridged frames pass no rules any more; then the masquerade is needed for the neighbour, too.
sysctl -qw net.bridge.bridge-nf-call-iptables=0
nft add table ip mine
nft 'add chain ip mine back { type nat hook postrouting priority 99; }'
nft add rule ip mine back ip saddr "$NET" ct status dnat oifname br0 masquerade
