# expect: APP.NOT_LISTENING
# needs: iptables
# Published from c1, which has that port: there is nothing in host mode.
iptables -t nat -A PREROUTING -p tcp --dport "$WEB" -j DNAT --to-destination "$C1"
iptables -t nat -A PREROUTING -p tcp --dport "$API" -j DNAT --to-destination "$C1:$WEB"
