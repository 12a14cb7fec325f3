"""The energy_orders family: what its payload can ask for."""

from typing import Final

from protos.energy_orders import energy_orders_pb2 as pb
from transaction_families.energy_orders import due_steps, footprint, parameters, payload, placing
from transaction_families.energy_orders.state import FAMILY_NAME, NAMESPACE
from transaction_families.handler import Action, Family

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.EnergyOrdersPayload,
    {
        payload.SubmitOrder: (
            "submit_order",
            Action(payload.SUBMIT_ORDER, placing.process_submit_order, footprint.of_submit_order),
        ),
        payload.CancelOrder: (
            "cancel_order",
            Action(payload.CANCEL_ORDER, placing.process_cancel_order, footprint.of_cancel_order),
        ),
        payload.ReplaceOrder: (
            "replace_order",
            Action(payload.REPLACE_ORDER, placing.process_replace_order, footprint.of_replace_order),
        ),
        payload.ClearPeriod: (
            "clear_period",
            Action(payload.CLEAR_PERIOD, due_steps.process_clear_period, footprint.of_due_step),
        ),
        payload.ExpireOrders: (
            "expire_orders",
            Action(payload.EXPIRE_ORDERS, due_steps.process_expire_orders, footprint.of_due_step),
        ),
        payload.SetMarketParameters: (
            "set_market_parameters",
            Action(
                payload.SET_MARKET_PARAMETERS,
                parameters.process_set_market_parameters,
                footprint.of_set_market_parameters,
            ),
        ),
    },
)
