"""A component that says anything at all to a ROUTER, right or wrong."""

from typing import Self

import zmq

from protos.sawtooth.validator_pb2 import Message

WAIT_MS_MAX = 20_000


class DealerClient:
    """One ZMQ DEALER."""

    def __init__(self, url: str, identity: bytes | None = None) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        if identity is not None:
            self._socket.identity = identity
        self._socket.connect(url)
        self._kept: list[Message] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close(linger=0)
        self._context.term()

    def send_frames(self, *frames: bytes) -> None:
        self._socket.send_multipart(frames)

    def send(self, message_type: int, content: bytes = b"", correlation_id: str = "question") -> None:
        self.send_frames(encode(message_type, content, correlation_id))

    def receive_frames(self, wait_ms: int = WAIT_MS_MAX) -> list[bytes] | None:
        """Return the next message, `None` if none comes."""
        return self._socket.recv_multipart() if self._socket.poll(wait_ms) else None

    def receive(self) -> Message:
        """Return the next message that no `ask` has returned."""
        return self._kept.pop(0) if self._kept else self._receive()

    def _receive(self) -> Message:
        frames = self.receive_frames()
        assert frames is not None, "no answer came"
        (data,) = frames
        return Message.FromString(data)

    def ask(self, message_type: int, content: bytes = b"", correlation_id: str = "question") -> Message:
        """Return the answer to a request; keep what comes before it, except for pings."""
        self.send(message_type, content, correlation_id)
        while True:
            answer = self._receive()
            if answer.correlation_id == correlation_id:
                return answer
            if answer.message_type != Message.PING_REQUEST:
                self._kept.append(answer)


def encode(message_type: int, content: bytes = b"", correlation_id: str = "question") -> bytes:
    """Return an encoded envelope of any type."""
    message = Message(correlation_id=correlation_id, content=content)
    message.message_type = message_type  # type: ignore[assignment]
    return message.SerializeToString()
