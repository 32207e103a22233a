"""Guards what a stranger meets in the first hour: slips of the hand lose nothing, and each message says what to do."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from conftest import PROJECT

from classifier.cli import COMMANDS
from classifier.reading import Columns, read_pages

TITLE = "Nga và Mỹ đàm phán về hiệp ước cắt giảm vũ khí hạt nhân"
PAGE = f"{TITLE}\n\nHai bên gặp nhau tại Geneva để bàn về số đầu đạn. Vòng tới dự kiến vào tháng sau.\n"
OK, FINDINGS, USAGE, NO_INPUT = range(4)


@pytest.fixture
def saved(tmp_path):
    """A folder with one saved page."""
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "page.txt").write_text(PAGE, encoding="utf-8")
    return folder


def read(path, **options):
    """The pages of a path and what was skipped."""
    skipped = []
    return list(read_pages([path], on_skip=skipped.append, **options)), [str(one) for one in skipped]


def table(*rows, delimiter=","):
    """Rows as CSV, as Excel writes it."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


# ---- which command ----


def test_chude_alone_shows_its_commands(chude):
    """Without a command: the help, laid out, on stderr, and exit code 2."""
    run = chude()
    assert (run.code, run.out) == (USAGE, "")
    lines = run.err.splitlines()
    assert lines[0].startswith("Usage: chude ")
    for name in COMMANDS:
        (line,) = [line for line in lines if line.startswith(f"  {name} ")]
        assert line.endswith("."), "a summary is cut"
        assert "..." not in line


def test_a_mistyped_command_is_answered_with_the_one_meant(chude):
    """And one like none is not."""
    assert "'predct', did you mean 'predict'?" in chude("predct").err
    assert "did you mean" not in chude("xyzzy").err


def test_an_option_without_its_value_names_its_command(chude, saved):
    """The command whose help tells more is named, not chude at large."""
    assert "`chude predict --help`" in chude("predict", saved, "-o").err


@pytest.mark.parametrize(("given", "said"), [("x", "whole number"), ("1.5", "whole number")])
def test_a_number_that_is_none_is_said_in_plain_words(chude, saved, given, said):
    """No word of the library's ("integer range") comes through."""
    assert f"{given!r} is not a valid {said}" in chude("predict", saved, "--jobs", given).err
    assert "'0,8' is not a valid number" in chude("predict", saved, "--threshold", "0,8").err


# ---- where the output goes ----


@pytest.mark.parametrize("command", ["predict", "extract", "segment"])
def test_an_input_is_never_written_over(chude, saved, command):
    """The page itself as `-o`, or a page of the folder that is read: refused, and the page is as it was."""
    page = saved / "page.txt"
    for given, said in ((page, "is to be read as well"), (saved, f"lies in {saved}, which is to be read")):
        run = chude(command, given, "-o", page)
        assert (run.code, run.out) == (USAGE, "")
        assert said in run.err
        assert page.read_text(encoding="utf-8") == PAGE


def test_output_in_the_folder_that_is_read_is_not_taken_for_pages_by_the_next_run(chude, saved):
    """The first run writes, the second is refused rather than labelling the first one's rows; so are folders."""
    assert chude("predict", saved, "-o", saved / "labels.jsonl").code == OK
    assert "remove it first" in chude("predict", saved, "-o", saved / "labels.jsonl").err
    (saved / "clusters").mkdir()
    assert chude("cluster", saved, "-o", saved / "clusters").code == USAGE
    assert chude("train", saved, "-o", saved / "clusters").code == USAGE


