"""Whatever bytes come in, the endpoint goes on."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protos.sawtooth.validator_pb2 import Message
from tests.helpers.dealer import DealerClient, encode
from validator.sawtooth.components import SawtoothComponents
from validator.sawtooth.limits import EndpointLimits

PROCESSOR_TYPES = [1, 3, 7, 9, 11, 13, 15]


@pytest.fixture(scope="module")
def processors_url() -> Iterator[str]:
    served = SawtoothComponents("tcp://127.0.0.1:0", EndpointLimits())
    yield served.start()
    served.stop()


@pytest.fixture(scope="module")
def garbler(processors_url: str) -> Iterator[DealerClient]:
    with DealerClient(processors_url) as made:
        yield made


anything = st.one_of(
    st.lists(st.binary(max_size=30), min_size=1, max_size=3),
    st.tuples(st.builds(encode, st.integers(1, 1000), st.binary(max_size=30))),
    st.tuples(st.builds(encode, st.sampled_from(PROCESSOR_TYPES), st.binary(max_size=60))),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(messages=st.lists(anything, min_size=1, max_size=20))
def test_no_bytes_bring_the_endpoint_down(garbler: DealerClient, messages: list[list[bytes]]) -> None:
    """Thousands of messages, from no envelope at all to requests with damaged content: a ping still works."""
    for frames in messages:
        garbler.send_frames(*frames)

    garbler.send(Message.PING_REQUEST, correlation_id="still there")
    while (frames_back := garbler.receive_frames()) is not None:
        answer = Message.FromString(frames_back[-1])
        if answer.correlation_id == "still there":
            break
    assert frames_back is not None
