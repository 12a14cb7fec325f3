"""Lock tokens and back a candidate for super node with them.

    python vote_for_candidate.py network.toml --client producer-1 --tokens 5 --organisation operator-2

Without an organisation it shows who stands. A ballot replaces the one before; what is locked stays locked
until it is asked back.
"""

import argparse
import asyncio
from pathlib import Path

from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import CastVotes, LockStake
from transaction_families.fdpos_registry.state import Vote
from wattdag.client import WattDagClient, load_network

UTOKEN_PER_TOKEN = 1_000_000


async def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Back a candidate for super node.")
    parser.add_argument("network", type=Path, help="the network's network.toml")
    parser.add_argument("--client", required=True, help="who votes, by name in that file")
    parser.add_argument("--tokens", type=int, required=True, help="how much to lock and to vote with")
    parser.add_argument("--organisation", help="the candidate's; all candidates are shown if left out")
    given = parser.parse_args(arguments)

    network = load_network(given.network)
    async with WattDagClient.connect(network.addresses, network.credentials_of(given.client)) as client:
        candidates = [one async for one in client.market.candidates() if not one.is_withdrawn]
        for one in candidates:
            print(
                f"{one.organisation}: bond {one.bond_utoken / UTOKEN_PER_TOKEN:g} tokens, at {one.endpoint}"
            )
        if given.organisation is None:
            return
        voter = ParticipantId(given.client)
        amount_utoken = given.tokens * UTOKEN_PER_TOKEN
        vote = Vote(Organisation(given.organisation), amount_utoken)
        submission = await client.submit(
            network.wallet_of(given.client),
            [LockStake(voter, amount_utoken), CastVotes(voter, (vote,))],
            transactions_max=2,  # both or neither
        )
        (committed,) = await submission.committed()
        tokens = await client.market.tokens()
        assert tokens.stake is not None
        print(
            f"committed in block {committed.block_number}: {tokens.stake.spread_utoken / UTOKEN_PER_TOKEN:g} "
            f"of {tokens.stake.locked_utoken / UTOKEN_PER_TOKEN:g} locked tokens back candidates"
        )


if __name__ == "__main__":
    asyncio.run(main())
