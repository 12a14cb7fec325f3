"""A cleared market with meters, ready to be settled: trades stand, escrow is locked, prices are posted."""

from dataclasses import dataclass, field, replace

from signing.keys import PrivateKey
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import Party, make_party
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import (
    CONTRACT_ACCOUNTS_PREFIX,
    EXTERNALLY_OWNED_ACCOUNTS_PREFIX,
    ContractAccount,
    EnergySource,
    ExternallyOwnedAccount,
    Role,
    contract_account_address,
    externally_owned_account_address,
)
from transaction_families.energy_orders.family import FAMILY as MARKET_FAMILY
from transaction_families.energy_orders.state import (
    Clearing,
    ClearingStatus,
    MarketDesign,
    MarketParameters,
    MarketParameterSchedule,
    MarketParameterVersion,
    OrderId,
    Trade,
    TradeId,
    TradeStatus,
    trade_address,
)
from transaction_families.handler import PublicKey
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.family import FAMILY
from transaction_families.settlement.payload import RunSettlement, SubmitReading, sign_measurement
from transaction_families.settlement.state import (
    DUST_ID,
    NAMESPACE,
    NO_PREVIOUS,
    GridPrices,
    GridPriceVersion,
    GridTariff,
    Measurement,
    PeriodSettlement,
    Quality,
    Receivable,
    RunKind,
    SettlementParameters,
    SettlementParameterSchedule,
    SettlementParameterVersion,
    SettlementStatus,
    Statement,
    period_settlement_address,
    receivable_address,
    statement_address,
)
from transaction_families.units import amount_rounded_up_uyuan

KWH = 1_000_000
"""Milliwatt-hours."""

YUAN = 1_000_000
"""Micro-yuan."""

PERIOD = DeliveryPeriod(1_800_000_000, 15)
PRICES = GridPrices(400_000, 800_000, 500_000, 300_000)
PARAMETERS = SettlementParameters(600, 3600, 1800, 1000)
MARKET = MarketParameters(
    design=MarketDesign.CALL_AUCTION,
    period_minutes=15,
    gate_closure_s=900,
    horizon_s=86_400,
    orders_per_participant_max=16,
    order_energy_milliwh_max=10**12,
    price_uyuan_per_kwh_min=-10 * YUAN,
    price_uyuan_per_kwh_max=10 * YUAN,
    imbalance_escrow_uyuan_per_kwh=500_000,
    wheeling_fees=(),
    wheeling_fee_default_uyuan_per_kwh=20_000,
    clearing_steps_max=1000,
)
ANYBODY = PublicKey("02" + "77" * 32)


def meter_key(name: str) -> PrivateKey:
    """Return the key of a party's meter."""
    return PrivateKey.for_demo(f"{name}-meter")


def make_metered_party(name: str, *roles: Role, **options: int | str) -> Party:
    """Return a party whose meter can sign."""
    return make_party(name, *roles, meter_key=PublicKey(meter_key(name).public_key.hex), **options)  # type: ignore[arg-type]


