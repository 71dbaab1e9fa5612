# By what conntrack knows: whatever has gone through a DNAT may pass; one file, family inet.
nft -f - <<'NFT'
table inet door {
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state vmap { established : accept, related : accept, invalid : drop }
        iifname "br0" accept
        ct status dnat accept
    }
}
NFT
