# A loop that computes: addresses by counting, MACs by printf.
ip a a "$GW/$LEN" brd + dev br0
n=2
for c in c1 c2 c3; do
    eval "ip=\$$(echo $c | tr c C)"
    mac=$(printf '02:42:%02x:%02x:%02x:%02x' $(echo "$ip" | tr . ' '))
    ip netns exec "$c" sh -c "ip link set eth0 down; ip link set eth0 address $mac; ip link set eth0 up; ip addr replace $ip/$LEN dev eth0"
    n=$((n + 1))
done
