# expect: NAT.DNAT_DEAD
# needs: iptables
# An address with a slip of the finger: nobody has it.
iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport "$PORT" -j DNAT --to-destination "${C1%.*}.77:$INNER"
