"""The drill's scenes: a disk lost, a newcomer elected, a super node voted out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from protos.services import node_pb2
from transaction_families.accounts.state import ParticipantId
from transaction_families.token_mining.payload import TransferTokens
from wattdag.localnet.directory import NetworkDirectory
from wattdag.localnet.drill.chronicle import Chronicle, EpochRecord
from wattdag.localnet.drill.people import REGULATOR, People
from wattdag.localnet.drill.traffic import Traffic
from wattdag.localnet.errors import NotInTimeError
from wattdag.localnet.network import LocalNetwork, LocalNode
from wattdag.network.candidacy import admission_of, candidacy_of_node
from wattdag.network.elections import BOND_UTOKEN_MIN
from wattdag.network.joining import add_node

SYNC_LIMIT_S: Final = 240.0
PROBES: Final = 10
"""Batches sent through one node alone, which nobody else gets."""

_GIVER: Final = "operator-1"
_POLL_S: Final = 0.3


@dataclass(slots=True)
class Stage:
    """What scenes act on.

    Attributes:
        directory: The network's files.
        network: Its processes.
        people: Who acts.
        traffic: The load.
        chronicle: Remembers.
        seat_limit_s: How long an election and the change of epochs after it may take.
    """

    directory: NetworkDirectory
    network: LocalNetwork
    people: People
    traffic: Traffic
    chronicle: Chronicle
    seat_limit_s: float

    def node(self, name: str) -> LocalNode:
        """Return a node by its name."""
        return next(node for node in self.network.nodes if node.plan.name == name)


async def lose_disk(stage: Stage, name: str) -> None:
    """Kill a super node, delete what it has learnt, and have it take part again.

    Raises:
        NotInTimeError: It does not come back, or what it puts forward is not committed.
    """
    node, chronicle = stage.node(name), stage.chronicle
    await node.kill()
    chronicle.note(f"{name} is killed; its data directory and engine log are deleted")
    await node.wipe()
    behind = chronicle.block
    node.start()
    start_s = time.monotonic()

    async def is_back() -> bool:
        stands = await node.connection.get_node()
        dag = await node.connection.get_dag()
        return stands.certified_number > behind and not stands.is_syncing and not dag.is_rejoining

    await _wait_until(is_back, SYNC_LIMIT_S, f"{name} takes part again")
    stands = await node.connection.get_node()
    chronicle.note(
        f"{name} has rejoined from nothing in {time.monotonic() - start_s:.1f} s, as {_role_of(stands)} of "
        f"epoch {stands.epoch} at block {stands.certified_number}"
    )
    await _send_through(stage, node)


async def join(stage: Stage) -> str:
    """Make a further node, admit it, and have it follow as an observer; return its name.

    Raises:
        NotInTimeError: It does not follow, or what it passes on is not committed.
        ClientError: The ledger refuses its admission.
    """
    people, chronicle = stage.people, stage.chronicle
    added = add_node(stage.directory.path / "network.toml")
    name = added.member.name
    people.reload()
    chronicle.name(added.member.consensus_key.public_key.hex, name)
    block = await people.act(REGULATOR, admission_of(people.network, name, ParticipantId(REGULATOR)))
    chronicle.note(f"the regulator admits {added.member.operator.id} in block {block}: {name} is a member")
    directory = NetworkDirectory.read(stage.directory.path)
    node = stage.network.add(directory.plans()[-1])
    node.start()
    start_s, behind = time.monotonic(), chronicle.block

    async def follows() -> bool:
        stands = await node.connection.get_node()
        return stands.certified_number >= behind and not stands.is_syncing

    await _wait_until(follows, SYNC_LIMIT_S, f"{name} follows")
    chronicle.note(f"{name} follows as an observer after {time.monotonic() - start_s:.1f} s")
    await _send_through(stage, node)
    stage.traffic.nodes.append(node)
    return name


async def elect(stage: Stage, name: str, loser: str) -> EpochRecord:
    """Have an observer's operator stand, and holders vote for it instead of another; return its first epoch.

    Raises:
        NotInTimeError: It gets no seat, or what it puts forward is not committed.
        ClientError: The ledger refuses a step.
    """
    people, chronicle = stage.people, stage.chronicle
    operator = people.organisation_of(name)
    gift = TransferTokens(ParticipantId(_GIVER), ParticipantId(operator), BOND_UTOKEN_MIN)
    await people.act(_GIVER, gift)
    block = await people.act(operator, candidacy_of_node(people.network, name, BOND_UTOKEN_MIN))
    chronicle.note(f"{operator} registers {name} as a candidate in block {block}, with its bond")
    people.start_duty(name)
    record = await _shift_votes(stage, winner=name, loser=loser)
    chronicle.note(f"{name} has proven computing power in {people.proven[name]} rounds")
    await _send_through(stage, stage.node(name))
    return record


async def vote_out(stage: Stage, name: str, winner: str) -> EpochRecord:
    """Have holders take their votes from a super node; it follows as an observer, and passes batches on.

    Raises:
        NotInTimeError: It keeps its seat, or what it passes on is not committed.
        ClientError: The ledger refuses a step.
    """
    record = await _shift_votes(stage, winner=winner, loser=name)
    await _send_through(stage, stage.node(name))
    return record


async def _shift_votes(stage: Stage, *, winner: str, loser: str) -> EpochRecord:
    people, chronicle = stage.people, stage.chronicle
    shares = {node.plan.name: int(node.plan.name != loser) for node in stage.network.nodes}
    block = await people.vote(shares)
    chronicle.note(f"holders vote for everybody but {loser}, until block {block}")
    record = await chronicle.wait_for_seat(winner, is_seated=True, limit_s=stage.seat_limit_s)
    seats = ", ".join(chronicle.names_of(record.elected or ()))
    chronicle.note(
        f"round {record.round} has seated {winner} from epoch {record.epoch} on, block {record.first_block}: "
        f"{seats}"
    )
    out = await chronicle.wait_for_seat(loser, is_seated=False, limit_s=stage.seat_limit_s)
    chronicle.note(f"{loser} has no seat in epoch {out.epoch}")
    return record


async def _send_through(stage: Stage, node: LocalNode) -> None:
    """Hand batches to one node alone: a super node puts them forward itself, an observer passes them on."""
    name = node.plan.name
    stands = await node.connection.get_node()
    await stage.traffic.send_through(node, PROBES, SYNC_LIMIT_S)
    stage.chronicle.note(f"{PROBES} batches sent through {name}, {_role_of(stands)}, are committed")


def _role_of(stands: node_pb2.Node) -> str:
    return "a super node" if stands.is_super_node else "an observer"


async def _wait_until(is_so: Callable[[], Awaitable[bool]], limit_s: float, what: str) -> None:
    deadline_s = time.monotonic() + limit_s
    met = ""
    while time.monotonic() < deadline_s:
        try:
            if await is_so():
                return
        except ConnectionError as error:
            met = str(error)
        await asyncio.sleep(_POLL_S)
    raise NotInTimeError(what, limit_s, met or "it is still behind")
