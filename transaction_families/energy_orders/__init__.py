"""Orders for a delivery period, the two ways to match them, and the trades that come of it.

An order counts once its worst case is locked in the owner's contract account. At gate closure a period is
cleared: a call auction finds one price for all, continuous matching has traded at entry and only closes.
What an order does not need is released, and what is left of it expires.
"""
