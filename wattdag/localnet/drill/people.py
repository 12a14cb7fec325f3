"""Who acts in a drill: the regulator, the nodes' operators, the holders who vote; each by its own client."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import CastVotes, LockStake, SetRegistryParameters
from transaction_families.fdpos_registry.state import Vote
from wattdag.client.client import WattDagClient
from wattdag.client.errors import ClientError
from wattdag.client.network import Network, load_network
from wattdag.client.power import prove_power
from wattdag.network.candidacy import organisation_of, prover_of

REGULATOR: Final = "regulator"
COMMIT_LIMIT_S: Final = 90.0
SEGMENTS: Final = 32
"""Of the rounds' work, that each candidate proves and the drill's registry demands: some milliseconds'."""

_NEXT_ROUND_S: Final = 0.5
_HOLDER_ROLES: Final = ("producer", "consumer")


class People:
    """Acts for participants of a network whose keys are at hand; use it in ``async with``.

    Args:
        network_file: The network's ``network.toml``.

    Attributes:
        network: What it says.
        proven: In how many rounds each node's computing power was accepted, by the node's name.
    """

    def __init__(self, network_file: Path) -> None:
        self._file = network_file
        self._clients: dict[str, WattDagClient] = {}
        self._duties: set[asyncio.Task[None]] = set()
        self._stack = AsyncExitStack()
        self.network: Network = load_network(network_file)
        self.proven: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for duty in self._duties:
            duty.cancel()
        await asyncio.gather(*self._duties, return_exceptions=True)
        await self._stack.aclose()

    def reload(self) -> None:
        """Read the network's description again, which names a further node now."""
        self.network = load_network(self._file)

    @property
    def holders(self) -> tuple[str, ...]:
        """The participants who hold tokens and run no node."""
        return tuple(client.name for client in self.network.clients if client.role in _HOLDER_ROLES)

    def organisation_of(self, node_name: str) -> Organisation:
        """Return the organisation that a node stands for."""
        return organisation_of(self.network.get_node(node_name))

    def client(self, name: str) -> WattDagClient:
        """Return a participant's client."""
        if name not in self._clients:
            client = WattDagClient.connect(self.network.addresses, self.network.credentials_of(name))
            self._stack.push_async_callback(client.close)
            self._clients[name] = client
        return self._clients[name]

    async def act(self, name: str, payload: object) -> int:
        """Have a participant ask for something; return the block that carried it out.

        Raises:
            ClientError: It was refused, or not committed in time.
        """
        submission = await self.client(name).submit(self.network.wallet_of(name), [payload])
        (done,) = await submission.committed(timeout_s=COMMIT_LIMIT_S)
        return done.block_number

    async def lock_stakes(self) -> int:
        """Have every holder lock all its tokens as stake; return the last block."""
        blocks = await asyncio.gather(*(self._lock_stake(name) for name in self.holders))
        return max(blocks)

    async def vote(self, shares: Mapping[str, int]) -> int:
        """Have every holder spread its stake over nodes by shares; return the last block.

        Args:
            shares: Per node's name, how many parts of each stake.
        """
        blocks = await asyncio.gather(*(self._vote(name, shares) for name in self.holders))
        return max(blocks)

    async def demand_power(self) -> ElectionRound:
        """Have the regulator demand proven computing power from a later round on; return that round."""
        election = await self.client(REGULATOR).market.election()
        scoring = replace(election.parameters.scoring, computing_power_segments_min=SEGMENTS)
        round_ = ElectionRound(election.clock.round + 2)
        parameters = replace(election.parameters, scoring=scoring)
        await self.act(REGULATOR, SetRegistryParameters(ParticipantId(REGULATOR), round_, parameters))
        return round_

    def start_duty(self, node_name: str) -> None:
        """Have a node's operator prove the node's computing power in every round from now on."""
        duty = asyncio.create_task(self._prove_always(node_name))
        self._duties.add(duty)
        self.proven[node_name] = 0

    def check_duties(self) -> None:
        """Raise what ended an operator's work, if anything did."""
        for duty in self._duties:
            if duty.done():
                duty.result()

    async def _lock_stake(self, name: str) -> int:
        tokens = await self.client(name).market.tokens()
        assert tokens.account is not None  # allotted at genesis
        return await self.act(name, LockStake(ParticipantId(name), tokens.account.balance_utoken))

    async def _vote(self, name: str, shares: Mapping[str, int]) -> int:
        tokens = await self.client(name).market.tokens()
        assert tokens.stake is not None
        part_utoken = tokens.stake.locked_utoken // sum(shares.values())
        given = {self.organisation_of(node): part_utoken * share for node, share in shares.items() if share}
        votes = tuple(Vote(organisation, amount) for organisation, amount in sorted(given.items()))
        return await self.act(name, CastVotes(ParticipantId(name), votes))

    async def _prove_always(self, node_name: str) -> None:
        prover = prover_of(self.network, node_name)
        client = self.client(prover.participant_id)
        proven = ElectionRound(0)
        while True:
            with suppress(ClientError):  # the round went on, or no node answered: the next is another chance
                if (await client.market.election()).clock.round > proven:
                    proven = await prove_power(client, prover, SEGMENTS)
                    self.proven[node_name] += 1
            await asyncio.sleep(_NEXT_ROUND_S)
