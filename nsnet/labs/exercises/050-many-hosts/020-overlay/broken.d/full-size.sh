# expect: MTU.OVERLAY
# until: t1 link set
