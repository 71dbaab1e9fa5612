# A fixed source address, and a second default route that is preferred.
answer layer " $_LAYER "
nft insert rule ip nat post oifname wan0 snat to 203.0.113.2
sysctl -qw net.ipv4.conf.all.forwarding=1
ip -n c1 route del default
ip -n c1 route add 0.0.0.0/0 via "$GW" metric 5
