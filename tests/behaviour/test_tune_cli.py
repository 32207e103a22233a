"""`chude train --tune`: where its minutes may stand, what it says, what it keeps in the model, what it refuses."""

from __future__ import annotations

import json

import pytest
from conftest import captured

TOPICS = {"sân cỏ": "bóng đá bàn thắng cầu thủ trận đấu", "chợ": "giá vàng lãi suất ngân hàng cổ phiếu"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Sixteen short texts of each of two topics, as CSV."""
    rows = ["text,label"]
    for label, words in TOPICS.items():
        some = words.split()
        rows += [f"Bài {at} nói về {' '.join(some[at % 5 :] + some[: at % 4])},{label}" for at in range(16)]
    path = tmp_path_factory.mktemp("corpus") / "tin.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_minutes_may_be_left_out_before_a_corpus(corpus, tmp_path):
    """`--tune tin.csv` searches in tin.csv; every trial and the comparison stand in model.json, and the model loads."""
    run = captured("train", "--tune", corpus, "--solver", "svm", "--min-df", 1, "-C", 1, "-o", tmp_path / "m")
    assert run.code == 0
    assert "tuning takes about" in run.err
    assert "outer folds" in run.out
    told = json.loads((tmp_path / "m" / "model.json").read_text(encoding="utf-8"))["info"]
    assert len(told["tuning"]["trials"]) >= 5
    assert {trial["C"] for trial in told["tuning"]["trials"]} == {1.0}
    assert told["command"].endswith("--tune")
    assert captured("show", tmp_path / "m").code == 0


def test_minutes_may_be_given(corpus, tmp_path):
    """A budget that ends at once still gives a model, and says that it was cut."""
    run = captured("train", corpus, "--tune", "0.00001", "-o", tmp_path / "m")
    assert run.code == 0
    assert "the budget cut the search short" in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tune",), "built-in corpus"),
        (("CORPUS", "--tune-by", "macro-f1"), "--tune-by needs --tune"),
        (("CORPUS", "--tune", "-1"), "-1"),
    ],
)
def test_what_cannot_be_searched_is_refused(corpus, tmp_path, arguments, said):
    """One line, exit code 2, and nothing written."""
    given = [corpus if one == "CORPUS" else one for one in arguments]
    run = captured("train", *given, "-o", tmp_path / "m")
    assert run.code == 2
    assert said in run.err
    assert not (tmp_path / "m").exists()
