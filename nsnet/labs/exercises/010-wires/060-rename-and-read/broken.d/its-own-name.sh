# expect: ANSWER.WRONG
# instead of: answer cable
# What it is called inside, not outside.
answer cable eth0
