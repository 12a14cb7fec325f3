"""What a node in a network does between its parts: engine, peers, journal and clients."""
