# web answers by the way that the question came; the rule before the drop; the other remedies.
for fault in $_FAULTS; do
    case $fault in
    dup)
        ip -n cache -batch - <<END
address flush dev eth0
address add $CACHE/16 dev eth0
route add default via $BACK_GW
END
        ip -n web neigh flush dev eth1
        ;;
    filter) nft insert rule ip fw through iifname br1 oifname wan0 accept ;;
    mtu) nsenter --net=/run/netns/app ip link set eth0 mtu 1400 ;;
    source)
        ip -n web rule add from "$WEB_F" lookup 100
        ip -n web route add "$FRONT" dev eth0 table 100
        ip -n web route add default via "$FRONT_GW" table 100
        ;;
    dns) nft insert rule ip fw through udp dport 53 accept ;;
    esac
done
