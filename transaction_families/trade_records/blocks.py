"""The two blocks that a cleared period leaves: pure functions from its clearing and its trades.

Powers are the constant ones that give the period's energy, rounded down: each figure of a block is off by
less than one milliwatt, and the outputs of several kinds may sum to a few milliwatts less than the load.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Final

from transaction_families.accounts.state import ParticipantKind
from transaction_families.energy_orders.state import Clearing, Trade
from transaction_families.periods import DeliveryPeriod
from transaction_families.trade_records.state import (
    KindPower,
    PublicChainBlock,
    TradeRecord,
    TransactionChainBlock,
)

LISTED_KINDS: Final = (
    ParticipantKind.GAS_TURBINE,
    ParticipantKind.WIND,
    ParticipantKind.PHOTOVOLTAIC,
    ParticipantKind.COMBINED_COOLING_HEATING_POWER,
)
"""The paper's four kinds, in its order: a block always lists them, and others where they offered."""

HASH_BYTES_SHOWN: Final = 20
_BLOCK_TAG: Final = b"wattdag transaction-chain block/1\x00"
_TRADES_TAG: Final = b"wattdag trades of a period/1\x00"


def start_trades_digest(period: DeliveryPeriod) -> bytes:
    """Return the digest, 32 bytes, of a period of which no trade has been taken in yet."""
    return sha256(_TRADES_TAG + DeliveryPeriod.CODEC.encode(period)).digest()


def extend_trades_digest(digest: bytes, trades: Iterable[Trade]) -> bytes:
    """Return the digest after taking in the next trades, in sequence: SHA-256(digest | record) for each."""
    for trade in trades:
        digest = sha256(digest + TradeRecord.CODEC.encode(record_of(trade))).digest()
    return digest


def record_of(trade: Trade) -> TradeRecord:
    """Return the part of a trade that never changes."""
    return TradeRecord(
        trade.sequence,
        trade.trade_id,
        trade.bid_order_id,
        trade.ask_order_id,
        trade.buyer_id,
        trade.seller_id,
        trade.energy_milliwh,
        trade.price_uyuan_per_kwh,
    )


def make_transaction_chain_block(
    number: int, previous_hash: bytes, clearing: Clearing, trades_digest: bytes
) -> TransactionChainBlock:
    """Return the block of a cleared period.

    Args:
        number: One more than the last block's.
        previous_hash: The last block's hash, 32 bytes; empty for block 1.
        clearing: The period's result, with a price.
        trades_digest: Over all its trades.

    Source: paper, section 3.1, Table 1.
    """
    totals = {total.kind: total for total in clearing.kinds}
    kinds = sorted({*LISTED_KINDS, *totals})
    power = clearing.period.power_milliw
    block = TransactionChainBlock(
        number=number,
        period=clearing.period,
        load_milliw=power(clearing.volume_milliwh),
        output=tuple(KindPower(k, power(totals[k].sold_milliwh if k in totals else 0)) for k in kinds),
        spare=tuple(KindPower(k, power(totals[k].spare_milliwh if k in totals else 0)) for k in kinds),
        price_uyuan_per_kwh=clearing.price_uyuan_per_kwh,
        trade_count=clearing.trade_count,
        trades_digest=trades_digest,
        previous_hash=previous_hash,
        hash=b"",
    )
    return replace(block, hash=hash_block(block))


def hash_block(block: TransactionChainBlock) -> bytes:
    """Return the hash, 32 bytes, of all of a block but its ``hash``.

    The public chain shows it beside the block's public half. It does not give the other half away to
    guessing, since the trades digest in it rests on order ids that their owners drew at random.
    """
    return sha256(_BLOCK_TAG + TransactionChainBlock.CODEC.encode(replace(block, hash=b""))).digest()


def make_public_chain_block(
    block: TransactionChainBlock, clearing: Clearing, spare_producers_min: int
) -> PublicChainBlock:
    """Return what everybody may see of a block.

    A kind's spare power is listed only if at least ``spare_producers_min`` producers stand behind it, so
    that no producer's own figure can be read off. A kind that is missing may have had fewer, or none; with
    a minimum of 1, the paper's case, every kind is listed.

    Source: paper, section 3.1, Table 2.
    """
    producers = {total.kind: total.producers for total in clearing.kinds}
    return PublicChainBlock(
        number=block.number,
        period=block.period,
        spare=tuple(
            one
            for one in block.spare
            if spare_producers_min <= 1 or producers.get(one.kind, 0) >= spare_producers_min
        ),
        price_uyuan_per_kwh=block.price_uyuan_per_kwh,
        previous_hash=block.previous_hash,
        hash=block.hash,
    )


def show_hash(hash_: bytes) -> str:
    """Return a hash as the paper's tables show it: ``0x`` and its first 20 bytes; ``-`` if it is empty."""
    return f"0x{hash_[:HASH_BYTES_SHOWN].hex()}" if hash_ else "-"
