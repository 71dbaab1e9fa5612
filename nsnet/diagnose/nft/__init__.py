"""nftables, read and thought through: what a ruleset does to one packet in one hook.

`Ruleset` is made of what ``nft -j list ruleset`` says, `Subject` is the packet as a rule sees it,
`judge` follows it through the chains of a hook, and `words` writes a rule down for people.
"""

from .ruleset import Chain, Ruleset, Statement
from .subject import Flow, Subject

__all__ = ["Chain", "Flow", "Ruleset", "Statement", "Subject"]
