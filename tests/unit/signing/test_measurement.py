from signing.measurement import VerificationRate, measure_verification_rate


def test_the_rate_is_verifications_by_time() -> None:
    rate = VerificationRate(checks=500, cpu_ns=20_000_000, wall_ns=25_000_000)

    assert rate.checks_per_cpu_second == 25_000
    assert rate.checks_per_second == 20_000
    assert rate.cpu_us_per_check == 40


def test_the_measurement_verifies_for_as_long_as_asked() -> None:
    rate = measure_verification_rate(duration_ms=50)

    assert rate.wall_ns >= 50_000_000
    assert rate.checks % 500 == 0
    assert 0 < rate.cpu_ns <= 1.5 * rate.wall_ns
