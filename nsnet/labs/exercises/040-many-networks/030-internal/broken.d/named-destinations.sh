# expect: FLT.ROUTE_ONLY
ip -n db route del default
ip -n app route del default
nft -f - <<END
table inet fence {
    chain passing {
        type filter hook forward priority -5;
        iifname "$BACKBR" ip daddr { 203.0.113.1, $WEB } drop
        oifname "$BACKBR" ct state new drop
    }
}
END
