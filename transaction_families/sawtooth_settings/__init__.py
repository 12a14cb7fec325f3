"""Sawtooth's settings family 1.0: the ledger's settings, changed by those whom a setting names, by vote.

The wire formats, addresses, events and verdicts are Sawtooth's, so that its `sawset` works. Three settings
are the family's own: who may change settings, how many of them must agree, and what is being voted on.

Source: Sawtooth 1.2, settings transaction family.
"""
