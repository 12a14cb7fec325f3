"""Sawtooth's identity family 1.0: policies, which name keys, and roles, which name policies.

The wire formats, addresses, events and verdicts are Sawtooth's, so that its `sawtooth identity` works. Who
may use the family, a setting says. What a key may do follows from the roles (`permissions`).

Source: Sawtooth 1.2, identity transaction family.
"""
