"""A consensus engine as a user of Sawtooth's SDK would write it: it imports nothing of this project.

It checks every new block, commits every valid one, and sends whatever a peer says to all peers.
"""

import sys
from queue import Empty

from sawtooth_sdk.consensus.engine import Engine
from sawtooth_sdk.consensus.zmq_driver import ZmqDriver
from sawtooth_sdk.protobuf.validator_pb2 import Message


class EchoEngine(Engine):  # type: ignore[misc]
    def __init__(self) -> None:
        self._ended = False

    def name(self) -> str:
        return "echo"

    def version(self) -> str:
        return "1.0"

    def additional_protocols(self) -> list[tuple[str, str]]:
        return [("echo", "0.9")]

    def stop(self) -> None:
        self._ended = True

    def start(self, updates, service, startup_state):  # type: ignore[no-untyped-def]
        while not self._ended:
            try:
                message_type, data = updates.get(timeout=0.1)
            except Empty:
                continue
            match message_type:
                case Message.CONSENSUS_NOTIFY_BLOCK_NEW:
                    service.check_blocks([data.block_id])
                case Message.CONSENSUS_NOTIFY_BLOCK_VALID:
                    service.commit_block(data)
                case Message.CONSENSUS_NOTIFY_PEER_MESSAGE:
                    message, _ = data
                    service.broadcast("echo", message.content)


if __name__ == "__main__":
    ZmqDriver(EchoEngine()).start(sys.argv[1])
