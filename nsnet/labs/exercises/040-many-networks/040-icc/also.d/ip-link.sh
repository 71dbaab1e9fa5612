# The same flag with ip link, for whatever is plugged into the bridge, and the rule as well.
for port in $(ls "/sys/class/net/$BR/brif"); do ip link set "$port" type bridge_slave isolated on; done
nft add table inet apart
nft 'add chain inet apart passing { type filter hook forward priority -5; }'
nft add rule inet apart passing iifname "$BR" oifname "$BR" drop
