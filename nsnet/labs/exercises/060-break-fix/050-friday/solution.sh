# Which three they are differs; each has its remedy.
# without: MTU.BLACKHOLE L3.DUP_ADDR SYSCTL.RP_FILTER FLT.DROP
for fault in $_FAULTS; do
    case $fault in
    dup)
        ip -n cache address flush dev eth0
        ip -n cache address add "$CACHE/16" dev eth0
        ip -n cache route add default via "$BACK_GW"
        ip -n web neigh flush dev eth1
        ;;
    filter) nft delete rule ip fw through handle "$(nft -a list chain ip fw through | awk -v a="$DB" '$0 ~ a {print $NF}')" ;;
    mtu) ip link set veth-app mtu 1500 ;;
    source) ip netns exec web sysctl -w net.ipv4.conf.all.rp_filter=2 ;;
    dns) nft delete rule ip fw through handle "$(nft -a list chain ip fw through | awk '/dport 53/ {print $NF}')" ;;
    esac
done
