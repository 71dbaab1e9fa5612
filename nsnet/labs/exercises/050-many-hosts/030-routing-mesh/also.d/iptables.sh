# In iptables words, as Docker writes them: every second call to the first, the rest to the second.
# needs: iptables
for h in hA hB; do
  ip netns exec "$h" iptables-nft -t nat -N INGRESS
  ip netns exec "$h" iptables-nft -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j INGRESS
  ip netns exec "$h" iptables-nft -t nat -A INGRESS -p tcp --dport "$PORT" -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination "$W1:80"
  ip netns exec "$h" iptables-nft -t nat -A INGRESS -p tcp --dport "$PORT" -j DNAT --to-destination "$W2:80"
  ip netns exec "$h" iptables-nft -t nat -A POSTROUTING -o br0 -m conntrack --ctstate DNAT -j MASQUERADE
done
