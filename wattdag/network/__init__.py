"""Making a network: keys, certificates, genesis and a configuration for each node, in one directory.

Modules, from the bottom up:
    rules, elections: What the regulator sets: market, settlement, mining, records; rounds and epochs.
    plan: ``NetworkPlan``: what an operator asks for, each wish checked.
    secrets: Where keys come from: the operating system, or for tests a seed.
    members: Everybody of a new network with their keys.
    genesis: ``make_genesis``: the batches of block 0.
    documents: The texts of ``network.toml``, ``node.toml`` and the directory's README.
    joining: ``add_node``: one more node for a network that runs, and what is sent so that it takes part.
    initialise: ``init_network``: all of it written, after the genesis has been tried.
"""
