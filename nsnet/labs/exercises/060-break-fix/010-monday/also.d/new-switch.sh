# A new bridge, in the manner of brctl: the old one is thrown away.
ip link del br0
ip link add lan0 type bridge stp_state 0
ip address add "$GW/$LEN" dev lan0
for port in web redis; do ip link set veth-$port up master lan0; done
ip link set lan0 up
