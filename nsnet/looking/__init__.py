"""What the command line and the Python API ask of a host, put together: records and a look at the
kernel, handed to what explains. One file for each noun.

- state: what is recorded; places, recorded: nsnet's names for what is seen
- why, walk, trace, reach, graph, rules: the questions
"""
