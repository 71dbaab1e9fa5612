# expect: MODE.NOT_NONE
# instead of: ip link del
# needs: iptables
ip netns exec "$VAULT" iptables -P INPUT DROP
ip netns exec "$VAULT" iptables -P OUTPUT DROP
ip netns exec "$VAULT" iptables -A INPUT -i lo -j ACCEPT
ip netns exec "$VAULT" iptables -A OUTPUT -o lo -j ACCEPT
