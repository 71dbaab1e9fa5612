# expect: L3.GW_UNREACHABLE
# instead of: default via
# A typical mistake: the gateway's address is mistyped, and nobody has that one. This runs instead
# of the one command of the solution that contains those words; `# until: default via` would stop
# before it, then run this.
ip -n c1 route add default via "${GW%.*}.99"
