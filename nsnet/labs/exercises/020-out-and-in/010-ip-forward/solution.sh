# The host stands in the middle: it is the one who has to pass on what is not for itself.
# without: L3.FORWARD_OFF
sysctl -w net.ipv4.ip_forward=1
