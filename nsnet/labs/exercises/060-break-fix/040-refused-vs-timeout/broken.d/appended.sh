# expect: NAT.DNAT_REFUSED
# after: solution
handle=$(nft -a list chain ip fw pre | awk '/dnat/ {print $NF; exit}')
nft delete rule ip fw pre handle "$handle"
nft add rule ip fw pre ip daddr 203.0.113.2 tcp dport "$_WRONG_PORT" counter dnat to "$_WRONG_IP:80"
