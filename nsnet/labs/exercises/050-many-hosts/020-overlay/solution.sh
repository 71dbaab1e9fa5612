# A frame of this network goes to the other host inside a UDP datagram, by eth0.
# without: L1.NO_KIND
ip -n hA link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HB" dev eth0
# without: L1.NO_KIND
ip -n hB link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HA" dev eth0
# The tunnel is one more port of the switch that the container is on.
# without: VX.UNPLUGGED
ip -n hA link set vx0 master br0
# without: VX.UNPLUGGED
ip -n hB link set vx0 master br0
# without: L1.LINK_DOWN
ip -n hA link set vx0 up
# without: L1.LINK_DOWN
ip -n hB link set vx0 up
# The wrapping takes 50 bytes: the containers must not send more than 1450.
# without: MTU.OVERLAY
ip -n t1 link set eth0 mtu 1450
# without: MTU.OVERLAY
ip -n t2 link set eth0 mtu 1450
