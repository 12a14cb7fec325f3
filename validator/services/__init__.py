"""What a node offers to clients: thin gRPC services over the journal, the state and the node's own figures.

A servicer method translates: request to values, one question to the node, answer to a message. Everything
that all calls share stands before it, in `interceptors`: who is calling, whether that is allowed, how an
error becomes a status. The node is known by two protocols, in `backend`.
"""
