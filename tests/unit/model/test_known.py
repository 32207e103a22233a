"""Unknown words are not certainty."""

from __future__ import annotations

import random

import numpy as np
import pytest

from classifier import load
from classifier.model.known import ENOUGH, certainty, shares_of_labels
from classifier.types import FEW_KNOWN, Page
from classifier.vietnamese.syllable import bare

TITLE = "Nga và Mỹ bàn về hiệp ước hạn chế tên lửa tầm trung"
BODY = (
    "Hai đoàn đàm phán gặp nhau tại Geneva để bàn về số phận của hiệp ước INF và việc gia hạn New START. "
    "Phía Nga nói sẵn sàng minh bạch về tên lửa 9M729, phía Mỹ đòi kiểm tra tại chỗ và cắt giảm đầu đạn hạt nhân."
)


def garbled(text: str, share: float) -> str:
    """The text with so many of its words made of other letters."""
    dealt = random.Random(5)  # noqa: S311  words are spoiled, not secrets made
    letters = "bcdfghjklmnpqrstvxz"
    return " ".join(
        "".join(dealt.choice(letters) for _ in range(6)) if dealt.random() < share else word for word in text.split()
    )


def test_clean_text_keeps_its_probability() -> None:
    (found,) = load().predict([Page("a", title=TITLE, body=BODY)])
    assert found.topic == "arms_control"
    assert found.known >= ENOUGH


@pytest.mark.parametrize("change", [bare, lambda text: text.replace(" ", "_"), str.upper])
def test_other_spellings_keep_the_topic(change) -> None:  # type: ignore[no-untyped-def]
    (found,) = load().predict([Page("a", title=change(TITLE), body=change(BODY))])
    assert found.topic == "arms_control"
    assert found.known >= ENOUGH


def test_probabilities_fall_with_what_is_known() -> None:
    model = load()
    shares = (0.0, 0.5, 0.8, 1.0)
    found = model.predict([Page(str(s), title=garbled(TITLE, s), body=garbled(BODY, s)) for s in shares])
    assert [p.known for p in found] == sorted((p.known for p in found), reverse=True)
    assert found[-1].known < FEW_KNOWN
    nothing = shares_of_labels(model.labels, model.info["articles_by_topic"])
    assert found[-1].probability == pytest.approx(nothing.max(), abs=0.02)
    assert all(sum(t.probability for t in p.topics) == pytest.approx(1) for p in found)
    assert found[-1].secondary == ()


def test_a_page_without_words_is_not_unknown() -> None:
    (found,) = load().predict([Page("a", body="12 345 ...")])
    assert found.known == 1


def test_certainty_is_whole_from_enough_on() -> None:
    assert certainty(np.array([0.0, ENOUGH / 2, ENOUGH, 1.0])).tolist() == [0, 0.5, 1, 1]
    assert certainty(np.array([0.1]), 0.0).tolist() == [1]


def test_a_model_that_tells_no_counts_falls_to_even_shares() -> None:
    assert shares_of_labels(["a", "b"], {}).tolist() == [0.5, 0.5]
