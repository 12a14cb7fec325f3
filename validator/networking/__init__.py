"""Links with the other nodes of the ledger: gRPC streams under mutual TLS, between members only.

Every node dials every peer of its book and accepts links from members, so a pair has up to two; items go out
over the own one first. A link opens with a Hello each way (`identity`), is admitted by the chain's list of
members (`roster`), and then carries frames of items (`items`, `codec`) out of one bounded queue per peer
(`send_queue`). A peer that is slow loses its own oldest items and holds up nobody; one that sends garbage or
too much is cut off for a while (`standing`).

Public names: `Peers`, `PeerHandler`, `MemberList`, `NodeIdentity`, `TlsCredentials`, `PeerLimits`,
`PeerInfo`, the kinds of `Item`, and the errors.
"""