@dataclass
class SettlementScene:
    """A ledger after clearing and before settlement."""

    parties: tuple[Party, ...]
    grid: Party = field(default_factory=lambda: make_metered_party("grid", Role.GRID_COMPANY))
    prices: GridPrices = PRICES
    parameters: SettlementParameters = PARAMETERS
    trade_count: int = 0
    ledger: MemoryLedger = field(
        default_factory=lambda: MemoryLedger(FAMILY, MARKET_FAMILY, now_s=PERIOD.end_s)
    )

    def __post_init__(self) -> None:
        self.ledger.put(
            *(entry for party in (*self.parties, self.grid) for entry in party.entries),
            MarketParameterSchedule((MarketParameterVersion(0, MARKET),)),
            SettlementParameterSchedule((SettlementParameterVersion(0, self.parameters),)),
            GridTariff(self.grid.id, 0),
            GridPriceVersion(0, NO_PREVIOUS, self.prices),
        )

    # The market's part.

    def trade(
        self,
        seller: Party,
        buyer: Party,
        energy_milliwh: int,
        price_uyuan_per_kwh: int,
        *,
        fee_uyuan_per_kwh: int = 0,
        imbalance_escrow_uyuan_per_kwh: int = 500_000,
    ) -> Trade:
        """Let two parties trade; their contract accounts lock what settlement may need."""
        self.trade_count += 1
        imbalance_uyuan = amount_rounded_up_uyuan(energy_milliwh, imbalance_escrow_uyuan_per_kwh)
        trade = Trade(
            trade_id=TradeId(f"{self.trade_count:032x}"),
            period=PERIOD,
            sequence=self.trade_count,
            buyer_id=buyer.id,
            seller_id=seller.id,
            bid_order_id=OrderId(f"b{self.trade_count:031x}"),
            ask_order_id=OrderId(f"a{self.trade_count:031x}"),
            energy_milliwh=energy_milliwh,
            price_uyuan_per_kwh=price_uyuan_per_kwh,
            buyer_metering_point_id=buyer.metering_point.metering_point_id,
            seller_metering_point_id=seller.metering_point.metering_point_id,
            wheeling_fee_uyuan_per_kwh=fee_uyuan_per_kwh,
            buyer_escrow_uyuan=amount_rounded_up_uyuan(energy_milliwh, max(price_uyuan_per_kwh, 0))
            + amount_rounded_up_uyuan(energy_milliwh, fee_uyuan_per_kwh)
            + imbalance_uyuan,
            seller_escrow_uyuan=amount_rounded_up_uyuan(energy_milliwh, max(-price_uyuan_per_kwh, 0))
            + imbalance_uyuan,
            status=TradeStatus.MATCHED,
            delivered_milliwh=0,
            traded_s=PERIOD.start_s - 900,
            energy_source=EnergySource.ANY,
        )
        self.put_trade(trade)
        return trade

    def put_trade(self, trade: Trade) -> None:
        """Put a trade on the ledger and fund and lock its escrow."""
        self.ledger.put(trade, self.clearing(trade.sequence))
        for participant_id, escrow_uyuan in (
            (trade.buyer_id, trade.buyer_escrow_uyuan),
            (trade.seller_id, trade.seller_escrow_uyuan),
        ):
            address = contract_account_address(participant_id, SETTLEMENT)
            account = self.ledger.state.get(ContractAccount, address, participant_id)
            self.ledger.put(
                replace(
                    account,
                    balance_uyuan=account.balance_uyuan + escrow_uyuan,
                    locked_uyuan=account.locked_uyuan + escrow_uyuan,
                )
            )

    def clearing(self, trades: int, status: ClearingStatus = ClearingStatus.DONE) -> Clearing:
        """Return a clearing entry with that many trades."""
        return Clearing(PERIOD, MarketDesign.CALL_AUCTION, status, False, 0, 0, 0, trades, 0, 0, (), 0)

    # The meters' part.

    def measure(
        self,
        party: Party,
        *,
        exports: int = 0,
        imports: int = 0,
        quality: Quality = Quality.MEASURED,
        revision: int = 1,
        period: DeliveryPeriod = PERIOD,
        export_register: int | None = None,
        import_register: int | None = None,
    ) -> Measurement:
        """Return what a party's meter says; registers hold the interval unless they are given."""
        return Measurement(
            party.metering_point.metering_point_id,
            period,
            imports,
            exports,
            imports if import_register is None else import_register,
            exports if export_register is None else export_register,
            quality,
            revision,
        )

    def reading(self, party: Party, measurement: Measurement) -> SubmitReading:
        """Return a measurement with its meter's signature."""
        return SubmitReading(party.id, measurement, sign_measurement(meter_key(party.id), measurement))

    def read(
        self,
        party: Party,
        *,
        exports: int = 0,
        imports: int = 0,
        quality: Quality = Quality.MEASURED,
        revision: int = 1,
    ) -> None:
        """Put a party's reading of the period on the ledger."""
        measurement = self.measure(
            party, exports=exports, imports=imports, quality=quality, revision=revision
        )
        self.ledger.apply(self.reading(party, measurement), ANYBODY)

    # Settlement's part.

    def run(self, run: RunKind) -> None:
        """Apply slices of a run until it is through, at the moment at which it is due."""
        if run is RunKind.PRELIMINARY:
            self.ledger.now_s = max(self.ledger.now_s, PERIOD.end_s + self.parameters.preliminary_delay_s)
        else:
            self.ledger.now_s = max(self.ledger.now_s, self.course.final_due_s)
        self.ledger.apply(RunSettlement(PERIOD, run), ANYBODY)
        while self.course.status in {SettlementStatus.DRAFTING, SettlementStatus.PAYING}:
            self.ledger.apply(RunSettlement(PERIOD, run), ANYBODY)

    def settle(self) -> None:
        """Carry out both runs."""
        self.run(RunKind.PRELIMINARY)
        self.run(RunKind.FINAL)

    @property
    def course(self) -> PeriodSettlement:
        return self.ledger.state.get(PeriodSettlement, period_settlement_address(PERIOD), PERIOD)

    def statement(self, party: Party) -> Statement:
        return self.ledger.state.get(Statement, statement_address(PERIOD, party.id), party.id)

    def settled_trade(self, sequence: int) -> Trade:
        return self.ledger.state.get(Trade, trade_address(PERIOD, sequence), sequence)

    def receivable_uyuan(self, debtor: Party, creditor: Party) -> int:
        found = self.ledger.state.find(Receivable, receivable_address(PERIOD, debtor.id, creditor.id))
        return found.amount_uyuan if found else 0

    def balance_uyuan(self, party: Party) -> int:
        """What the party's payout account holds."""
        address = externally_owned_account_address(party.key)
        found = self.ledger.state.find(ExternallyOwnedAccount, address)
        return found.balance_uyuan if found else 0

    def escrow(self, party: Party) -> ContractAccount:
        address = contract_account_address(party.id, SETTLEMENT)
        return self.ledger.state.get(ContractAccount, address, party.id)

    @property
    def dust_uyuan(self) -> int:
        found = self.ledger.state.find(ContractAccount, contract_account_address(DUST_ID, SETTLEMENT))
        return found.balance_uyuan if found else 0

    @property
    def money_uyuan(self) -> int:
        """All money there is: in accounts and between parties."""
        total_uyuan = 0
        for address, data in self.ledger.entries.items():
            if address.startswith(EXTERNALLY_OWNED_ACCOUNTS_PREFIX):
                total_uyuan += ExternallyOwnedAccount.CODEC.decode(data).balance_uyuan
            elif address.startswith(CONTRACT_ACCOUNTS_PREFIX):
                total_uyuan += ContractAccount.CODEC.decode(data).balance_uyuan
            elif address == period_settlement_address(PERIOD):
                total_uyuan += PeriodSettlement.CODEC.decode(data).pot_uyuan
        return total_uyuan

    def entries_of(self, prefix: str = NAMESPACE) -> dict[str, bytes]:
        """Return what is kept under a prefix."""
        return {a: data for a, data in self.ledger.entries.items() if a.startswith(prefix)}
