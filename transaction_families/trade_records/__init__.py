"""Trade records: what the market of each delivery period leaves on the transaction and the public chain.

A period that has been cleared with trades is published once: as a block of the transaction chain (Table 1
of the paper, for the consortium) and one of the public chain (Table 2, for everybody), both hash-linked.
Participants anchor their private chains here: a commitment to full details that only the parties and the
regulator can read. ``docs/explanation/three-views.md`` says who sees what.
"""
