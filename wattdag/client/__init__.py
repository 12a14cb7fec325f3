"""What a participant's own programs use: a client of the network, wallets, the private chain, proofs.

Nothing here needs a node's code or its trust: transactions are signed before they leave, and what comes
back can be verified against the ledger's root. ::

    network = load_network(Path("network.toml"))
    wallet = network.wallet_of("producer-1")
    async with WattDagClient.connect(network.addresses, network.credentials_of("producer-1")) as client:
        submission = await client.submit(wallet, [order])   # accepted: on one node's disk
        await submission.committed()                        # in a block under a quorum's checkpoint
        async for trade in client.market.trades():
            ...

Public names:
    WattDagClient: ``connect``, ``submit``, ``submit_batches``; its ``ledger`` and ``market`` read, its
        ``watch`` streams.
    NodeClient: How one node stands, for its operator.
    Submission: ``committed()`` waits, and hands batches on to other nodes until they are decided.
    Network, load_network: Where nodes are, and whose keys are at hand.
    NodeAddress, Credentials, ClientLimits: What ``connect`` takes where there is no such file.
    Trust: Whose checkpoints count where ``ledger.prove`` verifies an answer.
    Wallet: Signs for one key.
    BlockView, EventFilter: What to watch.
    ClientError: Base of all errors, in `wattdag.client.errors`.
"""

from wattdag.client.client import WattDagClient
from wattdag.client.credentials import Credentials
from wattdag.client.errors import ClientError
from wattdag.client.network import Network, load_network
from wattdag.client.node import NodeClient
from wattdag.client.nodes import NodeAddress
from wattdag.client.pool import ClientLimits
from wattdag.client.streams import EventFilter
from wattdag.client.submission import CommittedBatch, Submission
from wattdag.client.trust import Trust
from wattdag.client.values import BlockView
from wattdag.client.wallet import Wallet

__all__ = [
    "BlockView",
    "ClientError",
    "ClientLimits",
    "CommittedBatch",
    "Credentials",
    "EventFilter",
    "Network",
    "NodeAddress",
    "NodeClient",
    "Submission",
    "Trust",
    "Wallet",
    "WattDagClient",
    "load_network",
]
