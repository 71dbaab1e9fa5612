# expect: ANSWER.MISSING
# instead of: answer cable
# instead of: answer owner
# instead of: answer port
# instead of: answer bridge
# instead of: answer gateway
