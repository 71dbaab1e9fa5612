"""What questions to a lab come to: values made of the command line's JSON, which know how to show
themselves as text and as a picture.

- why, walk, reach, graph, rules: one for each question
- again: the JSON of a walk, a graph, a matrix as the values that pictures are drawn from
"""