def test_redirected_output_is_not_read_back(saved):
    """`chude predict . > labels.csv` in the folder itself: the file is named and passed over."""
    with (saved / "z.csv").open("w") as stream:
        command = [sys.executable, "-m", "classifier", "extract", str(saved), "--format", "jsonl"]
        run = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, text=True, cwd=PROJECT, check=False)
    assert run.returncode == FINDINGS
    assert "z.csv: is what this run writes to" in run.stderr
    assert len((saved / "z.csv").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("name", ["out.xlsx", "out.json", "out.csv.gz", "."])
def test_an_output_name_that_promises_what_is_not_written_is_refused(chude, saved, tmp_path, name):
    """A table for people under a spreadsheet's name would open nowhere; nothing is written."""
    run = chude("predict", saved, "-o", tmp_path / name)
    assert run.code == USAGE
    assert len(run.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [saved]


def test_a_format_given_overrules_the_outputs_name(chude, saved, tmp_path):
    """`--format jsonl -o x.json` is obeyed, and a .txt may hold the table."""
    assert chude("predict", saved, "--format", "jsonl", "-o", tmp_path / "x.json").code == OK
    assert (tmp_path / "x.json").read_text(encoding="utf-8").startswith('{"id"')
    assert chude("predict", saved, "-o", tmp_path / "x.txt").code == OK


@pytest.mark.parametrize("name", ["map.bmp", "map"])
def test_a_plot_that_cannot_be_drawn_is_refused_before_the_work(chude, saved, tmp_path, name):
    """One line that names the endings there are."""
    run = chude("cluster", saved, "--plot", tmp_path / name)
    assert (run.code, run.out) == (USAGE, "")
    assert "ends in neither .png nor .svg" in run.err


# ---- what people have ----


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.epub", b"PK\x03\x04\0\0mimetypeapplication/epub+zipPK", "an e-book, .epub"),
        ("a.docx", b"PK\x03\x04\0\0[Content_Types].xml....PK\x03\x04\0\0word/document.xml", "a Word document, .docx"),
        (
            "a.odt",
            b"PK\x03\x04\0\0mimetypeapplication/vnd.oasis.opendocument.textPK",
            "soffice --headless --convert-to",
        ),
        ("a.html", b"%PDF-1.4\n%\xe2\xe3", "turn it into text: pdftotext FILE"),
        ("a.txt", b"{\\rtf1\\ansi Tin m\\u7899?i\\par}", "is an RTF document; save it as text"),
        ("a.rtf", b"{\\rtf1\\ansi\n\\par Tin\n}", "is an RTF document; save it as text"),
        ("a.warc", b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n", "is a crawl (WARC); take each page out of it"),
        ("a.doc", b"\xd0\xcf\x11\xe0....", "save the document as text"),
    ],
)
def test_files_that_hold_no_text_say_how_to_get_at_it(chude, tmp_path, name, content, said):
    """For reading pages and for segmenting lines alike."""
    (tmp_path / name).write_bytes(content)
    for command in ("extract", "segment"):
        run = chude(command, tmp_path / name)
        assert (run.code, run.out) == (NO_INPUT, "")
        assert said in run.err
        assert run.err.count(name) == 1


def test_text_saved_under_a_web_pages_name_keeps_its_title(tmp_path):
    """Without a tag in it .html is text."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    (page,), _ = read(path)
    assert page.title == TITLE


@pytest.mark.parametrize("form", [unicodedata.normalize("NFC", "Nội dung"), unicodedata.normalize("NFD", "Nội dung")])
def test_columns_are_found_however_their_accents_are_typed(tmp_path, form):
    """Windows-1258 writes them apart; by option or by the usual Vietnamese names."""
    path = tmp_path / "a.csv"
    path.write_text(table([unicodedata.normalize("NFD", "Tiêu đề"), form], [TITLE, PAGE]), encoding="utf-8")
    for columns in (Columns(), Columns(text="nội dung", title="Tiêu đề")):
        (page,), skipped = read(path, columns=columns)
        assert (page.title, skipped) == (TITLE, [])


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_excels_line_that_names_the_delimiter_is_no_header(tmp_path, delimiter):
    """`sep=;` above the header is obeyed, and rows keep their line numbers."""
    path = tmp_path / "a.csv"
    text = f"sep={delimiter}\r\n" + table(["title", "text"], [TITLE, "a; b, c"], delimiter=delimiter)
    path.write_text(text, encoding="utf-8-sig", newline="")
    (page,), skipped = read(path)
    assert (page.title, page.text.endswith("a; b, c"), page.source, skipped) == (TITLE, True, f"{path}:3", [])


def test_a_column_that_is_not_there_is_named_with_its_own_option(tmp_path):
    """Not always --text-column."""
    path = tmp_path / "a.csv"
    path.write_text(table(["title", "text"], [TITLE, PAGE]), encoding="utf-8")
    _, (said,) = read(path, columns=Columns(title="tile"))
    assert "has no column 'tile', only 'title', 'text'; name one of these with --title-column" in said


def test_articles_without_label_say_what_their_kind_lacks(chude, saved, tmp_path):
    """A file needs a folder, a row a column or something in it."""
    assert "put it in a folder named after its label" in chude("train", saved, "-o", tmp_path / "m").err
    for head, said in (("topic", "--label-column"), ("label", "fill in its `label`")):
        (tmp_path / "a.csv").write_text(table(["text", head], [PAGE, ""]), encoding="utf-8")
        assert said in chude("train", tmp_path / "a.csv", "-o", tmp_path / "m").err


@pytest.mark.parametrize(
    ("name", "encoding", "text"),
    [
        ("semicolons.csv", "utf-8-sig", "id;topic\na;x\nb;y\n"),
        ("capitals.csv", "utf-8", "ID,Topic\na,x\nb,y\n"),
        ("wide.tsv", "utf-16", "id\ttopic\na\tx\nb\ty\n"),
        ("wide.jsonl", "utf-16", '{"id": "a", "topic": "x"}\n{"id": "b", "topic": "y"}\n'),
    ],
)
def test_prediction_files_are_read_as_spreadsheets_write_them(tmp_path, name, encoding, text):
    """The same delimiters, encodings and capitals as in a corpus."""
    from eval.prediction_files import read_predictions

    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    assert {one: given.topic for one, given in read_predictions(path).items()} == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"topic\nx\n", ":1: has no columns `id` and `topic`, only 'topic'"),
        (b"id,topic\na,x,y\n", ":2: the row has 3 fields, the header 2"),
        (b"%PDF-1.7\n", ": looks like a binary file (a PDF)"),
        (b"", ": holds no prediction; give"),
    ],
)
def test_prediction_files_that_are_none_say_why(chude, tmp_path, content, said):
    """With the line at fault, and no word of a codec's."""
    gold, file = tmp_path / "gold.csv", tmp_path / "p.csv"
    gold.write_text(table(["id", "text", "label"], ["a", PAGE, "x"], ["b", PAGE * 2, "y"]), encoding="utf-8")
    file.write_bytes(content)
    run = chude("compare", file, file, gold)
    assert (run.code, run.out) == (USAGE, "")
    assert f"{file}{said}" in run.err


# ---- numbers that mean little ----


def test_a_few_articles_are_not_given_perfect_scores(chude, tmp_path):
    """An article that is its label's only one cannot be right by a model that has not seen it; labels are named."""
    rows = [[f"{word} {word} họp bàn", label] for word, label in (("Nga", "a"), ("Mỹ", "a"), ("bóng đá", "b"))]
    (tmp_path / "a.csv").write_text(table(["text", "label"], *rows), encoding="utf-8")
    run = chude("train", tmp_path / "a.csv", "-o", tmp_path / "m", "--min-df", "1")
    assert run.code == OK, run.err
    (line,) = [line.split() for line in run.out.splitlines() if line.strip().startswith("b ")]
    assert line == ["b", "1", "0.000", "0.000", "0.000"]
    assert "hardly learned and hardly judged: a (2), b (1)" in run.err


def test_noise_on_few_articles_is_not_scored_as_knowledge(small_corpus):
    """A calibration fitted on the very scores it is judged on learns the noise of twenty articles by heart."""
    from training.crossval import subset
    from training.fit.calibrate import calibrate, calibrated_apart
    from training.fit.defaults import spec_for

    few = subset(small_corpus, np.arange(0, len(small_corpus.articles), 9))
    spec, labels = replace(spec_for(few), calibration="matrix"), few.labels
    gold = np.array([labels.index(label) for label in few.primaries])
    scores = np.random.default_rng(5).normal(size=(len(gold), len(labels))) + 0.5 * np.eye(len(labels))[gold]
    by_heart = calibrate(scores, few, labels, spec).primary(scores)
    apart = calibrated_apart(scores, few, labels, spec)
    assert (by_heart.argmax(axis=1) == gold).mean() > (apart.argmax(axis=1) == gold).mean() + 0.15
    assert np.allclose(apart.sum(axis=1), 1)


def test_a_model_of_a_few_articles_knows_at_least_those(chude, tmp_path):
    """Left-out articles of a tiny corpus score against their own label; that must not turn the model around."""
    from classifier import load
    from training.corpus import read_corpus

    rows = [(f"Bài {word} kể chuyện {word} hôm nay", "Kinh Tế") for word in ("cà phê", "gạo", "dầu")]
    rows += [(f"Bài {word} kể chuyện {word} hôm nay", "Thế Giới") for word in ("Nga", "Mỹ", "Syria")]
    (tmp_path / "a.csv").write_text(table(["text", "label"], *rows), encoding="utf-8")
    assert chude("train", tmp_path / "a.csv", "-o", tmp_path / "m", "--min-df", "1").code == OK
    corpus = read_corpus([tmp_path / "a.csv"])
    assert [one.topic for one in load(tmp_path / "m").predict(corpus.pages)] == corpus.primaries
