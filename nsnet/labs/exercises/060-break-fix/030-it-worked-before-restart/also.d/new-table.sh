# Another table that comes first, with a map; the router drops the sensor's flow by letting it rest.
nft delete table ip nat
nft -f - <<END
table ip again {
    map ports { type inet_proto . inet_service : ipv4_addr . inet_service; elements = { tcp . 8080 : $WEB . 80, udp . 5000 : $WEB . 5000 } }
    chain pre { type nat hook prerouting priority dstnat; ip daddr 203.0.113.2 dnat ip to meta l4proto . th dport map @ports; }
    chain post { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
}
END
sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1
sleep 1.2
nft 'add chain ip again mute { type filter hook prerouting priority -500; }; add rule ip again mute udp sport 4000 drop'
sleep 1.5
nft delete chain ip again mute
