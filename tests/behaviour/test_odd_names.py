"""Guards names of files that nobody likes: bytes that are no UTF-8, what steers a terminal, links that go round."""

from __future__ import annotations

import json
import os
import re

import pytest

NOT_UTF8 = os.fsdecode(b"n\xff")
STEERING = "a\x1b]0;pwn\x07\x9b31m\u202eb"
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


@pytest.fixture
def rows(corpus_rows):
    """Twelve articles of two topics as JSON lines."""
    kept = [row for label in ("syria", "alliances") for row in [r for r in corpus_rows if r["labels"] == [label]][:6]]
    lines = [{"id": row["id"], "title": row["title"], "text": row["text"], "label": row["labels"][0]} for row in kept]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def given(tmp_path, rows):
    """The text as a file of that name."""

    def write(name, text=rows):
        path = tmp_path / name
        try:
            path.write_text(text, encoding="utf-8")
        except OSError:
            pytest.skip("the file system takes no such name")
        return path

    return write


@pytest.mark.parametrize("name", [NOT_UTF8, STEERING])
def test_inputs_and_outputs_of_any_name(chude, given, png_alone, rows, tmp_path, name):
    """All the work is kept: models, reports, rows and clusters are written, and nothing steers the terminal."""
    table = given(f"{name}.jsonl")
    said = given(f"{name}-p.jsonl", "".join(json.dumps({"id": json.loads(one)["id"], "topic": "syria"}) + "\n"
                                            for one in rows.splitlines()))  # fmt: skip
    model = tmp_path / f"{name} model"
    for args in (
        ["train", table, "-o", model],
        ["show", model],
        ["predict", table, "-m", model, "-o", tmp_path / f"{name}.csv"],
        ["predict", table, "-m", model, "--format", "jsonl"],
        ["cluster", table, "-m", model, "-o", tmp_path / f"{name} clusters"],
        ["eval", table, "-m", model, "-o", tmp_path / f"{name} report"],
        ["eval", table, "--predictions", said, "-o", tmp_path / f"{name} report"],
        ["compare", model, said, table],
        ["check", table],
        ["stories", table, "-s", tmp_path / f"{name}.db"],
        ["label", "-s", tmp_path / f"{name} desk.db", "--import", table],
        ["label", "-s", tmp_path / f"{name} desk.db", "--export", tmp_path / f"{name}.txt"],
        ["check", tmp_path / f"{name} desk.db"],
    ):
        run = chude(*args)
        assert run.code in (0, 1), run.err
        assert "Traceback" not in run.err
        assert not UNSHOWN.search(run.out + run.err)
    report = (tmp_path / f"{name} report" / "report.json").read_bytes()
    assert json.loads(report.decode("utf-8"))["articles"] == 12


def test_the_head_of_compares_table_is_plain(chude, given, small_artifact, rows):
    """Two files whose names differ by what a terminal obeys."""
    said = "".join(json.dumps({"id": json.loads(one)["id"], "topic": "syria"}) + "\n" for one in rows.splitlines())
    run = chude("compare", given(f"{STEERING}.jsonl", said), given("plain.jsonl", said), given("gold.jsonl"))
    assert run.code == 0
    assert "A: a" in run.out
    assert not UNSHOWN.search(run.out + run.err)


def test_the_tour_says_its_folder_plainly(monkeypatch, capsys, tmp_path):
    """`demo -o` repeats the name in commands to copy."""
    from classifier.cli import demo

    demo._step(1, "Train", f"chude train -o {STEERING}/model")
    assert not UNSHOWN.search(re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["predict", "LOOP"], 3),
        (["predict", "TABLE", "-o", "LOOP"], 1),
        (["predict", "TABLE", "--format", "csv", "-o", "LOOP", "--resume"], 1),
        (["predict", "TABLE", "-o", "LOOP/x.csv"], 1),
        (["train", "TABLE", "-o", "LOOP"], 2),
        (["eval", "TABLE", "-m", "LOOP", "-o", "out"], 4),
        (["cluster", "TABLE", "--plot", "LOOP"], 1),
        (["check", "TABLE", "--against", "LOOP"], 3),
        (["compare", "LOOP", "LOOP", "TABLE"], 2),
        (["segment", "LOOP"], 3),
        (["stories", "TABLE", "-s", "LOOP"], 2),
        (["label", "-s", "LOOP", "--import", "TABLE"], 2),
    ],
)
def test_links_that_go_round_are_one_line(chude, given, tmp_path, monkeypatch, args, code):
    """As an input, a model, an archive and an output: named, nothing hangs."""
    monkeypatch.chdir(tmp_path)
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop.name)
    names = {"LOOP": loop, "LOOP/x.csv": loop / "x.csv", "TABLE": given("rows.jsonl")}
    run = chude(*(names.get(one, one) for one in args))
    assert run.code == code, run.err
    assert "Traceback" not in run.err
    assert str(loop) in run.errors[0]
