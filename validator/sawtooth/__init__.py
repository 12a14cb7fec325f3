"""The node as Sawtooth's components see it: envelopes over a ZMQ ROUTER, and processors in other processes.

`ComponentEndpoint` carries messages and knows none of them; what a message means is a table of handlers.
`ProcessorRequests` are those of transaction processors, and `ExternalFamily` lets the executor use such a
processor where it would use a handler of its own. ZMQ comes with the extra ``wattdag[sawtooth]``; no other
part of the node imports this package unless it is configured.

Source: Hyperledger Sawtooth 1.2, validator component endpoint and transaction processor API.
"""
