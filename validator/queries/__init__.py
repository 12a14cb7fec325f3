"""What the state says about the market, read by range: order books, trades, readings, mining, elections.

Each query is a function of the state after one block and answers with the families' own values. None
decides who may ask: the market service does.
"""
