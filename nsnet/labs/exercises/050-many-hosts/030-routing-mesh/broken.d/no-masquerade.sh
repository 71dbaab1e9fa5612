# expect: MESH.NO_SNAT
# instead of: masquerade
