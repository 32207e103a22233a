"""Guards `chude compare` on prediction files: what is counted, named and refused, and a p-value worked by hand."""

from __future__ import annotations

import json
import unicodedata
import warnings

import pytest

OK, USAGE = 0, 2


@pytest.fixture
def gold(tmp_path):
    """Ten articles, half of them about each of two topics."""
    path = tmp_path / "gold.jsonl"
    rows = [{"id": f"bài {i}", "text": f"chữ {i}", "label": "đàm phán" if i % 2 else "other"} for i in range(10)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def compare(chude):
    """Runs `chude compare` with warnings as errors."""

    def run(*args):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return chude("compare", *args)

    return run


def _file(path, wrong=(), *, form="NFC", left_out=(), header=True):
    """A CSV of predictions for the ten articles, wrong where said."""
    right = ["đàm phán" if i % 2 else "other" for i in range(10)]
    flip = {"other": "đàm phán", "đàm phán": "other"}
    lines = [
        unicodedata.normalize(form, f"bài {i},{flip[label] if i in wrong else label}")
        for i, label in enumerate(right)
        if i not in left_out
    ]
    path.write_text("\n".join(["id,topic"] * header + lines) + "\n", encoding="utf-8")
    return path


def test_the_p_value_of_a_case_worked_by_hand(compare, gold, tmp_path):
    """B alone is right on 5 articles, A alone on 1: p = 2 (C(6,0) + C(6,1)) / 2^6 = 14/64 = 0.21875."""
    a, b = _file(tmp_path / "a.csv", {0, 1, 2, 3, 4}), _file(tmp_path / "b.csv", {9})
    (found,) = compare(a, b, gold, "--format", "jsonl").rows
    assert found["mcnemar"] == {"only_a": 1, "only_b": 5, "p_value": 0.21875}
    assert found["accuracy_difference"]["value"] == pytest.approx(0.4)
    run = compare(a, b, gold)
    assert "6 articles labelled differently by B: 5 fixed, 1 broken" in run.out
    assert "may well be luck: b.csv alone is right on 5 articles, a.csv alone on 1, exact McNemar p = 0.219" in run.out


def test_a_file_against_itself_does_not_differ(compare, gold, tmp_path):
    """No change, p = 1, and the sentence says so."""
    a = _file(tmp_path / "a.csv", {3})
    run = compare(a, a, gold)
    assert run.code == OK
    assert "in accuracy they do not differ" in run.out
    assert "labelled differently" not in run.out


def test_ids_and_labels_in_another_unicode_form_are_the_same(compare, gold, tmp_path):
    """Combining accents in the tool's file change nothing."""
    a, b = _file(tmp_path / "a.csv"), _file(tmp_path / "b.csv", form="NFD")
    assert "right on the same 10 of 10 articles" in compare(a, b, gold).out


def test_gaps_and_further_ids_are_named_and_counted(compare, gold, tmp_path):
    """Two articles not predicted are misses; a prediction for none of the gold's articles is named and not used."""
    a, b = _file(tmp_path / "a.csv"), _file(tmp_path / "b.csv", left_out={4, 7})
    b.write_text(b.read_text(encoding="utf-8") + "lạ,other\n", encoding="utf-8")
    run = compare(a, b, gold, "--format", "jsonl")
    assert run.rows[0]["accuracy"]["b"]["value"] == pytest.approx(0.8)
    assert "no prediction for 2 articles (bài 4, bài 7); each counts as a miss" in run.err
    assert "1 prediction for ids that the gold lacks (lạ)" in run.err


def test_an_id_twice_is_harmless_with_one_label_and_refused_with_two(compare, gold, tmp_path):
    """The same row again counts once and is named; another label for the same id is an error with its line."""
    a, b = _file(tmp_path / "a.csv"), _file(tmp_path / "b.csv")
    b.write_text(b.read_text(encoding="utf-8") + "bài 0,other\n", encoding="utf-8")
    run = compare(a, b, gold)
    assert run.code == OK
    assert "an id stands twice with one label, 1 times (bài 0); counted once" in run.err
    b.write_text(b.read_text(encoding="utf-8") + "bài 0,đàm phán\n", encoding="utf-8")
    run = compare(a, b, gold)
    assert run.code == USAGE
    assert "b.csv:13: id 'bài 0' stands in line 2 as 'other' and here as 'đàm phán'" in run.err


def test_files_about_other_articles_are_refused(compare, gold, tmp_path):
    """No id in common is a mistake of the user's, not a score of 0."""
    a = _file(tmp_path / "a.csv")
    b = tmp_path / "b.jsonl"
    b.write_text('{"id": "1", "topic": "other"}\n', encoding="utf-8")
    run = compare(a, b, gold)
    assert run.code == USAGE
    assert "has none of the gold's ids (the gold's first is 'bài 0')" in run.err
    b.write_text("", encoding="utf-8")
    assert "holds no prediction" in compare(a, b, gold).err
