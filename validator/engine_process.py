"""A node's consensus engine in a process of its own: the same settings, the same engine, another address.

    await run(load_settings(path, environment=os.environ))

It reads the network's public facts from the node's files, and of secrets only the consensus key and, over
TCP, the key of the node's certificate: never the validator's own.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from consensus_engine.api import ConsensusApi
from consensus_engine.drivers.api_address import ApiAddress, TlsFiles, open_channel
from consensus_engine.drivers.reconnecting import keep_connected
from consensus_engine.engine import Engine
from consensus_engine.errors import EngineHaltedError
from signing.certificates import CertificateKind, read_identity
from validator.errors import ConfigError
from validator.host.own_engine import open_engine
from validator.journal.genesis import decode_genesis
from validator.settings.sections import EngineMode, NodeSettings

STOP_TIMEOUT_S: Final = 5.0


async def run(settings: NodeSettings, address: ApiAddress | None = None) -> None:
    """Serve the node's validator, whenever it runs, until cancelled.

    Args:
        settings: The node's.
        address: Where the validator is, if not where it listens according to its settings.

    Raises:
        ConfigError: The node runs its engine itself, or its certificate is no node's.
        GenesisError: The genesis cannot be read.
        SigningError: The certificate or the consensus key cannot be read.
        ConsensusError: The validator does not take this engine, its log cannot be used, or it has halted.
        OSError: A file cannot be read, or the disk refuses the log.
    """
    if settings.engine.mode is not EngineMode.REMOTE:
        raise ConfigError(
            f"engine.mode is {settings.engine.mode.value!r}: the node runs its engine itself;"
            f" set it to {EngineMode.REMOTE.value!r} and start the node again"
        )
    address = address or ApiAddress.parse(settings.engine.listen)
    chain_id = decode_genesis(settings.node.genesis_file.read_bytes()).chain_id
    validator_key = _read_validator_key(settings)
    tls = None
    if address.socket is None:
        files = settings.tls
        tls = TlsFiles.read(files.authority_file, files.certificate_file, files.key_file)

    async def run_engine(api: ConsensusApi) -> None:
        engine, log = open_engine(
            settings.engine, api, chain_id=chain_id, validator_key=validator_key, clock=_now_ms
        )
        try:
            await _run_until_cancelled(engine)
        finally:
            log.close()

    await keep_connected(open_channel(address, tls, validator_key), run_engine)


async def _run_until_cancelled(engine: Engine) -> None:
    """Run an engine; cancelled, let it end its turn first."""
    running = asyncio.create_task(engine.run())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await engine.stop()
        except TimeoutError:
            running.cancel()  # its validator takes no turns; the log has all that matters
        await asyncio.wait((running,))
        if not running.cancelled() and isinstance(halted := running.exception(), EngineHaltedError):
            raise halted from None
        raise


def _read_validator_key(settings: NodeSettings) -> bytes:
    """Return the validator's public key, 33 bytes, as its certificate names it."""
    file = settings.tls.certificate_file
    identity = read_identity(file.read_bytes())
    if identity.kind is not CertificateKind.NODE:
        raise ConfigError(f"{file}: tls.certificate_file is a {identity.kind.value}'s; name the node's own")
    return bytes.fromhex(identity.public_key_hex)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
