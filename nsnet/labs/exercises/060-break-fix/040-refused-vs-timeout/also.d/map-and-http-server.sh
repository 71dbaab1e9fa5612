# One map for all ports, and another program instead of the one that listened on loopback.
for x in shop blog wiki; do eval "answer $x \$_$(echo $x | tr a-z A-Z)_SAYS"; done
kill $(ip netns pids "$_LOOPED")
nsenter --net="/run/netns/$_LOOPED" python3 -m http.server 80 --directory /run/netns > /dev/null 2>&1 &
nft -f - <<END
flush chain ip fw through
add map ip fw ports { type inet_service : ipv4_addr . inet_service; elements = { 8001 : $SHOP . 80, 8002 : $BLOG . 80, 8003 : $WIKI . 80 }; }
flush chain ip fw pre
add rule ip fw pre ip daddr 203.0.113.2 dnat ip to tcp dport map @ports
END
sleep 1
