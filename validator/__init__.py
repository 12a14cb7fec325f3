"""The node: storage, state, execution, the journal of blocks, and what joins them to an ordering.

Imports point down: `node` > journal > execution > state > storage. Nothing below the journal knows a block
of the chain, nothing below execution a transaction.
"""
