"""A cache that keeps what is in use and stays within its budget."""

from __future__ import annotations

import pytest

from validator.state.cache import GenerationCache

ENTRY_BYTES = 100


def write(cache: GenerationCache[int], *keys: str) -> None:
    cache.update(dict.fromkeys(keys, 1), ENTRY_BYTES * len(keys))


def read_all(cache: GenerationCache[int], keys: list[str]) -> None:
    for key in keys:
        if key in cache.young or key in cache.old:
            cache.get(key)


def size(cache: GenerationCache[int]) -> int:
    return len(cache.young) + len(cache.old)


def test_entry_in_use_outlives_entries_that_are_not() -> None:
    """Reading an entry of the older generation moves it to the younger one."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=10 * ENTRY_BYTES)
    write(cache, "used", "idle")
    for number in range(100):
        write(cache, str(number))
        assert cache.get("used") == 1
        assert size(cache) <= 12

    with pytest.raises(KeyError):
        cache.get("idle")


def test_key_written_often_takes_the_room_of_one() -> None:
    """The root is written with every block and does not push others out."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=10 * ENTRY_BYTES)
    write(cache, "quiet")
    for _ in range(1_000):
        write(cache, "root")

    assert cache.get("quiet") == 1


def test_entries_read_again_and_again_do_not_add_up() -> None:
    """What moves to the younger generation counts there: reading everything keeps the budget."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=100 * ENTRY_BYTES)
    for number in range(1_000):
        write(cache, str(number))
        read_all(cache, list(cache.old))
        assert size(cache) <= 105


def test_discarded_entry_is_gone_from_both_generations() -> None:
    """What no longer exists cannot come back from the older generation."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=2 * ENTRY_BYTES)
    write(cache, "a")
    write(cache, "b")
    assert "a" in cache.old
    cache.young["a"] = 2
    cache.discard("a")

    with pytest.raises(KeyError):
        cache.get("a")


def test_cache_without_room_keeps_only_the_latest_writes() -> None:
    """A budget of nothing still works: two writes later an entry is forgotten."""
    cache: GenerationCache[int] = GenerationCache(bytes_max=0)
    for key in "abc":
        write(cache, key)

    assert (cache.old, cache.young) == ({"b": 1}, {"c": 1})
