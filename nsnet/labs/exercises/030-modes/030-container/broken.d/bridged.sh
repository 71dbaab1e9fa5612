# expect: MODE.SIBLING_NOT_SAME_NS
ip netns add sidecar
ip -n sidecar link set lo up
ip link add veth-sidecar type veth peer name eth0 netns sidecar
ip link set veth-sidecar master br0 up
S=$(python3 -c "import ipaddress as i; print(i.ip_address(\"$WEB\") + 7)")
ip -n sidecar address add "$S/$LEN" dev eth0
ip -n sidecar link set eth0 up
ip -n sidecar route add default via "$GW"
ip netns exec sidecar serve --name sidecar "$PORT" &
sleep 0.4
