# A map of the ways that are open, and whatever else touches the bridge is told that it may not.
ip netns exec db ip route flush default
ip netns exec app ip route flush default
nft -f - <<END
table inet fence {
    map open {
        type ifname . ifname : verdict
        elements = { "$BACKBR" . "$BACKBR" : accept, "$FRONTBR" . "$FRONTBR" : accept }
    }
    chain passing {
        type filter hook forward priority -5;
        iifname . oifname vmap @open
        iifname "$BACKBR" jump no
        oifname "$BACKBR" jump no
    }
    chain no { counter reject with icmpx admin-prohibited; }
}
END
