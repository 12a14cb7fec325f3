"""What a vertex costs the consensus core, by committee size: CPU time of one node, signatures apart.

A network without faults runs in virtual time, and everything that reaches one node is kept. A fresh core is
then stepped through the same events, alone and timed.

Run with ``python -m bench.consensus_cost``.
"""

import argparse
import cProfile
import json
import pstats
import time
from dataclasses import dataclass, replace
from pathlib import Path

from consensus_engine.core import Core
from consensus_engine.effects import Event
from consensus_engine.log_records import VertexLogged
from consensus_engine.simulation.keyring import SimulatedSigner
from consensus_engine.simulation.plan import Plan, draw_plan
from consensus_engine.simulation.profile import PROFILES
from consensus_engine.simulation.world import World

ROUND_MS = 50  # of the steady profile: one message delay
TOP_FUNCTIONS = 5


@dataclass(frozen=True, slots=True)
class Recording:
    """What one node was told, and when."""

    plan: Plan
    world: World
    events: tuple[tuple[Event, int], ...]


def record(validators: int, rounds: int) -> Recording:
    """Return all that reaches node 0 in a steady network."""
    profile = replace(
        PROFILES["steady"],
        name="cost",
        warm_up_ms=0,
        duration_ms=rounds * ROUND_MS,
        progress_ms=3_600_000,
        gc_depth=(15, 15),  # so that garbage is collected within the run
    )
    world = World(draw_plan(profile, validators, 0))
    node = world.nodes[0][0]
    events: list[tuple[Event, int]] = []
    step = node.step

    def keep(event: Event) -> None:
        events.append((event, node.local_ms))
        step(event)

    node.step = keep  # type: ignore[method-assign]
    world.run()
    return Recording(world.plan, world, tuple(events))


def replay(recording: Recording) -> tuple[int, int, float]:
    """Step a fresh core through a recording; return vertices, commits and seconds of CPU."""
    core = Core.start(recording.world.genesis, SimulatedSigner(0), recording.plan.local)
    vertices = commits = 0
    begin = time.process_time()
    for event, now_ms in recording.events:
        effects = core.step(event, now_ms)
        vertices += sum(isinstance(each, VertexLogged) for each in effects.persist)
        commits += len(effects.commits)
    return vertices, commits, time.process_time() - begin


def measure(validators: int, rounds: int, repeats: int) -> dict[str, object]:
    """Return the cost per vertex, the best of some repeats, and where the time goes."""
    recording = record(validators, rounds)
    runs = [replay(recording) for _ in range(repeats)]
    vertices, commits, seconds = min(runs, key=lambda run: run[2])
    return {
        "validators": validators,
        "vertices": vertices,
        "commits": commits,
        "us_per_vertex": round(1e6 * seconds / vertices, 1),
        "us_per_vertex_median": round(1e6 * sorted(run[2] for run in runs)[repeats // 2] / vertices, 1),
        "top": profile_top(recording),
    }


def profile_top(recording: Recording) -> list[dict[str, object]]:
    """Return the functions that take most time of their own, with their share."""
    profiler = cProfile.Profile()
    profiler.runcall(replay, recording)
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(entry[2] for entry in stats.values())
    top = sorted(stats.items(), key=lambda item: -item[1][2])[:TOP_FUNCTIONS]
    return [
        {"function": f"{Path(file).stem}.{name}", "percent": round(100 * entry[2] / total, 1)}
        for (file, _, name), entry in top
    ]


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validators", type=int, nargs="+", default=[7, 21, 49])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    figures = [measure(each, arguments.rounds, arguments.repeats) for each in arguments.validators]
    print(json.dumps({"cost": figures}, indent=2))


if __name__ == "__main__":
    main()
