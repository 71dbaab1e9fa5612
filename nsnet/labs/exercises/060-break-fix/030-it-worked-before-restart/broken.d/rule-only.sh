# expect: CT.STALE
nft flush chain ip nat pre
nft "add rule ip nat pre tcp dport 8080 dnat to $WEB:80; add rule ip nat pre udp dport 5000 dnat to $WEB:5000"
