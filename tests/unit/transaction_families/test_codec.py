import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.energy_orders import energy_orders_pb2 as pb
from tests.helpers.market import KWH, PERIOD, YUAN, Market
from tests.helpers.parties import make_party
from transaction_families.accounts.state import EnergySource, Participant, ParticipantId, Role
from transaction_families.energy_orders.payload import SUBMIT_ORDER, SubmitOrder
from transaction_families.energy_orders.state import MarketDesign, OpenOrder, OrderId, Side
from transaction_families.errors import MalformedPayloadError, OverflowInt64Error
from transaction_families.units import INT64_MAX, INT64_MIN


@given(
    st.builds(
        OpenOrder,
        st.text(max_size=9).map(ParticipantId),
        st.text(max_size=9).map(OrderId),
        st.sampled_from(Side),
        *[st.integers(INT64_MIN, INT64_MAX)] * 4,
        st.sampled_from(EnergySource),
        st.lists(st.text(max_size=5).map(ParticipantId), max_size=3).map(tuple),
    )
)
def test_what_is_encoded_is_decoded(order: OpenOrder) -> None:
    """Enums, tuples and the ends of the integers come back as they were."""
    assert OpenOrder.CODEC.decode(OpenOrder.CODEC.encode(order)) == order


def test_nested_values_come_back_as_dataclasses() -> None:
    """A period inside an order is a period again."""
    order = Market().payload("o", "party", Side.ASK, KWH, YUAN)
    decoded = SUBMIT_ORDER.decode(SUBMIT_ORDER.encode(order))
    assert (decoded, decoded.period) == (order, PERIOD)
    assert decoded.design is MarketDesign.CALL_AUCTION


def test_a_number_that_no_enum_has_is_refused() -> None:
    """The error names the field; 0, which protobuf leaves out, is no side."""
    for side in (0, 99):
        data = pb.OpenOrder(side=side).SerializeToString()  # type: ignore[arg-type]
        with pytest.raises(MalformedPayloadError) as refusal:
            OpenOrder.CODEC.decode(data)
        assert (refusal.value.field, refusal.value.value) == ("side", side)


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x05ab", b"\x0a\x01\xff"])
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    """Cut short, garbage, or text that is not UTF-8."""
    with pytest.raises(MalformedPayloadError):
        OpenOrder.CODEC.decode(data)


def test_a_number_past_64_bits_is_refused() -> None:
    """The error names the dataclass and the field."""
    order = SubmitOrder(
        OrderId("o"),
        PERIOD,
        ParticipantId("p"),
        Side.BID,
        2**63,
        1,
        make_party("p").metering_point.metering_point_id,
    )
    with pytest.raises(OverflowInt64Error) as refusal:
        SUBMIT_ORDER.encode(order)
    assert refusal.value.field == "SubmitOrder.energy_milliwh"


def test_a_remembering_codec_gives_the_same_object_again() -> None:
    """Participants are read with every order and seldom change."""
    data = Participant.CODEC.encode(make_party("p", Role.CONSUMER).participant)
    assert Participant.CODEC.decode(data) is Participant.CODEC.decode(bytes(bytearray(data)))


def test_a_remembering_codec_remembers_no_refusal() -> None:
    """What is malformed is so each time, and tells why."""
    for _ in range(2):
        with pytest.raises(MalformedPayloadError):
            Participant.CODEC.decode(b"\xff")
