"""A network of real processes under load and under faults, all of them drawn from a seed.

`plan` draws what will be done to it, `injecting` does it, `sending` keeps up the load and `promises` what
nodes have said; `chains` and `wires` hold that against the nodes' chains and logs when all is over.
"""
