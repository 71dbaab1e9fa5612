# expect: L3.NO_DEFAULT
# after: solution
# Built, and then taken away again.
ip -n c1 route del default
