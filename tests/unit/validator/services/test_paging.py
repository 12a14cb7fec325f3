"""Page tokens and page sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.services.errors import (
    InvalidRequestError,
)
from validator.services.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from validator.services.paging import Place, check_page_size, decode_token, encode_token


@given(number=st.integers(0, 2**63), following=st.text("0123456789abcdef", max_size=70), query=st.text())
def test_a_token_leads_back_to_its_place(number: int, following: str, query: str) -> None:
    """In the list it was made for."""
    place = Place(number, following)
    assert decode_token(query, encode_token(query, place)) == place


@given(token=st.text(min_size=1) | st.binary(min_size=1).map(lambda data: data.hex()))
def test_a_token_that_nobody_gave_is_refused(token: str) -> None:
    """Whatever it is made of."""
    with pytest.raises(InvalidRequestError, match="page_token"):
        decode_token("state", token)


@pytest.mark.parametrize("number", [-1, 2**64, 10**300])
def test_a_token_made_up_for_an_impossible_block_is_refused(number: int) -> None:
    """Anybody can make a token; none leads out of the chain's numbers."""
    with pytest.raises(InvalidRequestError):
        decode_token("state", encode_token("state", Place(number)))


def test_a_token_of_another_list_is_refused() -> None:
    """A place in one list means nothing in another."""
    with pytest.raises(InvalidRequestError):
        decode_token("state ab", encode_token("state cd", Place(7, "cd00")))


def test_a_page_has_a_default_size_and_a_largest() -> None:
    """Larger ones are cut down, as AIP-158 has it; negative ones are refused."""
    assert [check_page_size(size) for size in (0, 7, 10**6)] == [PAGE_SIZE_DEFAULT, 7, PAGE_SIZE_MAX]
    with pytest.raises(InvalidRequestError):
        check_page_size(-1)
