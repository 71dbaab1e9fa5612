# Host by host, from within, as one would by ssh; the whole of the container network gets the MTU.
ip netns exec hA sh -e -c 'ip link add tun5 type vxlan id "$VNI" local "$HA" remote "$HB" dstport 4789; ip link set tun5 up master br0; ip link set br0 mtu 1450; ip link set veth-t1 mtu 1450'
ip netns exec hB sh -e -c 'ip link add tun5 type vxlan id "$VNI" local "$HB" remote "$HA" dstport 4789; ip link set tun5 up master br0; ip link set br0 mtu 1450; ip link set veth-t2 mtu 1450'
ip netns exec t1 ip link set eth0 mtu 1450
ip netns exec t2 ip link set eth0 mtu 1450
