"""Execution: ordered batches in, changed state and one outcome per batch out.

A batch takes effect whole or not at all. The `Executor` is a pure function of state, block and batches:
it writes nothing, reads no clock, and gives every node the same outcomes, whatever the batches hold. A
transaction's handler sees state through a `TransactionContext`, which keeps it to the addresses that the
transaction declared.
"""
