# expect: VX.PORT
# instead of: hB link add
ip -n hB link add vx0 type vxlan id "$VNI" remote "$HA"
