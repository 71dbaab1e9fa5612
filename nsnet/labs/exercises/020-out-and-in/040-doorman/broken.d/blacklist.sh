# expect: FLT.OPEN
# needs: iptables
# Port 22 is shut, c2 is not, nor what comes tomorrow.
iptables -A FORWARD -i wan0 -o br0 -p tcp --dport 22 -j DROP
