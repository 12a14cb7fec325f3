"""The settlement family: what its payload can ask for."""

from typing import Final

from protos.settlement import settlement_pb2 as pb
from transaction_families.handler import Action, Family
from transaction_families.settlement import (
    disputes,
    footprint,
    parameters,
    payload,
    readings,
    receivables,
    runs,
    tariff,
)
from transaction_families.settlement.state import FAMILY_NAME, NAMESPACE

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.SettlementPayload,
    {
        payload.SubmitReading: (
            "submit_reading",
            Action(payload.SUBMIT_READING, readings.process_submit_reading, footprint.of_submit_reading),
        ),
        payload.RunSettlement: (
            "run_settlement",
            Action(payload.RUN_SETTLEMENT, runs.process_run_settlement, footprint.of_run_settlement),
        ),
        payload.RaiseDispute: (
            "raise_dispute",
            Action(payload.RAISE_DISPUTE, disputes.process_raise_dispute, footprint.of_raise_dispute),
        ),
        payload.PostGridPrices: (
            "post_grid_prices",
            Action(payload.POST_GRID_PRICES, tariff.process_post_grid_prices, footprint.of_post_grid_prices),
        ),
        payload.PayReceivable: (
            "pay_receivable",
            Action(payload.PAY_RECEIVABLE, receivables.process_pay_receivable, footprint.of_pay_receivable),
        ),
        payload.SetSettlementParameters: (
            "set_settlement_parameters",
            Action(
                payload.SET_SETTLEMENT_PARAMETERS,
                parameters.process_set_settlement_parameters,
                footprint.of_set_settlement_parameters,
            ),
        ),
    },
)
