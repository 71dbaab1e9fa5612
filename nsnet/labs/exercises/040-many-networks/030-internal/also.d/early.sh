# Before routing: what comes by the bridge has to be for the host, and nobody else's is for the bridge.
nft -f - <<END
table inet internal {
    chain coming {
        type filter hook prerouting priority -300;
        iifname "$BACKBR" ip daddr $NET accept
        iifname "$BACKBR" fib daddr type != { local, broadcast, multicast } drop
        iifname != "$BACKBR" ip daddr $NET drop
    }
}
END
ip netns exec db ip route del default via "$GW"
ip netns exec app ip route del default via "$GW"
