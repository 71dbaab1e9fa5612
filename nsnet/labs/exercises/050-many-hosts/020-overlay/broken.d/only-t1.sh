# expect: MTU.OVERLAY
# instead of: t2 link set
