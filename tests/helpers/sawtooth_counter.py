"""A transaction processor as a user of Sawtooth's SDK would write it: it imports nothing of this project.

Payloads: ``add N``, ``clear``, ``refuse``, ``fail``, ``trespass``.
"""

import sys

from sawtooth_sdk.processor.core import TransactionProcessor
from sawtooth_sdk.processor.exceptions import InternalError, InvalidTransaction
from sawtooth_sdk.processor.handler import TransactionHandler
from sawtooth_sdk.protobuf.processor_pb2 import TpRegisterRequest

NAMESPACE = "c0c0c0"
COUNTER = NAMESPACE + "00" * 32


class CounterHandler(TransactionHandler):  # type: ignore[misc]
    @property
    def family_name(self):  # type: ignore[no-untyped-def]
        return "counter"

    @property
    def family_versions(self):  # type: ignore[no-untyped-def]
        return ["1.0", "1.1"]

    @property
    def namespaces(self):  # type: ignore[no-untyped-def]
        return [NAMESPACE]

    def apply(self, transaction, context):  # type: ignore[no-untyped-def]
        match transaction.payload.decode().split():
            case ["add", number]:
                entries = context.get_state([COUNTER])
                total = int(entries[0].data if entries else 0) + int(number)
                context.set_state({COUNTER: str(total).encode()})
                context.add_event("counter/added", [("total", str(total))], b"data")
                context.add_receipt_data(b"total %d" % total)
            case ["clear"]:
                if not context.delete_state([COUNTER]):
                    raise InvalidTransaction("there is nothing to clear")
            case ["refuse"]:
                raise InvalidTransaction("refused", extended_data=b"why")
            case ["fail"]:
                raise InternalError("failed", extended_data=b"how")
            case _:
                context.set_state({"ffffff" + "00" * 32: b"mine"})


def main() -> None:
    processor = TransactionProcessor(url=sys.argv[1])
    if sys.argv[2:] == ["raw"]:
        processor.set_header_style(TpRegisterRequest.RAW)
    processor.add_handler(CounterHandler())
    try:
        processor.start()
    finally:
        processor.stop()


if __name__ == "__main__":
    main()
