"""Topics in cells as tools write them: names, codes, lists of every make; what is none is said as it stands."""

from __future__ import annotations

import json
import math

import pytest

from classifier.reading.tables.labels import label_name, label_names, one_or_more
from classifier.types import Page, Skipped
from training.corpus import gold_labels, read_corpus


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  biển ", "biển"),
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        ("1.", "1"),
        ("-2.00", "-2"),
        (1.5, "1.5"),
        ("1.5", "1.5"),
        ("01", "01"),
        (True, "true"),
        ("True", "true"),
        ("FALSE", "false"),
        ("biển\u200b", "biển"),
        ("\ufeffbiển", "biển"),
        ("bi\u00adển", "biển"),
        ("Trung\u00a0Đông", "Trung Đông"),
        ("Ðối ngoại", "Đối ngoại"),
        ("bie\u0302\u0309n", "biển"),
        ("", None),
        ("nan", None),
        ("<NA>", None),
        ("NULL", None),
        ("#N/A", None),
        (None, None),
        (math.nan, None),
        (math.inf, None),
        ({"a": 1}, None),
    ],
)
def test_one_label_however_it_is_written(cell, name):
    """Codes as numbers and as decimals, truth values, invisible characters, and what means that nothing is there."""
    assert label_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (["a", "b", "a"], ("a", "b")),
        ('["a", "b"]', ("a", "b")),
        ("['a', 'b']", ("a", "b")),
        ("['a' 'b']", ("a", "b")),
        ("['a'\n 'b c'\n 'd']", ("a", "b c", "d")),
        ("[\"nước Nga's\" 'b']", ("nước Nga's", "b")),
        (r"['it\'s', 'b']", ("it's", "b")),
        ("array(['a', 'b'], dtype=object)", ("a", "b")),
        ("np.array(['a', 'b'])", ("a", "b")),
        ("Index(['a', 'b'], dtype='object')", ("a", "b")),
        ("{'a', 'b'}", ("a", "b")),
        ("frozenset({'a'})", ("a",)),
        ("('a', 'b')", ("a", "b")),
        ("('a',)", ("a",)),
        ('c("a", "b")', ("a", "b")),
        ('{a,"b c"}', ("a", "b c")),
        ("[thể thao, kinh tế]", ("thể thao", "kinh tế")),
        ("[0 1 2]", ("0", "1", "2")),
        ("[1. 0.]", ("1", "0")),
        ("[1, 2.0]", ("1", "2")),
        ('{"choices": ["a", "b"]}', ("a", "b")),
        ("{'choices': ['a', 'b']}", None),
        ({"choices": ["a", "b"]}, ("a", "b")),
        ({"choices": "a"}, ("a",)),
        ({"a": True, "b": False}, ("a",)),
        ("a, b", ("a", "b")),
        ("a;b", ("a", "b")),
        ("a|b", ("a", "b")),
        ("a\nb\r\nc", ("a", "b", "c")),
        ("a | nan", ("a",)),
        ("[]", ()),
        ([], ()),
        ("['a', ['b']]", None),
        ("[[0, 5, 'a']]", None),
        ([[0, 5, "a"]], None),
        ('["a", "b"', None),
        ("[" * 50_000, None),
        ("[" * 200_000 + "]" * 200_000, None),
        ({"a": 1}, None),
        (3, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_lists_of_every_make(cell, names):
    """JSON, Python, NumPy, pandas, R, Postgres, Label Studio; names with a sign between; broken ones are none."""
    assert label_names(cell) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Kinh tế, tài chính", ("Kinh tế, tài chính",)),
        ("a|b", ("a|b",)),
        ("(khác)", ("(khác)",)),
        ("[nóng] Syria", ("[nóng] Syria",)),
        ("['a']", ("a",)),
        (["a"], ("a",)),
        ('{"choices": ["a"', None),
        (2.0, ("2",)),
    ],
)
def test_a_column_of_one_topic_keeps_its_commas_and_reads_lists(cell, names):
    """A name may hold what separates elsewhere; only what is written as a list is one."""
    assert one_or_more(cell) == names


