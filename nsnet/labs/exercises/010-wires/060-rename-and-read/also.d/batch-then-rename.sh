# As a person would: what is known is typed, the cable gets a handy name first and Docker's later.
for each in cable:$_CABLE@if2 owner:$_OWNER port:$_PORT bridge:$_BRIDGE gateway:$_DB_GW; do answer "${each%%:*}" "${each#*:}"; done
ip -batch - <<END
netns add c4
link add c4 type veth peer name eth0 netns c4
link set c4 name veth$(od -An -N4 -tx1 /dev/urandom | tr -d ' ' | cut -c1-7)
END
for port in $(ip -o link | grep 'link-netns c4' | sed 's/^[0-9]*: \([^@]*\)@.*/\1/'); do ip link set "$port" up master br0; done
ip netns exec c4 sh -c 'for link in lo eth0; do ip link set $link up; done; ip addr add $C4/$LEN dev eth0; ip route add default via $GW'
