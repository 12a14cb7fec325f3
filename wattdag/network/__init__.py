"""Making a network: keys, certificates, genesis and a configuration for each node, in one directory.

Modules, from the bottom up:
    rules: What the regulator sets: market, settlement, mining, records, elections.
    plan: ``NetworkPlan``: what an operator asks for, each wish checked.
    secrets: Where keys come from: the operating system, or for tests a seed.
    members: Everybody of a new network with their keys.
    genesis: ``make_genesis``: the batches of block 0.
    documents: The texts of ``network.toml``, ``node.toml`` and the directory's README.
    initialise: ``init_network``: all of it written, after the genesis has been tried.
"""
