# expect: SYSCTL.ROUTE_LOCALNET
# until: own ip daddr 127.0.0.1 tcp dport "$OPEN"
nft add rule ip docker own oifname lo tcp dport { "$OPEN", "$CLOSED" } dnat to "$C1:80"
