"""The walk of a packet from the state of the kernel alone: nothing is sent.

`predict` moves an imagined packet through all namespaces as the kernel would, and its answer back.
What cannot be judged (a rule of iptables whose words nft does not show, a chance) makes the
events after it unsure, never an error.
"""

from .walker import predict

__all__ = ["predict"]
