# expect: L2.NO_MASTER
# instead of: master docker0
