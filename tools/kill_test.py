"""Kill a running node with SIGKILL again and again, and check after each kill that nothing was lost.

A child process runs one node on a data directory: it submits transfers of one micro-yuan, makes blocks, and
reports on a pipe what was acknowledged as accepted and as committed. The parent kills it at a random
instant, then another child opens the directory and checks that

- the node stands at exactly one block, whose state root was computed anew from every entry;
- every batch acknowledged as accepted is pending or has its verdict, every one committed has its verdict;
- the receiver holds as many micro-yuan as the chain has executed transfers: none was carried out twice.

    python tools/kill_test.py --kills 200 --seed 1
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey as EncryptionKey

from signing.keys import PrivateKey
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RegisterParticipant,
    Transfer,
)
from transaction_families.accounts.state import (
    ExternallyOwnedAccount,
    Participant,
    ParticipantId,
    ParticipantKind,
    ParticipantStatus,
    Role,
    externally_owned_account_address,
)
from transaction_families.registry import FAMILIES
from validator.clock import RealClock
from validator.config import NodeConfig
from validator.journal.admission import AdmissionStatus
from validator.journal.genesis import Genesis
from validator.node import Node
from wattdag.client.wallet import Wallet

BATCHES_PER_SUBMISSION: Final = 5
FIRST_KILL_S_MAX: Final = 0.03  # half of the kills come early, while the node opens or makes its first block
KILL_S_MAX: Final = 0.6
_MONEY_UYUAN: Final = 10**12

REGULATOR: Final = PrivateKey.for_demo("kill-test regulator")
SENDER: Final = PrivateKey.for_demo("kill-test sender")
RECEIVER: Final = PrivateKey.for_demo("kill-test receiver")


@dataclass(slots=True)
class Acknowledged:
    """What children said, up to the instant of their death."""

    accepted: set[str] = field(default_factory=set)
    committed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Report:
    """What the whole test found."""

    kills: int = 0
    kills_while_opening: int = 0
    restarts_opened: int = 0
    accepted: int = 0
    committed: int = 0
    blocks: int = 0
    problems: list[str] = field(default_factory=list)


def make_genesis() -> Genesis:
    """Return a ledger on which the sender has money."""

    def participant(name: str, key: PrivateKey, kind: ParticipantKind, *roles: Role) -> Participant:
        public_keys = (Wallet(key).public_key,)
        encryption_key = bytes(EncryptionKey(key.secret).public_key)
        return Participant(
            ParticipantId(name), kind, roles, public_keys, name, encryption_key, ParticipantStatus.ACTIVE
        )

    regulator = participant("regulator", REGULATOR, ParticipantKind.REGULATOR, Role.REGULATOR)
    sender = participant("sender", SENDER, ParticipantKind.MARKET_OPERATOR, Role.MARKET_OPERATOR)
    names = iter(range(100))
    founder = Wallet(REGULATOR, lambda: f"founding {next(names)}")
    issuer = Wallet(SENDER, lambda: f"founding {next(names)}")
    return Genesis(
        "kill-test",
        0,
        (
            founder.batch(
                FoundLedger("kill-test", regulator), RegisterParticipant(regulator.participant_id, sender)
            ),
            issuer.batch(
                IssueCurrency(sender.participant_id, issuer.public_key, _MONEY_UYUAN),
                OpenContractAccount(sender.participant_id, SETTLEMENT),
                DepositEscrow(sender.participant_id, SETTLEMENT, 1),
            ),
        ),
    )


def open_node(data_dir: Path, genesis: Genesis) -> Node:
    """Return the node, every entry of its state checked against the root."""
    return Node.open(
        NodeConfig(data_dir, block_batches_max=12, history_blocks=10),
        genesis=genesis,
        families=FAMILIES,
        key=PrivateKey.for_demo("kill-test node"),
        clock=RealClock(),
    )


def run_until_killed(data_dir: Path, genesis: Genesis, life: int, output: int) -> None:
    """Submit transfers and make blocks for ever; write a line for whatever is acknowledged."""
    numbers = iter(range(10**9))
    wallet = Wallet(SENDER, lambda: f"life {life}, {next(numbers)}")
    receiver = Wallet(RECEIVER).public_key

    def say(kind: str, ids: list[str]) -> None:
        os.write(output, f"{kind} {' '.join(ids)}\n".encode())

    with open_node(data_dir, genesis) as node:
        say("opened", [])
        while True:
            batches = [wallet.batch(Transfer(receiver, 1)) for _ in range(BATCHES_PER_SUBMISSION)]
            verdicts = node.submit([batch.encoded for batch in batches])
            assert all(verdict.status is AdmissionStatus.ACCEPTED for verdict in verdicts)
            say("accepted", [batch.batch_id for batch in batches])
            if next(numbers) % 2 and (block := node.produce_block()) is not None:
                say("committed", [stored.batch.batch_id for stored in node.blocks.read_batches(block.number)])


def find_problems(node: Node, known: Acknowledged) -> list[str]:
    """Return how an open node belies what was acknowledged, and transactions that its chain has twice."""
    pending = {batch.batch_id for batch in node.pending.peek(batches_max=10**6, bytes_max=10**12)}
    acknowledged = known.accepted | known.committed
    decided = {entry for entry in acknowledged if node.blocks.find_batch(entry) is not None}
    problems = [f"accepted batch {entry[:16]} is lost" for entry in known.accepted - decided - pending]
    problems += [f"decided batch {entry[:16]} is pending" for entry in decided & pending]
    problems += [f"committed batch {entry[:16]} is lost" for entry in known.committed - decided]
    listed = [transaction.transaction_id for transaction in node.blocks.iterate_transactions()]
    if len(listed) != len(set(listed)):
        problems.append("a transaction is in the chain twice")
    return problems


def check(data_dir: Path, genesis: Genesis, known: Acknowledged, output: int) -> None:
    """Open the ledger that a kill left and write what is wrong with it, and how long it is, as JSON."""
    with open_node(data_dir, genesis) as node:
        head = node.head
        problems = find_problems(node, known)
        executed = sum(node.blocks.get_block(number).transactions for number in range(1, head.number + 1))
        address = externally_owned_account_address(Wallet(RECEIVER).public_key)
        data = node.state.get(address)
        received_uyuan = ExternallyOwnedAccount.CODEC.decode(data).balance_uyuan if data else 0
        if received_uyuan != executed:
            problems.append(f"{executed} transfers were executed, but {received_uyuan} micro-yuan arrived")
    answer = json.dumps({"problems": problems, "blocks": head.number}).encode()
    os.write(output, answer)


def fork(work: Callable[[int], None]) -> tuple[int, int]:
    """Run ``work`` in a child process; return its id and the end of a pipe to read what it writes.

    The parent itself never opens a database, so the child's is as fresh as any process's.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        work(writing)
        status = 0
    finally:
        os._exit(status)


