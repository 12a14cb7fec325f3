"""Demonstrations: the paper's first trade, and a microgrid's week on real profiles.

A demonstration makes the same ledger on every run and machine: keys, nonces and salts follow from names,
time is virtual, and all that agents decide is integer arithmetic.
"""
