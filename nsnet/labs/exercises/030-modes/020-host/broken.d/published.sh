# expect: MODE.HAS_OWN_NS
serve --name api "$API" &
ip netns add web
ip -n web link set lo up
ip link add veth-web type veth peer name eth0 netns web
ip link set veth-web master br0 up
W=$(python3 -c "import ipaddress as i; print(i.ip_address(\"$C1\") + 7)")
ip -n web address add "$W/$LEN" dev eth0
ip -n web link set eth0 up
ip -n web route add default via "$GW"
ip netns exec web serve --name web "$WEB" &
nft -f - <<RULES
table ip lab { chain in { type nat hook prerouting priority -100
fib daddr type local tcp dport $WEB dnat to $W
}; }
RULES
sleep 0.4
