"""How many signatures this machine verifies in a second: the limit that throughput is compared with."""

import time
from dataclasses import dataclass
from typing import Final

from signing.keys import PrivateKey
from signing.types import SignatureCheck
from signing.verification import verify_checks

# A limit order's header with three addresses read and three written, and a handful of signers.
_HEADER_BYTES: Final = 737
_SIGNERS: Final = 50
_CHECKS_PER_ROUND: Final = 500


@dataclass(frozen=True, slots=True)
class VerificationRate:
    """Bare verifications by one thread: parsed keys at hand, nothing else done.

    Attributes:
        checks: How many signatures were verified.
        cpu_ns: Processor time that took, in nanoseconds; other load on the machine hardly touches it.
        wall_ns: Time that passed meanwhile, in nanoseconds.
    """

    checks: int
    cpu_ns: int
    wall_ns: int

    @property
    def checks_per_cpu_second(self) -> float:
        """Verifications in a second of one undisturbed core."""
        return self.checks * 1e9 / self.cpu_ns

    @property
    def checks_per_second(self) -> float:
        """Verifications in a second as the clock on the wall saw it."""
        return self.checks * 1e9 / self.wall_ns

    @property
    def cpu_us_per_check(self) -> float:
        """Processor time of one verification in microseconds."""
        return self.cpu_ns / 1e3 / self.checks


def measure_verification_rate(duration_ms: int = 1_000) -> VerificationRate:
    """Return this machine's verification rate, measured in this thread for at least ``duration_ms``.

    Each check is a signature of its own over a header of ordinary size; preparing them takes 20 ms.
    """
    signers = [PrivateKey.for_demo(f"verification rate {index}") for index in range(_SIGNERS)]
    checks = []
    for index in range(_CHECKS_PER_ROUND):
        signer = signers[index % _SIGNERS]
        message = index.to_bytes(_HEADER_BYTES, "little")
        checks.append(SignatureCheck(signer.public_key.compressed, message, signer.sign(message)))

    done = 0
    cpu_start_ns, wall_start_ns = time.thread_time_ns(), time.perf_counter_ns()
    while time.perf_counter_ns() < wall_start_ns + duration_ms * 1_000_000:
        verdicts = verify_checks(checks)
        assert all(verdicts)
        done += len(checks)
    return VerificationRate(
        checks=done,
        cpu_ns=time.thread_time_ns() - cpu_start_ns,
        wall_ns=time.perf_counter_ns() - wall_start_ns,
    )