def read_all(descriptor: int) -> bytes:
    """Return all that is written to a pipe until its writer is gone."""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def note(output: bytes, known: Acknowledged) -> bool:
    """Add what a dead child had acknowledged; return whether it had opened its ledger."""
    opened = False
    for line in output.split(b"\n")[:-1]:  # a line without its end was never acknowledged
        kind, *ids = line.decode().split()
        opened |= kind == "opened"
        if kind == "accepted":
            known.accepted.update(ids)
        elif kind == "committed":
            known.committed.update(ids)
    return opened


def run(kills: int, seed: int, data_dir: Path) -> Report:
    """Kill ``kills`` times, check after each; the same seed draws the same delays."""
    draw = random.Random(seed)  # noqa: S311 - picks instants, protects nothing
    genesis = make_genesis()
    known, report = Acknowledged(), Report()
    for life in range(kills):
        child, pipe = fork(lambda output, life=life: run_until_killed(data_dir, genesis, life, output))
        time.sleep(draw.uniform(0, FIRST_KILL_S_MAX if draw.random() < 0.5 else KILL_S_MAX))
        os.kill(child, signal.SIGKILL)
        opened = note(read_all(pipe), known)
        _, status = os.waitpid(child, 0)
        report.kills += 1
        report.kills_while_opening += not opened
        if not os.WIFSIGNALED(status):
            report.problems.append(f"life {life} ended by itself with status {os.WEXITSTATUS(status)}")

        child, pipe = fork(lambda output: check(data_dir, genesis, known, output))
        answer = read_all(pipe)
        os.waitpid(child, 0)
        if not answer:
            report.problems.append(f"after kill {life + 1} the ledger did not open")
            continue
        found = json.loads(answer)
        report.restarts_opened += 1
        report.problems += [f"after kill {life + 1}: {problem}" for problem in found["problems"]]
        report.blocks = found["blocks"]
        if sys.stderr.isatty():
            print(f"\r{life + 1} of {kills} kills, {report.blocks} blocks", end="", file=sys.stderr)
    report.accepted, report.committed = len(known.accepted), len(known.committed)
    return report


def main() -> int:
    """Run the command line; exit with 1 if anything was lost, executed twice or did not open."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        report = run(arguments.kills, arguments.seed, Path(directory))
    print(json.dumps({name: getattr(report, name) for name in Report.__slots__}, indent=2))
    return 1 if report.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
