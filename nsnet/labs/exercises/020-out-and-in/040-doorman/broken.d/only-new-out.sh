# expect: FLT.POLICY_DROP
# instead of: iifname br0
# The containers' own calls are forgotten.
