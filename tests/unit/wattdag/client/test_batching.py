"""Payloads become batches within the ledger's limits, in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.keys import PrivateKey
from signing.verification import verify_checks
from transaction_families.accounts.payload import Transfer
from transaction_families.handler import PublicKey
from wattdag.client.batching import chunked, sign_batches
from wattdag.client.wallet import Wallet

KEY = PrivateKey.for_demo("batching")


@given(sizes=st.lists(st.integers(0, 50)), count_max=st.integers(1, 10), bytes_max=st.integers(1, 100))
def test_groups_keep_order_and_limits(sizes, count_max, bytes_max) -> None:
    """Joined, the groups are the items; each fits, or is a single item that no group could fit."""
    groups = list(chunked(sizes, count_max, bytes_max, lambda size: size))
    assert [size for group in groups for size in group] == sizes
    assert all(len(group) <= count_max for group in groups)
    assert all(sum(group) <= bytes_max or len(group) == 1 for group in groups)


def test_signed_batches_hold_the_payloads_in_order() -> None:
    """Five payloads by two are three batches, each signed as a whole and one by one."""
    wallet = Wallet(KEY)
    payloads = [Transfer(PublicKey("02" * 33), amount) for amount in range(1, 6)]
    batches = sign_batches(wallet, payloads, transactions_max=2)
    assert [len(batch.transactions) for batch in batches] == [2, 2, 1]
    assert all(all(verify_checks(batch.signature_checks())) for batch in batches)


@pytest.mark.parametrize("transactions_max", [0, 1001])
def test_a_batch_has_1_to_1000_transactions(transactions_max) -> None:
    """The ledger takes no others."""
    with pytest.raises(ValueError, match="1 to 1000"):
        sign_batches(Wallet(KEY), [], transactions_max=transactions_max)


def test_a_wallet_shows_no_secret() -> None:
    """Neither in its repr nor in its text."""
    wallet = Wallet(KEY)
    assert KEY.hex not in f"{wallet!r} {wallet}"
    assert wallet.public_key in repr(wallet)
