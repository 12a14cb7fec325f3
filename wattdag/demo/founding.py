"""The genesis of a demonstration's ledger: rules, participants, meters, money and posted prices.

The payloads are ordinary ones, each signed by whoever may send it; the first founds the ledger.
"""

from collections.abc import Iterator
from typing import Final

from signing.types import SignedBatch
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
)
from transaction_families.energy_orders.payload import SetMarketParameters
from transaction_families.settlement.payload import PostGridPrices, SetSettlementParameters
from transaction_families.token_mining.payload import SetMiningParameters
from transaction_families.token_mining.state import Week
from transaction_families.trade_records.payload import SetRecordsParameters
from wattdag.demo.cast import Cast
from wattdag.network.rules import YUAN, Rules

_TRADER_MONEY_UYUAN: Final = 200_000 * YUAN
_TRADER_ESCROW_UYUAN: Final = 100_000 * YUAN
_GRID_MONEY_UYUAN: Final = 5_000_000 * YUAN


def found(
    cast: Cast, chain_id: str, rules: Rules, start_s: int, *, mining_after_s: int = 0
) -> Iterator[SignedBatch]:
    """Return the batches of the genesis block, in order.

    Args:
        cast: Everybody; the regulator founds the ledger.
        chain_id: The ledger's name.
        rules: What is set and posted.
        start_s: Start of the first delivery period.
        mining_after_s: From then to the start of the first mining week; volumes count when they are settled.
    """
    regulator, operator = cast.regulator, cast.market_operator
    yield regulator.wallet.batch(
        FoundLedger(chain_id, regulator.participant),
        *(
            RegisterParticipant(regulator.id, player.participant)
            for player in cast.everybody
            if player is not regulator
        ),
        SetMarketParameters(regulator.id, 0, rules.market),
        SetSettlementParameters(regulator.id, 0, rules.settlement),
        SetMiningParameters(regulator.id, Week(1), start_s + mining_after_s, rules.mining),
        SetRecordsParameters(regulator.id, 0, rules.records),
    )
    yield cast.meter_operator.wallet.batch(
        *(RegisterMeteringPoint(cast.meter_operator.id, player.metering_point) for player in cast.traders)
    )
    yield operator.wallet.batch(
        IssueCurrency(operator.id, cast.grid_company.wallet.public_key, _GRID_MONEY_UYUAN),
        *(
            IssueCurrency(operator.id, player.wallet.public_key, _TRADER_MONEY_UYUAN)
            for player in cast.traders
        ),
    )
    for player in (cast.grid_company, *cast.traders):
        deposit = [DepositEscrow(player.id, SETTLEMENT, _TRADER_ESCROW_UYUAN)] if player.trades else []
        yield player.wallet.batch(OpenContractAccount(player.id, SETTLEMENT), *deposit)
    yield cast.grid_company.wallet.batch(PostGridPrices(cast.grid_company.id, start_s, rules.prices))
