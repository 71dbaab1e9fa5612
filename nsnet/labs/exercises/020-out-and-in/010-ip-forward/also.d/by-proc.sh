# Straight into /proc, as in old howtos.
echo 1 > /proc/sys/net/ipv4/ip_forward
