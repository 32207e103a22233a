"""Guards prediction files of other tools against what a stranger may write into one."""

from __future__ import annotations

import json

import pytest

from classifier.errors import UsageError
from classifier.model.description import MAX_LABEL
from classifier.reading.limits import MAX_LINE_VALUES
from eval.prediction_files import MAX_ID, matched, read_predictions
from eval.scores.gold import MOST_LABELS, check_labels


def row(**changes):
    return json.dumps({"id": "a", "topic": "x", **changes})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (row()[:-1] + ', "probability": 1' + "0" * 400 + "}", "not between 0 and 1"),
        (row()[:-1] + ', "probability": 1' + "0" * 5_000 + "}", "no `id` and `topic`"),
        (row(probability="nan"), "not between 0 and 1"),
        (row(probability=[1]), "not between 0 and 1"),
        (row(topic="x\ud800"), "half a character"),
        (row(id="\udfff"), "half a character"),
        (row(topic=["x"]), "no `id` and `topic`"),
        (row(id={"a": 1}), "no `id` and `topic`"),
        (row(id="x" * (MAX_ID + 1)), "10,001 characters"),
        (row(topic="x" * (MAX_LABEL + 1)), "1,001 characters"),
        ("[" + "[]," * MAX_LINE_VALUES + "1]", "more than"),
        ("[" * 100_000, "no `id` and `topic`"),
    ],
)
def test_a_row_that_cannot_be_used_is_one_line(tmp_path, line, said):
    """With the file and the line, and never longer than a person reads."""
    path = tmp_path / "p.jsonl"
    path.write_text(f"{row(id='first')}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        read_predictions(path)
    assert str(refused.value).startswith(f"{path}:2: ")
    assert len(str(refused.value)) < 400 + len(str(path))


class _Counted(dict):
    """A mapping that counts how often it is walked and asked."""

    asked = 0

    def __contains__(self, key):
        self.asked += 1
        return super().__contains__(key)


class _Ids(list):
    """Ids that count how often they are gone through."""

    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()


def test_ids_are_matched_in_one_pass(monkeypatch):
    """Thousands of honest articles: each id is looked up once, and the set of them is made once."""
    made = []

    class CountedSet(set):
        def __init__(self, *args):
            made.append(1)
            super().__init__(*args)

    monkeypatch.setattr("eval.prediction_files.set", CountedSet, raising=False)
    ids = _Ids(str(number) for number in range(500))
    found = _Counted({str(number): None for number in range(250, 750)})
    assert matched(ids, found, "p.csv") == [None] * 500
    assert found.asked == 500
    assert (len(made), ids.walks) == (1, 1)


def test_more_labels_than_a_report_can_show_are_refused():
    """Gold and predictions together; as many as can be shown are fine."""
    labels = [f"L{number}" for number in range(MOST_LABELS)]
    check_labels(labels, labels[:10])
    with pytest.raises(UsageError, match="1,001 different labels"):
        check_labels(labels, ["another"])
