"""The consensus engine in this process: opened with its log, run, and closed."""

from __future__ import annotations

from collections.abc import Callable

from consensus_engine.api import ConsensusApi
from consensus_engine.drivers.consensus_key import ConsensusSigner
from consensus_engine.drivers.elections import Elected, ReadState
from consensus_engine.drivers.engine_log import EngineLog
from consensus_engine.engine import Engine
from signing.key_files import read_private_key
from transaction_families.fdpos_registry.committee import elect_from_state
from transaction_families.state_view import Address
from validator.settings.sections import EngineSection


class _Entries:
    """State behind a function."""

    def __init__(self, read: ReadState) -> None:
        self._read = read

    def get(self, address: Address) -> bytes | None:
        return self._read(address)


def elect(read: ReadState) -> Elected | None:
    """Return the committee and rules that an election has left in state."""
    elected = elect_from_state(_Entries(read))
    return Elected(elected.committee, elected.parameters) if elected is not None else None


def open_engine(
    settings: EngineSection,
    api: ConsensusApi,
    *,
    chain_id: str,
    validator_key: bytes,
    clock: Callable[[], int],
) -> tuple[Engine, EngineLog]:
    """Return an engine over its log, which the caller closes once the engine has stopped.

    Raises:
        KeyFileError: The consensus key cannot be read.
        LogInUseError: Another engine holds the log.
        CorruptLogError: The log is damaged.
        OSError: The disk refuses.
    """
    signer = ConsensusSigner(read_private_key(settings.consensus_key_file))
    log = EngineLog(settings.log_dir)
    engine = Engine(
        api,
        signer,
        log,
        chain_id=chain_id,
        validator_key=validator_key,
        elect=elect,
        clock=clock,
        local=settings.to_local_parameters(),
    )
    return engine, log
