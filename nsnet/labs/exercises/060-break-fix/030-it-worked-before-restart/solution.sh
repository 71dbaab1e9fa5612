# The rules name the address that web had before.
# without: NAT.STALE_TARGET NAT.NO_DNAT NAT.DNAT_DEAD
nft -f - <<END
flush chain ip nat pre
add rule ip nat pre ip daddr 203.0.113.2 tcp dport 8080 counter dnat to $WEB:80
add rule ip nat pre ip daddr 203.0.113.2 udp dport 5000 counter dnat to $WEB:5000
END
# The sensor's flow is older than the rule: let it be forgotten between two packets.
# without: CT.STALE
sysctl -w net.netfilter.nf_conntrack_udp_timeout=0; sleep 2.5; sysctl -w net.netfilter.nf_conntrack_udp_timeout=30
