"""A list of bytes is framed as the protobuf runtime frames it."""

from hypothesis import given
from hypothesis import strategies as st

from protos.ledger import ledger_pb2
from validator.journal.framing import encode_field_1

parts = st.integers(0, 300).map(bytes) | st.binary() | st.sampled_from([127, 128, 16_383, 16_384]).map(bytes)


@given(st.lists(parts, max_size=8))
def test_joined_parts_are_the_bytes_of_the_message(values: list[bytes]) -> None:
    """Whatever the parts and their sizes, the encoding is the runtime's own."""
    assert encode_field_1(values) == ledger_pb2.Bundle(batches=values).SerializeToString()
    assert encode_field_1(values) == ledger_pb2.BlockSegment(records=values).SerializeToString()
