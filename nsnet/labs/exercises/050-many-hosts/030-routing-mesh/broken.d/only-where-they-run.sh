# expect: NAT.NO_DNAT
# until: daddr $HA
