"""The trade records family: what its payload can ask for."""

from typing import Final

from protos.trade_records import trade_records_pb2 as pb
from transaction_families.handler import Action, Family
from transaction_families.trade_records import anchoring, footprint, payload, publication
from transaction_families.trade_records.state import FAMILY_NAME, NAMESPACE

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.TradeRecordsPayload,
    {
        payload.PublishPeriod: (
            "publish_period",
            Action(payload.PUBLISH_PERIOD, publication.process_publish_period, footprint.of_publish_period),
        ),
        payload.AnchorPrivateChain: (
            "anchor_private_chain",
            Action(
                payload.ANCHOR_PRIVATE_CHAIN,
                anchoring.process_anchor_private_chain,
                footprint.of_anchor_private_chain,
            ),
        ),
        payload.SetRecordsParameters: (
            "set_records_parameters",
            Action(
                payload.SET_RECORDS_PARAMETERS,
                anchoring.process_set_records_parameters,
                footprint.of_set_records_parameters,
            ),
        ),
    },
)
