# No way out for its containers: they hear "Network is unreachable" at once.
# without: L3.DEFAULT_LEFT
ip -n db route delete default
# without: L3.DEFAULT_LEFT
ip -n app route delete default
# The wall is in the host, in a table of its own.
# without: FLT.ROUTE_ONLY
nft -f - <<'END'
table ip internal {
    chain passing {
        type filter hook forward priority 0; policy accept;
    }
}
END
# Nothing leaves the network, whatever routes its containers have,
# without: FLT.ONE_WAY
nft add rule ip internal passing iifname "$BACKBR" oifname != "$BACKBR" counter drop
# and nothing gets into it from elsewhere.
# without: FLT.ONE_WAY
nft add rule ip internal passing iifname != "$BACKBR" oifname "$BACKBR" counter drop
