"""The SDK's connection to a validator, without the asyncio that Python has dropped.

Takes the place of ``sawtooth_sdk.messaging.stream``: `Stream` has the same methods, and what is observable
of them is the same. One thread owns the ZMQ sockets; all others leave messages for it and wake it.

Messages that answer one of ours resolve its future; all others wait for `Stream.receive`. When the
connection is lost, open futures resolve with the SDK's connection error, waiting receivers are cancelled,
a fresh socket of the same identity connects, and the next thing received is `RECONNECT_EVENT`, on which the
SDK's processor registers anew.

Unlike the released one, no request stays open for ever because it was sent while the connection was lost,
a message that cannot be read is dropped and logged instead of ending the thread, and a program whose main
thread has ended ends.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from concurrent.futures import Future as ReceiveFuture
from typing import Any, Final

import zmq
from google.protobuf.message import DecodeError
from sawtooth_sdk.messaging.exceptions import ValidatorConnectionError
from sawtooth_sdk.messaging.future import (
    Future,
    FutureCollection,
    FutureCollectionKeyError,
    FutureError,
    FutureResult,
)
from sawtooth_sdk.protobuf.validator_pb2 import Message

from sawtooth_compat.dealer import Dealer
from sawtooth_compat.wake_up import WakeUp

__all__ = ["RECONNECT_EVENT", "Stream"]

log = logging.getLogger(__name__)

RECONNECT_EVENT: Final = -1
"""What `Stream.receive` yields once after each loss of the connection."""

MESSAGES_WAITING_MAX: Final = 10_000
"""Unread ones; a validator that sends more than that has lost count of what it asked for."""

_POLL_MS: Final = 1000  # how soon the end of the main thread is seen
_CLOSE_GRACE_S: Final = 0.1  # in which answers given after `close` still leave
_LINGER_MS: Final = 500

_Received = Any  # a `Message`, or RECONNECT_EVENT


class Stream:
    """A connection to the validator's component or consensus endpoint.

    Args:
        url: ZMQ address, such as ``tcp://localhost:4004``.

    Raises:
        ZMQError: The address is none.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._identity = uuid.uuid4().hex[:16].encode()
        self._lock = threading.Lock()
        self._futures = FutureCollection()
        self._outbox: deque[bytes] = deque()
        self._inbox: deque[_Received] = deque()
        self._receivers: deque[ReceiveFuture[_Received]] = deque()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._wake_up = WakeUp()
        self._context = zmq.Context()
        try:
            connection = Dealer(self._context, self._identity, url)
        except zmq.ZMQError:
            self._context.term()
            self._wake_up.close()
            raise
        self._ready.set()
        self._thread = threading.Thread(target=self._run, args=(connection,), name="sawtooth-stream")
        self._thread.start()

    @property
    def url(self) -> str:
        """The validator's address."""
        return self._url

    @property
    def zmq_id(self) -> bytes:
        """The identity by which the validator knows this connection, 16 characters."""
        return self._identity

    def send(self, message_type: int, content: bytes) -> Future:
        """Send a request; return the future of its response.

        Raises:
            ValidatorConnectionError: The connection is being made anew, or was closed.
        """
        correlation_id = uuid.uuid4().hex
        message = Message(message_type=message_type, correlation_id=correlation_id, content=content)
        future = Future(correlation_id, request_type=message_type)
        with self._lock:
            if self._closing.is_set():
                raise ValidatorConnectionError
            self._check_ready()
            self._futures.put(future)
            self._outbox.append(message.SerializeToString())
        self._wake_up.set()
        return future

    def send_back(self, message_type: int, correlation_id: str, content: bytes) -> None:
        """Send the response to a message received; after `close`, only if there is still time.

        Raises:
            ValidatorConnectionError: The connection is being made anew.
        """
        message = Message(message_type=message_type, correlation_id=correlation_id, content=content)
        with self._lock:
            self._check_ready()
            self._outbox.append(message.SerializeToString())
        self._wake_up.set()

    def receive(self) -> ReceiveFuture[_Received]:
        """Return the future of the next message that is no response, or of `RECONNECT_EVENT`.

        It is cancelled when the connection is lost or closed.
        """
        future: ReceiveFuture[_Received] = ReceiveFuture()
        with self._lock:
            if self._closing.is_set():
                future.cancel()
            else:
                self._receivers.append(future)
                self._hand_out()
        return future

    def wait_for_ready(self) -> None:
        """Wait while the connection is being made anew."""
        self._ready.wait()

    def is_ready(self) -> bool:
        """Whether messages can be sent; the validator itself may still be away."""
        return self._ready.is_set()

    def close(self) -> None:
        """End the connection; again does nothing. The thread ends a moment later."""
        self._closing.set()
        self._wake_up.set()

    def _check_ready(self) -> None:
        if not self._ready.is_set():
            raise ValidatorConnectionError

    def _run(self, connection: Dealer) -> None:
        """Serve the sockets until `close`: the stream's thread."""
        try:
            while not self._closing.is_set() and threading.main_thread().is_alive():
                if not self._turn(connection, _POLL_MS):
                    connection = self._reconnect(connection)
            self._closing.set()
            self._closing_turns(connection)
        except Exception:
            log.exception("stream to %s failed", self._url)
            raise
        finally:
            self._closing.set()
            self._drop_everything()
            connection.close(linger_ms=_LINGER_MS)
            self._context.term()
            self._wake_up.close()

    def _turn(self, connection: Dealer, timeout_ms: int) -> bool:
        """Carry messages both ways, after waiting for some; return whether the connection still stands."""
        happened = connection.wait(self._wake_up, timeout_ms, wants_to_send=bool(self._outbox))
        self._wake_up.clear()
        for data in connection.receive_all():
            self._take(data)
        with self._lock:
            connection.send_all(self._outbox)
            overrun = len(self._inbox) > MESSAGES_WAITING_MAX
        if overrun:
            log.error("%s sent over %d messages that nobody read", self._url, MESSAGES_WAITING_MAX)
        return happened and not overrun

    def _closing_turns(self, connection: Dealer) -> None:
        """Send what is still given: a consensus engine acknowledges the very message that closes it."""
        end_s = time.monotonic() + _CLOSE_GRACE_S
        while time.monotonic() < end_s:
            self._turn(connection, timeout_ms=10)

    def _reconnect(self, connection: Dealer) -> Dealer:
        log.debug("lost the connection to %s", self._url)
        self._ready.clear()
        self._drop_everything()
        connection.close(linger_ms=0)
        connection = Dealer(self._context, self._identity, self._url)
        with self._lock:
            self._inbox.append(RECONNECT_EVENT)
            self._ready.set()
            self._hand_out()
        return connection

    def _drop_everything(self) -> None:
        """Forget all messages; tell whoever waits."""
        with self._lock:
            self._outbox.clear()
            self._inbox.clear()
            receivers = list(self._receivers)
            self._receivers.clear()
            futures = list(self._futures.future_values())
            for future in futures:
                self._futures.remove(future.correlation_id)
        for future in futures:
            future.set_result(FutureError())
        for receiver in receivers:
            receiver.cancel()

    def _take(self, data: bytes) -> None:
        """Resolve the future that a message answers, or keep it for a receiver."""
        try:
            message = Message.FromString(data)
        except DecodeError:
            log.warning("%s sent %d bytes that are no message", self._url, len(data))
            return
        try:
            future = self._futures.get(message.correlation_id)
        except FutureCollectionKeyError:
            with self._lock:
                self._inbox.append(message)
                self._hand_out()
            return
        self._futures.remove(message.correlation_id)
        future.set_result(FutureResult(message_type=message.message_type, content=message.content))

    def _hand_out(self) -> None:
        """Give received messages to those who wait for them; the lock is held."""
        while self._inbox and self._receivers:
            receiver = self._receivers.popleft()
            if receiver.set_running_or_notify_cancel():
                receiver.set_result(self._inbox.popleft())
