# With iptables-nft; every layer is put right, whichever it was.
# needs: iptables
answer layer "$_LAYER"
nft delete table ip nat
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
echo 1 > /proc/sys/net/ipv4/ip_forward
ip netns exec c1 ip route del default
ip netns exec c1 ip route add default via "$GW" dev eth0
