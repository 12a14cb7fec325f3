"""A network of real node processes on one machine: run, disturbed, put under load and measured.

A ``LocalNetwork`` supervises processes and calls their services; it knows what a node's client knows::

    directory = NetworkDirectory.read(Path("net"))  # made by ``wattdag network init``
    async with directory.open() as network:
        await network.nodes[2].kill()
        network.nodes[2].start()
        root = await network.wait_until_equal(height=10)

Modules, from the bottom up:
    errors, usage, finality: What can go wrong, what processes use, how long batches take.
    leash, processes: ``SupervisedProcess``: started, stopped, killed, paused, and never left behind.
    load: ``NodeLoad``, ``drive``: signed batches sent at a rate or at the most, followed until committed.
    connections: ``NodeConnection``: one node's services.
    network: ``LocalNode``, ``LocalNetwork``.
    workload, directory: The reference workload made ready for a ledger; the files of a network.
    figures, measuring: ``Measuring``: a load put on, and what it showed.
    monitor, session: A live table; one run from start to stop.
"""
