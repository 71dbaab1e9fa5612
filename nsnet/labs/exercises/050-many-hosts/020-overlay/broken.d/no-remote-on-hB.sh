# expect: VX.NO_REMOTE
# instead of: hB link add
ip -n hB link add vx0 type vxlan id "$VNI" dstport 4789
