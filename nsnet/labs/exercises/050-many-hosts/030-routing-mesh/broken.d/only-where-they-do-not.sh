# expect: NAT.NO_DNAT
# instead of: daddr $HB
