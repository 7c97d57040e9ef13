"""The rank test that says whether two samples of times can be told apart."""

import random

from bench.asking import p_of, quantiles


def times(seed: int, slower: float = 0.0) -> list[float]:
    chance = random.Random(seed)
    return [chance.lognormvariate(2, 0.3) + slower for _ in range(400)]


def test_times_of_one_kind_are_not_told_apart_and_slower_ones_are() -> None:
    assert p_of(times(1), times(2)) > 0.01
    assert p_of(times(1), times(2, slower=1.0)) < 0.0001


def test_it_is_the_known_value_of_a_small_example_with_a_tie() -> None:
    """Ranks 1, 2.5, 4 against 2.5, 5, 6: U is 1.5; by hand z = (4.5 - 1.5 - 0.5) / sqrt(5.1) = 1.107."""
    assert round(p_of([1, 2, 3], [2, 4, 5]), 3) == 0.268


def test_equal_times_are_no_evidence() -> None:
    assert p_of([1.0] * 5, [1.0] * 5) == 1.0


def test_quantiles_are_median_and_95th() -> None:
    assert quantiles([float(each) for each in range(1, 100)]) == (50.0, 95.0)
