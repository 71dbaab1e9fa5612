# expect: FLT.ROUTE_ONLY
ip -n db route delete default
ip -n app route delete default
