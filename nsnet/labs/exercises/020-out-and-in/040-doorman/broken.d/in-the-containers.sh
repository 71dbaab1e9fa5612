# expect: FLT.ELSEWHERE
# needs: iptables
for room in c1 c2; do
    ip netns exec $room iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    ip netns exec $room iptables -A INPUT -s "$GW" -j ACCEPT
done
ip netns exec c1 iptables -A INPUT -p tcp --dport 80 -j ACCEPT
for room in c1 c2; do ip netns exec $room iptables -A INPUT -j DROP; done
