# expect: ANSWER.WRONG
answer shop 1
answer blog 1
answer wiki 1
