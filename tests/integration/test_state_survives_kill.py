"""A node killed at any instant comes back at exactly one block's state."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from tests.helpers.reference_trie import reference_root
from validator.state import GlobalState
from validator.storage import LevelDbStore

ROOT = Path(__file__).parents[2]
KILLS = 6

# Block n sets or removes entries as the digits of n say: the state follows from the number alone.
WRITER = """
import sys
from pathlib import Path
from tests.integration.test_state_survives_kill import changes_of
from validator.state import GlobalState
from validator.storage import LevelDbStore, WriteBatch
store = LevelDbStore(Path(sys.argv[1]))
state = GlobalState(store)
while True:
    number = state.version + 1
    staged = state.stage(number, changes_of(number))
    batch = WriteBatch()
    staged.add_writes(batch)
    state.prune(number - 10, batch)
    store.write(batch, sync=True)
    state.apply(staged)
    print(number, flush=True)
"""


def changes_of(number: int) -> dict[str, bytes | None]:
    """Return what block ``number`` changes."""
    random = Random(number)
    return {
        f"{random.randrange(300):03d}".ljust(70, "a"): random.choice([None, random.randbytes(50)])
        for _ in range(40)
    }


def test_state_after_kills_at_random_instants_is_that_of_one_block(tmp_path: Path) -> None:
    """Every restart verifies; no block that was written is lost; its root is the block's own."""
    random = Random(7)
    entries: dict[str, bytes] = {}
    done = -1
    for _ in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert writer.stdout is not None
        writer.stdout.readline()  # it is at work
        time.sleep(random.uniform(0, 0.1))
        writer.kill()
        printed = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()

        store = LevelDbStore(tmp_path, create=False)
        state = GlobalState(store)
        state.verify()
        assert state.version >= int(printed[-1] if printed else done + 1)
        for number in range(done + 1, state.version + 1):
            for address, value in changes_of(number).items():
                entries.pop(address, None)
                if value is not None:
                    entries[address] = value
        done = state.version
        assert state.root == reference_root(entries)
        store.close()
