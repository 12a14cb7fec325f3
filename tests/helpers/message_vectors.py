"""Transactions of known keys and nonces, byte for byte: what another language's client has to reproduce.

``python -m tests.helpers.message_vectors`` writes them anew, after a change of a format.
"""

import json
from itertools import count
from pathlib import Path
from typing import Any, Final

from signing.keys import PrivateKey
from signing.types import SignedBatch
from transaction_families.accounts.state import MeteringPointId, ParticipantId
from transaction_families.energy_orders.payload import CancelOrder, SubmitOrder
from transaction_families.energy_orders.state import MarketDesign, OrderId, Side
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import CastVotes, LockStake
from transaction_families.fdpos_registry.state import Vote
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.payload import METER_READING_DOMAIN, SubmitReading, sign_measurement
from transaction_families.settlement.state import Measurement, Quality
from wattdag.client.wallet import Wallet

FILE: Final = Path(__file__).parents[1] / "vectors" / "signing" / "client_messages.json"

_KEY_SEED: Final = "vector consumer"
_METER_SEED: Final = "vector meter"
_PERIOD: Final = DeliveryPeriod(1_800_000_000, 15)
_CONSUMER: Final = ParticipantId("consumer-1")
_POINT: Final = MeteringPointId("6f2d0b1e-8c3a-4d5e-9f00-112233445566")
_ORDER: Final = OrderId("00112233445566778899aabbccddeeff")


def make_vectors() -> dict[str, Any]:
    """Return keys, messages and what comes of them, as JSON holds them."""
    key, meter = PrivateKey.for_demo(_KEY_SEED), PrivateKey.for_demo(_METER_SEED)
    numbers = count()
    wallet = Wallet(key, lambda: f"{next(numbers):032x}")
    measurement = Measurement(
        _POINT, _PERIOD, 1_500_000, 0, 81_500_000, 0, quality=Quality.MEASURED, revision=1
    )
    order = SubmitOrder(
        order_id=_ORDER,
        period=_PERIOD,
        participant_id=_CONSUMER,
        side=Side.BID,
        energy_milliwh=2_000_000,
        price_uyuan_per_kwh=350_000,
        metering_point_id=_POINT,
        design=MarketDesign.CALL_AUCTION,
    )
    batches = {
        "an order": wallet.batch(order),
        "its cancellation": wallet.batch(CancelOrder(_PERIOD, _CONSUMER, _ORDER)),
        "a reading": wallet.batch(
            SubmitReading(_CONSUMER, measurement, sign_measurement(meter, measurement))
        ),
        "stake and a vote": wallet.batch(
            LockStake(_CONSUMER, 5_000_000), CastVotes(_CONSUMER, (Vote(Organisation("node-1"), 5_000_000),))
        ),
    }
    return {
        "signer": {"private_key": key.hex, "public_key": key.public_key.hex},
        "meter": {
            "private_key": meter.hex,
            "public_key": meter.public_key.hex,
            "domain": METER_READING_DOMAIN.name,
            "measurement": Measurement.CODEC.encode(measurement).hex(),
            "signature": sign_measurement(meter, measurement),
        },
        "batches": {name: _described(batch) for name, batch in batches.items()},
    }


def _described(batch: SignedBatch) -> dict[str, Any]:
    return {
        "transactions": [
            {
                "family_name": one.header.family_name,
                "family_version": one.header.family_version,
                "nonce": one.header.nonce,
                "payload": one.payload.hex(),
                "payload_sha512": one.header.payload_sha512,
                "inputs": list(one.header.inputs),
                "outputs": list(one.header.outputs),
                "header": one.header_bytes.hex(),
                "transaction_id": one.transaction_id,
            }
            for one in batch.transactions
        ],
        "header": batch.header_bytes.hex(),
        "batch_id": batch.batch_id,
        "encoded": batch.encoded.hex(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make_vectors(), indent=2) + "\n")
