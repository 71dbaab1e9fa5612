# expect: NAT.STALE_TARGET
nft "add rule ip nat pre ip daddr 203.0.113.2 tcp dport 8080 dnat to $WEB:80"
