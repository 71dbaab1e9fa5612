# expect: FLT.NO_ESTABLISHED
# instead of: established
# instead of: iifname br0
# The call gets in, its answer does not get out.
