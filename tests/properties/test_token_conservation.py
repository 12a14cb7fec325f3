"""No token appears or vanishes."""

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import REGULATOR, count, found_mining
from tests.helpers.parties import make_party
from transaction_families.errors import InvalidTransaction
from transaction_families.token_mining.family import FAMILY
from transaction_families.token_mining.payload import AllotTokens, RollWeek, TransferTokens
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    TokenAccount,
    Week,
    token_account_prefix,
)
from transaction_families.token_mining.weeks import WEEK_S

PARTIES = [make_party(name) for name in ("wind", "pv", "home")]
party = st.sampled_from(PARTIES)
amount = st.integers(-1, 500)
step = st.one_of(
    st.builds(lambda p, a: (AllotTokens(REGULATOR.id, p.id, a), REGULATOR.key), party, amount),
    st.builds(lambda p, q, a, s: (TransferTokens(p.id, q.id, a), s.key), party, party, amount, party),
    st.builds(lambda week, p: (RollWeek(Week(week)), p.key), st.integers(0, 4), party),
    st.builds(lambda p, volume: (p.id, volume), party, st.integers(0, 2000)),
    st.integers(0, WEEK_S),
)


@given(steps=st.lists(step, max_size=40), roll_steps_max=st.integers(1, 3))
def test_tokens_are_minted_and_allotted_and_otherwise_only_moved(
    steps: list[object], roll_steps_max: int
) -> None:
    """Whatever is sent, valid or not and in any order, balances sum to what was minted and allotted."""
    ledger = found_mining(MemoryLedger(FAMILY), roll_steps_max=roll_steps_max)
    ledger.put(*(one.participant for one in PARTIES))
    for one in steps:
        match one:
            case int():
                ledger.now_s += one
            case (str() as participant_id, int() as volume):
                count(ledger, {participant_id: volume})
            case (payload, signer):
                try:
                    ledger.apply(payload, signer)
                except InvalidTransaction:
                    continue

        accounts = [TokenAccount.CODEC.decode(data) for _, data in ledger.iterate(token_account_prefix())]
        clock = ledger.state.get(MiningClock, MINING_CLOCK_ADDRESS, "")
        assert sum(account.balance_utoken for account in accounts) == clock.supply_utoken
        assert sum(account.mined_utoken for account in accounts) == clock.minted_utoken
        assert all(account.balance_utoken >= 0 for account in accounts)
