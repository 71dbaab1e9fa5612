"""How fast nsnet is, beside something that does the same: the kernel's floor in C, its own
script through `sh`, Docker. `./scripts/bench` runs it; docs/speed.md tells what came out.

Machines differ, and one machine differs from minute to minute. So everything is measured in
turn (A B A B …) in one run, and what counts are the ratios of neighbours.
"""
