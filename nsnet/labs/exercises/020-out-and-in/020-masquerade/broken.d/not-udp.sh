# expect: NAT.NO_MASQ
# needs: iptables
for protocol in icmp tcp; do
    iptables-nft -t nat -A POSTROUTING -s "$NET" -o wan0 -p $protocol -j MASQUERADE
done
