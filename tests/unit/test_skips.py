"""What was skipped, gathered into one message a file and reason."""

from __future__ import annotations

from classifier.skips import Gathered
from classifier.types import Skipped


def _said(*skipped: Skipped) -> list[str]:
    gathered = Gathered()
    said = [str(one) for item in skipped for one in gathered.add(item)]
    return [*said, "|", *(str(one) for one in gathered.rest())]


def test_rows_of_one_reason_are_one_message_with_a_count_and_three_lines():
    """Numbers, quotes and details in brackets make no reason of their own; the first is shown."""
    rows = [
        Skipped(f"t.csv:{line}", f"the row has {line} fields, the header 3", "quote them") for line in (4, 7, 9, 12)
    ]
    rows.insert(1, Skipped("t.csv:5", "the row has no text", "fill in its `text`"))
    assert _said(*rows) == [
        "|",
        "t.csv: 4 rows, in lines 4, 7, 9 and 1 more: the row has 4 fields, the header 3; quote them",
        "t.csv:5: the row has no text; fill in its `text`",
    ]


def test_a_file_is_told_of_when_the_next_begins_and_pages_at_once():
    """What is no row, and a remark, waits for nothing."""
    rows = [Skipped("a.csv:1", "x"), Skipped("b.txt", "is empty"), Skipped("a.csv:2", "x"), Skipped("b.csv:1", "x")]
    assert _said(*rows, Skipped("b.csv:3", "note", count=0)) == [
        "b.txt: is empty",
        "a.csv: 2 rows, in lines 1, 2: x",
        "b.csv:3: note",
        "|",
        "b.csv:1: x",
    ]
