"""Guards sets of topics: they hold the right one as often as they say, and are no larger than they must be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from classifier.errors import UsageError
from classifier.model.conformal import MOST, kept, least_share


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("count", [39, 200])
def test_as_many_as_promised_are_covered(level, count):
    """Over many draws of held-out and new articles the mean share is in [P, P + 1 / (n + 1)], by the theory."""
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(4_000):
        drawn = rng.beta(5, 1.5, count + 1)
        shares.append(drawn[-1] >= least_share(kept(drawn[:-1]), level))
    error = 3.3 * math.sqrt(level * (1 - level) / 4_000)
    assert level - error <= np.mean(shares) <= level + 1 / (count + 1) + error


def test_the_order_statistic_is_the_one_of_the_statement():
    """The k-th smallest, k = n + 1 - ceil((n + 1) P); too few articles promise nothing, and everything is let in."""
    found = kept(np.arange(1, 100) / 100)
    assert least_share(found, 0.9) == 0.10
    assert least_share(found, 0.95) == 0.05
    assert least_share(found, 0.99) == 0.01
    assert least_share(found, 0.995) == 0.0


@pytest.mark.parametrize("count", [MOST, MOST + 1, 3 * MOST - 7, 2850])
def test_what_is_thinned_out_lets_in_no_less(count):
    """Of many articles some order statistics are kept: the bound is the exact one or a smaller one, near it."""
    shares = np.sort(np.random.default_rng(1).random(count))
    found = kept(shares)
    assert len(found["shares"]) <= MOST
    for level in np.linspace(0.01, 0.995, 150):
        rank = count + 1 - math.ceil((count + 1) * level - 1e-9)
        exact = shares[rank - 1] if rank else 0.0
        next_kept = shares[max(0, rank - 1 - math.ceil(count / MOST))] if rank else 0.0
        assert next_kept - 1e-6 <= least_share(found, float(level)) <= exact


def test_a_prediction_has_its_set(small_model):
    """The likeliest always, larger for more; only where it was asked for; other shares are refused."""
    page = "Ngoại trưởng Nga bàn về Syria và kho đầu đạn hạt nhân với các nước."
    assert small_model.predict([page])[0].covering is None
    sizes = []
    for cover in (0.01, 0.5, 0.9, 0.999):
        (one,) = small_model.predict([page], cover=cover)
        assert one.covering[0] == one.topics[0].topic
        assert one.covering == tuple(score.topic for score in one.topics)[: len(one.covering)]
        sizes.append(len(one.covering))
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    assert sizes[-1] == len(small_model.labels)
    for wrong in (0, 1, 95):
        with pytest.raises(UsageError, match="between 0 and 1"):
            small_model.predict([page], cover=wrong)


def test_a_model_that_does_not_know_is_refused(small_model):
    """Older ones, and those of label sets."""
    older = small_model.without_caches()
    older.info = {name: one for name, one in older.info.items() if name != "cross_validated"}
    with pytest.raises(UsageError, match="train it again"):
        older.predict(["a"], cover=0.9)
