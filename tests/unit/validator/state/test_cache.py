"""A cache that keeps what is in use and stays within its budget."""

from __future__ import annotations

import pytest

from validator.state.cache import GenerationCache


def test_entry_in_use_outlives_entries_that_are_not() -> None:
    """Reading an entry of the older generation moves it to the younger one."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=4)
    cache.update({"used": 1, "idle": 2}, 2)
    for number in range(10):
        cache.update({f"other {number}": number}, 1)
        assert cache.get("used") == 1

    with pytest.raises(KeyError):
        cache.get("idle")
    assert len(cache.young) + len(cache.old) <= 4


def test_entries_read_again_and_again_do_not_add_up() -> None:
    """What moves to the younger generation counts there: reading everything keeps the budget."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=100)
    for number in range(1_000):
        cache.update({f"{number}": number}, 1)
        for key in list(cache.old):
            if key in cache.old:  # unless the reads before have pushed it out
                cache.get(key)

    assert len(cache.young) + len(cache.old) <= 100


def test_discarded_entry_is_gone_from_both_generations() -> None:
    """What no longer exists cannot come back from the older generation."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=2)
    cache.update({"a": 1}, 1)
    cache.update({"b": 2}, 1)
    assert cache.old == {"a": 1}
    cache.update({"a": 3}, 0)
    cache.discard("a")

    with pytest.raises(KeyError):
        cache.get("a")


def test_cache_without_room_keeps_only_the_latest_write() -> None:
    """A budget of nothing still works: two writes later an entry is forgotten."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=0)
    for key in "abc":
        cache.update({key: 1}, 1)

    assert (cache.old, cache.young) == ({"b": 1}, {"c": 1})
