# In the raw table: what comes by wan0 for an address inside has not been translated.
# needs: iptables
iptables-nft -t raw -A PREROUTING -i wan0 -d "$NET" -j DROP
