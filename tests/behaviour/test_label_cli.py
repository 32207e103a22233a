"""Guards `chude label` as a user meets it: what goes in and out, and that the file is a corpus."""

from __future__ import annotations

import csv
import json

import pytest

from classifier.desk.schema import desk_file
from classifier.desk.store import Desk
from classifier.types import Page

WORDS = {
    "thể thao": "trận bóng đá, cầu thủ ghi bàn, huấn luyện viên",
    "kinh tế": "giá vàng, tỷ giá, ngân hàng, lãi suất",
}


@pytest.fixture
def table(tmp_path):
    """A CSV of 24 labelled articles in a column of the user's name."""
    file = tmp_path / "mine.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "title", "text", "section"])
        for number in range(24):
            name = list(WORDS)[number % 2]
            scattered = " ".join(f"việc{number * 40 + place}" for place in range(40))
            writer.writerow([f"a{number}", f"Bài số {number}", f"{WORDS[name]} hôm {scattered}", name])
    return file


@pytest.fixture
def desk(chude, table, tmp_path):
    """A desk with these labels."""
    done = chude("label", table, "-s", tmp_path / "desk.db", "--import", table, "--label-column", "section")
    assert done.code == 0, done.err
    assert "24 new articles" in done.err
    assert "24 labels taken in, 0 known already; new topics: thể thao, kinh tế" in done.err
    return tmp_path / "desk.db"


def test_a_desk_trains_is_judged_and_checked(chude, desk, png_alone, tmp_path):
    """The file is a corpus for the commands that read one."""
    model = tmp_path / "model"
    assert chude("train", desk, "-o", model).code == 0
    judged = chude("eval", "-m", model, desk, "-o", tmp_path / "report")
    assert judged.code == 0, judged.err
    assert json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))["articles"] == 24
    assert chude("check", desk, "--no-label-errors").code in (0, 1)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "tsv", "txt", "json"])
def test_labels_go_out_and_come_in_again(chude, desk, tmp_path, ending):
    """In every form, into an empty desk; a second time nothing is new."""
    gold, copy = tmp_path / f"gold.{ending}", tmp_path / "copy.db"
    written = chude("label", "-s", desk, "--export", gold)
    assert (written.code, written.out) == (0, "")
    assert f"24 labels written to {gold}" in written.err
    first = chude("label", "-s", copy, "--import", gold)
    assert first.code == 0, first.err
    assert "24 labels taken in, 0 known already" in first.err
    assert ("thể_thao" if ending == "txt" else "thể thao") in first.err
    again = chude("label", "-s", copy, "--import", gold)
    assert "0 labels taken in, 24 known already" in again.err


def test_label_studio_sees_its_own_form(chude, desk, tmp_path):
    """Tasks with data and annotations; one without choices is named and left out."""
    gold = tmp_path / "gold.json"
    chude("label", "-s", desk, "--export", gold)
    tasks = json.loads(gold.read_text(encoding="utf-8"))
    assert tasks[0]["data"]["title"] == "Bài số 0"
    assert tasks[0]["annotations"][0]["result"][0]["value"] == {"choices": ["thể thao"]}
    tasks[1]["annotations"][0]["was_cancelled"] = True
    tasks[2]["annotations"][0]["result"][0]["value"]["choices"] = ["other"]
    gold.write_text(json.dumps([*tasks, 7]), encoding="utf-8")
    done = chude("label", "-s", tmp_path / "new.db", "--import", gold)
    assert done.code == 1
    assert "23 labels taken in" in done.err
    assert len(done.errors) == 2
    assert f"{gold}:2: has no annotation with choices" in done.errors[0]
    chude("label", "-s", tmp_path / "new.db", "--export", tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(row["label"] == "other" for row in rows) == 1


def test_wrong_use_is_one_line(chude, desk, table, tmp_path):
    """An export of a form that is none, a desk without labels, a file that is none, nothing to do."""
    for args, code, words in (
        (["-s", desk, "--export", tmp_path / "x.docx"], 2, "does not say how to write the labels"),
        (["-s", tmp_path / "none.db", "--export", tmp_path / "x.csv"], 2, "does not exist"),
        (["-s", table, "--import", table, "--label-column", "section"], 2, "cannot be used as desk"),
        (["-s", desk, "--export", desk], 2, "is to be read as well"),
        (["-s", tmp_path / "new.db", "--import", tmp_path / "missing.csv"], 3, "no labelled article"),
    ):
        done = chude("label", *args)
        assert done.code == code, done.err
        assert words in done.err
        assert "Traceback" not in done.err
    with desk_file(tmp_path / "unlabelled.db") as connection:
        Desk(connection).add([Page("a", "Tàu cá ra khơi")])
    done = chude("label", "-s", tmp_path / "unlabelled.db", "--export", tmp_path / "x.csv")
    assert done.code == 3
    assert chude("train", tmp_path / "unlabelled.db", "-o", tmp_path / "m").code == 3


def test_words_alone_train_a_model(chude, table, tmp_path):
    """`chude train --topics`; its errors are one line, and no articles is wrong use."""
    topics = tmp_path / "topics.toml"
    topics.write_text(
        '[[topic]]\nname = "thể thao"\nwords = ["bóng đá"]\n[[topic]]\nname = "kinh tế"\nwords = ["giá vàng"]\n',
        encoding="utf-8",
    )
    done = chude("train", "--topics", topics, table, "-o", tmp_path / "model")
    assert done.code == 0, done.err
    assert "no article is labelled" in done.err
    said = chude("predict", table, "-m", tmp_path / "model", "--format", "jsonl")
    assert [row["topic"] for row in said.rows] == list(WORDS) * 12
    assert chude("train", "--topics", topics, "-o", tmp_path / "m2").code == 2
    topics.write_text('[[topic]]\nname = ""\n', encoding="utf-8")
    done = chude("train", "--topics", topics, table, "-o", tmp_path / "m2")
    assert done.code == 2
    assert done.errors == [f'chude: error: {topics}:1: the topic has no name; write name = "…", 1 to 80 letters']
