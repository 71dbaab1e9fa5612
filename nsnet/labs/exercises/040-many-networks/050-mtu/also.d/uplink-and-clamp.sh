# The router's way: it tells senders what is too large, and writes a smaller size into handshakes.
# needs: iptables
ip link set vpn0 mtu "$_WIDTH"
iptables-nft -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
