# expect: ANSWER.WRONG
# instead of: answer owner
answer owner db
