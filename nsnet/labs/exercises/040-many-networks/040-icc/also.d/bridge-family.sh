# A filter in the bridge itself (once called ebtables): from port to port nothing passes.
nft -f - <<'END'
table bridge apart {
    chain passing {
        type filter hook forward priority 0; policy accept;
        iifname "veth-*" oifname "veth-*" drop
    }
}
END