@pytest.mark.parametrize(
    ("extra", "gold"),
    [
        ({"label": ["a"]}, ("a", ("a",), False)),
        ({"label": ["a", "b"]}, ("a", ("a", "b"), True)),
        ({"label": []}, None),
        ({"label": "[]"}, None),
        ({"label": True}, ("true", ("true",), False)),
        ({"label": "nan"}, None),
        ({"label": "nan", "labels": "a|b"}, ("a", ("a", "b"), True)),
        ({"label": "a", "labels": "nan"}, ("a", ("a",), False)),
        ({"label": '{"choices": ["a", "b"]}'}, ("a", ("a", "b"), True)),
    ],
    ids=str,
)
def test_gold_of_lists_in_the_column_of_one_topic(extra, gold):
    """doccano's list of one is a topic like any other; its empty list is a text that nobody has looked at."""
    assert gold_labels(Page("x", extra=extra)) == gold


def _corpus(tmp_path, *rows):
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    found: list[Skipped] = []
    corpus = read_corpus([path], on_skip=found.append)
    return corpus, [(one.reason, one.remedy) for one in found]


def test_what_is_no_label_is_shown_as_it_stands(tmp_path):
    """A cell that cannot be read, one that means nothing, and a column that was not named each have their own words."""
    rows = [{"label": "a"}, {"label": [[0, 3, "PER"]]}, {"label": "nan"}, {"label": ""}, {"mục": "a"}, {"label": []}]
    corpus, said = _corpus(tmp_path, *({"text": f"Tàu ra khơi {n}", **row} for n, row in enumerate(rows)))
    assert corpus.primaries == ["a"]
    broken, nan, blank, unnamed, unseen = said
    assert broken[0] == 'has no label: its `label` is no topic ([[0, 3, "PER"]])'
    assert "'nan' is how programs write" in nan[0]
    assert blank == ("has no label", "fill in its `label` or `labels`")
    assert "--label-column" in unnamed[1]
    assert "'mục'" in unnamed[1]
    assert "labels: []" in unseen[1]


def test_codes_of_two_makes_are_one_label(tmp_path):
    """A column that pandas wrote partly as 1, partly as 1.0."""
    corpus, _ = _corpus(tmp_path, *({"text": f"Cá {n}", "label": code} for n, code in enumerate([1, 1.0, "1", "1.0"])))
    assert corpus.counts() == {"1": 4}


def test_folders_of_one_name_in_two_places_are_told(tmp_path):
    """Both are read under one label, which is said once and counts as nothing lost."""
    for place in ("a/sống", "b/sống", "c/sống", "c/biển"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.txt").write_text(
            f"Chuyện ở {place}\n\nMột ngày mới ở {place} đã bắt đầu.", encoding="utf-8"
        )
    found: list[Skipped] = []
    corpus = read_corpus([tmp_path], on_skip=found.append)
    assert corpus.counts() == {"biển": 1, "sống": 3}
    (remark,) = found
    assert remark.count == 0
    assert "a/sống" in remark.reason
    assert corpus.skipped == []


def test_a_blank_text_is_not_told_to_name_its_column(tmp_path):
    """The column is there; the row has nothing in it, or what programs write for nothing."""
    _, said = _corpus(
        tmp_path, {"text": "Gió mùa", "label": "a"}, {"text": "", "label": "a"}, {"text": "NaN", "label": "a"}
    )
    assert said[0] == ("the row has no text", "fill in its `text`")
    assert said[1] == ("the row has no text ('NaN' is how programs write that there is none)", "fill in its `text`")


@pytest.mark.parametrize(
    ("line", "labels", "text"),
    [
        ("__label__a, __label__b chữ", ["a", "b"], "chữ"),
        ("__label__a,__label__b chữ, dấu", ["a", "b"], "chữ, dấu"),
        ("__label__a; chữ", ["a"], "chữ"),
        ("__label__a|__label__b|__label__a chữ", ["a", "b"], "chữ"),
        ("__label__thể-thao chữ", ["thể-thao"], "chữ"),
    ],
)
def test_fasttext_labels_with_signs_between(tmp_path, line, labels, text):
    """A comma behind a label is none of it."""
    path = tmp_path / "t.txt"
    path.write_text(line + "\n__label__x khác\n", encoding="utf-8")
    corpus = read_corpus([path])
    assert list(corpus.articles[0].topics) == labels
    assert corpus.articles[0].page.body == text
