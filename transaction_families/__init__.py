"""What transactions mean: each family decodes a payload, checks its rules and returns changed entries.

A family is a package with four modules: ``payload`` (what a client sends), ``state`` (what the ledger
keeps), ``transition`` (a pure function from state and payload to ``Changes``) and ``family`` (the table
that joins them, served through Sawtooth's ``TransactionHandler`` interface by ``handler``).

Nothing here knows a block, a peer or a clock. Quantities are integers with their unit in the name.
"""
