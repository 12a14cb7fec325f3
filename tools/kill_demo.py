"""Kill a running demonstration with SIGKILL at random instants, and check each ledger that it leaves.

A child process plays the microgrid on an empty directory and reports on a pipe which batches were
acknowledged as accepted and as committed. The parent kills it, then another child opens the ledger,
checks it against what was said (`kill_test.find_problems`), lets the node finish what is pending, and
checks again: every accepted batch has its verdict, no transaction stands in the chain twice.

    python tools/kill_demo.py --kills 200 --seed 1
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from kill_test import Acknowledged, Report, find_problems, fork, note, read_all

from signing.types import SignedBatch
from validator.config import NodeConfig
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import LedgerBlock
from wattdag.demo.agents_log import AgentsLog
from wattdag.demo.conservation import is_money_conserved
from wattdag.demo.microgrid import MicrogridRun
from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles
from wattdag.demo.scenarios import Scenario, microgrid_scenario
from wattdag.demo.session import Session
from wattdag.network.rules import make_rules

PERIODS: Final = 96
KILL_S_MAX: Final = 3.0
Say = Callable[[str, Sequence[str]], None]


class ReportingSession(Session):
    """A session that says what the node has acknowledged."""

    def __init__(self, config: NodeConfig, genesis: Genesis, say: Say) -> None:
        super().__init__(config, genesis)
        self._say = say
        say("opened", [])

    def send(self, *batches: SignedBatch) -> None:
        """Hand batches to the node; say which are accepted."""
        super().send(*batches)
        self._say("accepted", [batch.batch_id for batch in batches])

    def seal(self) -> LedgerBlock | None:
        """Commit all that is pending; say what is committed."""
        before = self.node.head.number
        last = super().seal()
        for number in range(before + 1, self.node.head.number + 1):
            self._say(
                "committed", [stored.batch.batch_id for stored in self.node.blocks.read_batches(number)]
            )
        return last


def play_until_killed(scenario: Scenario, folder: Path, output: int) -> None:
    """Play the scenario; write a line for whatever is acknowledged."""

    def say(kind: str, ids: Sequence[str]) -> None:
        os.write(output, f"{kind} {' '.join(ids)}\n".encode())

    with ReportingSession(NodeConfig(folder / "node"), scenario.genesis, say) as session:
        logs = AgentsLog(scenario.cast, session, folder / "agents")
        MicrogridRun(session, scenario.cast, scenario.timetable, logs).run(scenario.tail_s, lambda _: None)
        while True:  # played to its end: wait for the kill
            signal.pause()


def check(scenario: Scenario, folder: Path, known: Acknowledged, output: int) -> None:
    """Open the ledger that a kill left, finish what is pending, and write what is wrong as JSON."""
    with Session(NodeConfig(folder / "node"), scenario.genesis) as session:
        problems = find_problems(session.node, known)
        session.seal()
        problems += find_problems(session.node, Acknowledged(set(), known.accepted | known.committed))
        if not is_money_conserved(session.node.state, scenario.periods):
            problems.append("money appeared or vanished")
        answer = {"problems": problems, "blocks": session.node.head.number}
    os.write(output, json.dumps(answer).encode())


def run(kills: int, seed: int, folder: Path) -> Report:
    """Kill ``kills`` demonstrations, check each; the same seed draws the same delays."""
    draw = random.Random(seed)  # noqa: S311 - picks instants, protects nothing
    profiles = read_profiles(DEFAULT_PROFILES).first(PERIODS)
    report = Report()
    for life in range(kills):
        scenario = microgrid_scenario(profiles, make_rules())
        known = Acknowledged()
        for name in ("node", "agents"):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        child, pipe = fork(lambda output, scenario=scenario: play_until_killed(scenario, folder, output))
        delay_s = draw.uniform(0, KILL_S_MAX)
        reader, reading = fork(lambda output, pipe=pipe: os.write(output, read_all(pipe)))
        os.close(pipe)
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
        opened = note(read_all(reading), known)
        os.waitpid(reader, 0)
        _, status = os.waitpid(child, 0)
        report.kills += 1
        report.kills_while_opening += not opened
        if not os.WIFSIGNALED(status):
            report.problems.append(f"life {life} ended by itself with status {os.WEXITSTATUS(status)}")
        child, pipe = fork(lambda output, s=scenario, k=known: check(s, folder, k, output))
        answer = read_all(pipe)
        os.waitpid(child, 0)
        if not answer:
            report.problems.append(f"after kill {life + 1} the ledger did not open")
            continue
        found = json.loads(answer)
        report.restarts_opened += 1
        report.problems += [f"after kill {life + 1}: {problem}" for problem in found["problems"]]
        report.blocks += found["blocks"]
        report.accepted += len(known.accepted)
        report.committed += len(known.committed)
        if sys.stderr.isatty():
            print(f"\r{life + 1} of {kills} kills", end="", file=sys.stderr)
    return report


def main() -> int:
    """Run the command line; exit with 1 if anything was lost, executed twice or did not open."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        report = run(arguments.kills, arguments.seed, Path(directory))
    print(json.dumps(asdict(report), indent=2))
    return 1 if report.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
