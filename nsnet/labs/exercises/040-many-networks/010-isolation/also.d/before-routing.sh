# Before the routing decision, with a set of pairs; the gateways still answer.
nft -f - <<END
table inet apart {
    chain early {
        type filter hook prerouting priority -310;
        ip daddr != { $GW0, $GW1 } iifname . ip daddr { "$BR0" . $NET1, "$BR1" . $NET0 } drop
    }
}
END
