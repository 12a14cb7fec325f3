"""The paper's case 3.1 from orders to Tables 1 and 2."""

from tests.helpers.market import GATE_S, PERIOD, Market
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import make_party, public_key
from transaction_families.accounts.state import ParticipantKind, Role
from transaction_families.trade_records.due import find_due
from transaction_families.trade_records.family import FAMILY
from transaction_families.trade_records.payload import PublishPeriod, SetRecordsParameters
from transaction_families.trade_records.state import (
    PublicChainBlock,
    RecordsParameters,
    TransactionChainBlock,
    public_chain_address,
    transaction_chain_address,
)

REGULATOR = make_party("regulator", Role.REGULATOR, kind=ParticipantKind.REGULATOR)
PRICE, TOO_DEAR = 400_000, 500_000


def test_the_papers_orders_leave_the_papers_tables() -> None:
    """Gas turbine and PV sell 635 and 288.1478 kW at 0.4 yuan per kWh, and keep 1055 and 381.6744 kW."""
    market = Market()
    market.add("gt", kind=ParticipantKind.GAS_TURBINE)
    market.add("pv", kind=ParticipantKind.PHOTOVOLTAIC)
    market.bid("load", "homes", 230_786_950, PRICE)
    market.ask("gt-sold", "gt", 158_750_000, PRICE)
    market.ask("gt-spare", "gt", 263_750_000, TOO_DEAR)
    market.ask("pv-sold", "pv", 72_036_950, PRICE)
    market.ask("pv-spare", "pv", 95_418_600, TOO_DEAR)
    market.clear()

    ledger = MemoryLedger(FAMILY, now_s=GATE_S)
    ledger.put(REGULATOR.participant)
    ledger.entries |= market.ledger.entries
    ledger.apply(SetRecordsParameters(REGULATOR.id, 0, RecordsParameters(1, 100)), REGULATOR.key)
    (due,) = find_due(ledger, GATE_S)
    ledger.apply(due, public_key("anybody"))

    assert due == PublishPeriod(PERIOD)
    block = ledger.state.get(TransactionChainBlock, transaction_chain_address(1), 1)
    public = ledger.state.get(PublicChainBlock, public_chain_address(1), 1)
    assert block.load_milliw == 923_147_800
    assert [one.power_milliw for one in block.output] == [635_000_000, 0, 288_147_800, 0]
    assert [one.power_milliw for one in block.spare] == [1_055_000_000, 0, 381_674_400, 0]
    assert (public.spare, public.price_uyuan_per_kwh) == (block.spare, 400_000)
    assert block.trade_count == 2
