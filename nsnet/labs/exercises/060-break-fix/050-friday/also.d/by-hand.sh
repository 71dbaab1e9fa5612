# Every remedy, whatever was broken; iptables instead of nft.
# needs: iptables
nft delete table ip fw
iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE
for link in veth-app veth-web veth-web-b br0; do ip link set dev $link mtu 1500; done
ip netns exec web sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done'
ip -n cache address flush dev eth0
ip -n cache address add "$CACHE/16" brd + dev eth0
ip -n cache route replace default via "$BACK_GW"
ip -n web neigh flush all
