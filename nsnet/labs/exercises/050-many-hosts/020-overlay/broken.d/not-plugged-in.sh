# expect: VX.UNPLUGGED
# instead of: hA link set vx0 master
# instead of: hB link set vx0 master
