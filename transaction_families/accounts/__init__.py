"""Accounts: participants with their keys and roles, their money, their meters.

An externally owned account belongs to a key. A contract account is bound to code, holds escrow for one
participant and can never sign. Currency is put into circulation and taken out only by a market operator.
"""
