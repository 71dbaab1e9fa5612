# expect: ANSWER.WRONG
# instead of: answer bridge
# br0 is only the one that stands first.
answer bridge br0
