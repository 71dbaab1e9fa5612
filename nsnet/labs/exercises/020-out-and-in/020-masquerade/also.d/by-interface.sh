# As on a home router: whatever leaves by the outer interface; in one file, family inet.
nft -f - <<'NFT'
table inet home {
    chain srcnat {
        type nat hook postrouting priority srcnat; policy accept;
        oifname "wan0" masquerade
    }
}
NFT
