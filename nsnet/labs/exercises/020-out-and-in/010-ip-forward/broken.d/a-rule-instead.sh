# expect: L3.FORWARD_OFF
# needs: iptables
# A firewall's "accept" forwards nothing on a host that is no router.
iptables -P FORWARD ACCEPT
iptables -A FORWARD -i br0 -o wan0 -j ACCEPT
iptables -A FORWARD -i wan0 -o br0 -j ACCEPT
