"""One verifying process: chunks of signature checks on standard input, verdicts on standard output.

A chunk is its body's length and its number of fields, each a little-endian uint32, then the body: the length
of each field as uint32, then the fields themselves: public key, message and signature of the first check,
of the second, and so on. The answer is one byte for each check, 1 or 0, in order. The process ends when
its input does, hence also when its parent is gone.
"""

import contextlib
import struct
import sys
from collections.abc import Sequence
from io import RawIOBase
from itertools import chain
from typing import BinaryIO, Final

from signing.types import SignatureCheck
from signing.verification import verify_checks

_HEAD: Final = struct.Struct("<II")


def encode_chunk(checks: Sequence[SignatureCheck]) -> bytes:
    """Return the chunk that asks for ``checks``."""
    fields = list(chain.from_iterable(checks))
    lengths = struct.pack(f"<{len(fields)}I", *map(len, fields))
    body = b"".join((lengths, *fields))
    return _HEAD.pack(len(body), len(fields)) + body


def decode_body(body: bytes, field_count: int) -> list[SignatureCheck]:
    """Return the checks in a chunk's body; the parent is trusted to have made it well."""
    position = 4 * field_count
    fields = []
    for length in struct.unpack_from(f"<{field_count}I", body):
        fields.append(body[position : position + length])
        position += length
    assert position == len(body)
    return [SignatureCheck(*fields[at : at + 3]) for at in range(0, field_count, 3)]


def serve(requests: BinaryIO, answers: RawIOBase) -> None:
    """Answer chunks until the input ends."""
    while len(head := requests.read(_HEAD.size)) == _HEAD.size:
        body_bytes, field_count = _HEAD.unpack(head)
        body = requests.read(body_bytes)
        if len(body) < body_bytes:
            return  # the parent ended in the middle of a chunk
        answers.write(bytes(verify_checks(decode_body(body, field_count))))


def main() -> None:
    """Serve on the process's own input and output."""
    # Unbuffered, so that nothing is left to write at exit; an answer is short enough to be written at once.
    answers = open(sys.stdout.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115
    with contextlib.suppress(BrokenPipeError):  # the parent ended while we verified
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
