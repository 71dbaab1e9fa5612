# expect: NAT.HAIRPIN_NO_MASQ
# On all ports, as in an old blog post; the address is forgotten.
for port in /sys/class/net/br0/brif/*; do echo 1 > "$port/hairpin_mode"; done
