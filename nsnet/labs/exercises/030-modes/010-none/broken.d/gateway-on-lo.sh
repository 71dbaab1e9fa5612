# expect: MODE.NOT_NONE
# after: solution
ip -n "$JOB" address add "$GW/$LEN" dev lo
