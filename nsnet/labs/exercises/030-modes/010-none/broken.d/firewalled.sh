# expect: MODE.NOT_NONE
ip netns add "$JOB"
ip -n "$JOB" link set lo up
ip netns exec "$VAULT" iptables -P INPUT DROP
ip netns exec "$VAULT" iptables -P OUTPUT DROP
ip netns exec "$VAULT" iptables -A INPUT -i lo -j ACCEPT
ip netns exec "$VAULT" iptables -A OUTPUT -o lo -j ACCEPT
