"""Guards the command line as a user meets it: help, exit codes, where output goes, and what every error looks like."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
import unicodedata

import pytest
from conftest import PROJECT, captured

from classifier import __version__
from classifier.cli import COMMANDS
from classifier.core import chosen

TITLE = "Nga và Mỹ đàm phán về hiệp ước cắt giảm vũ khí hạt nhân"
BODY = "Hai bên gặp nhau tại Geneva để bàn về số đầu đạn và cách kiểm chứng. Vòng tới dự kiến vào tháng sau."
PREDICTION = ["id", "source", "title", "topic", "probability", "topics", "secondary", "known"]
OK, FINDINGS, USAGE, NO_INPUT, ARTIFACT = range(5)


@pytest.fixture
def page(tmp_path):
    """A saved page about arms control."""
    path = tmp_path / "page.txt"
    path.write_text(f"{TITLE}\n\n{BODY}\n", encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Thirty rows of five labels, as JSON lines."""
    path = tmp_path / "rows.jsonl"
    rows = [row for row in corpus_rows if row["id"].endswith(tuple(f"{n:04}" for n in range(61, 67)))]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def predict(chude, small_artifact):
    """`chude predict … -m` the small model."""
    return lambda *args: chude("predict", *args, "-m", small_artifact)


def _assert_errors_are_lines(run, *sources):
    """Every error is one line that begins as promised; each source is named; nothing looks like a traceback."""
    assert run.errors
    assert all(line.startswith("chude: error: ") for line in run.errors)
    assert "Traceback" not in run.err + run.out
    for source in sources:
        assert any(str(source) in line for line in run.errors), run.err


# ---- help ----


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(chude, command):
    """-h and --help give the same, on stdout, with an example that begins with `$ chude COMMAND`."""
    long, short = chude(command, "--help"), chude(command, "-h")
    assert (long.code, long.err) == (OK, "")
    assert short.out == long.out
    assert f"chude {command}" in long.out
    assert any(line.strip().startswith("$ ") and f"chude {command}" in line for line in long.out.splitlines())


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_use_options_that_exist(chude, command):
    """What the help shows can be typed: every option of its examples is one of the command's."""
    out = chude(command, "--help").out
    for line in out.splitlines():
        if line.strip().startswith("$ chude"):
            for word in shlex.split(line.strip()):
                if word.startswith("-") and word != "-":
                    assert f"{word} " in out.split("Options:")[1] or f"{word}," in out.split("Options:")[1], line


def test_the_program_says_its_name_and_version(chude):
    """`chude --version`, with the core that runs; `chude --help` lists every command."""
    assert chude("--version").out.strip() == f"chude, version {__version__} ({chosen()} core)"
    listed = chude("--help").out
    assert all(f"\n  {command} " in listed for command in COMMANDS)


def test_python_m_classifier_is_the_same_program(chude_process, chude):
    """The module and the command are one."""
    assert chude_process("--help").out == chude("--help").out


# ---- wrong usage ----


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict",),
        ("nosuch",),
        ("predict", "x.txt", "--nosuch"),
        ("predict", "x.txt", "--format", "xml"),
        ("predict", "x.txt", "--threshold", "2"),
        ("predict", "x.txt", "--threshold", "nan"),
        ("predict", "x.txt", "--threshold", "half"),
        ("predict", "x.txt", "--explain", "-1"),
        ("predict", "x.txt", "--jobs", "0"),
        ("predict", "x.txt", "--encoding", "nosuch"),
        ("segment", "x.txt", "--encoding", "base64"),
        ("cluster", "x.jsonl", "--k", "0"),
        ("cluster", "x.jsonl", "--k", "many"),
        ("cluster", "x.jsonl", "--k", "9" * 5000),
        ("train", "x.csv"),
        ("train", "-o", "m", "-C", "0"),
        ("train", "-o", "m", "-C", "nan"),
        ("train", "-o", "m", "-C", "inf"),
        ("train", "-o", "m", "--folds", "1"),
        ("eval", "-o", "r"),
        ("eval", "x.csv"),
        ("eval", "--cv", "1", "-o", "r"),
        ("eval", "--cv", "3", "--by-date", "-o", "r"),
        ("eval", "--cv", "3", "-m", "m", "-o", "r"),
        ("compare", "a", "b"),
        ("check",),
        ("check", "x.csv", "--ignore", "CH999"),
        ("show", "a", "b"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_wrong_usage_is_exit_code_2(chude, monkeypatch, tmp_path, arguments):
    """One line that says what is wrong; nothing on stdout, nothing written."""
    monkeypatch.chdir(tmp_path)
    run = chude(*arguments)
    assert run.code == USAGE
    assert run.out == ""
    (line,) = run.err.splitlines()
    assert f"{arguments[0] if arguments[0] in COMMANDS else 'chude'} --help" in line
    _assert_errors_are_lines(run)
    assert list(tmp_path.iterdir()) == []


# ---- predict: forms of output ----


def test_json_lines_have_exactly_the_promised_fields(predict, page, small_model):
    """The contract's fields in its order, reasons only when asked for, Vietnamese as it is."""
    run = predict(page, "--format", "jsonl")
    (row,) = run.rows
    assert list(row) == PREDICTION
    assert (row["id"], row["source"], row["title"]) == ("page.txt", str(page), TITLE)
    assert row["topic"] == "arms_control"
    assert [list(score) for score in row["topics"]] == [["topic", "probability"]] * len(small_model.labels)
    assert "\\u" not in run.out
    (row,) = predict(page, "--format", "jsonl", "--explain", "3").rows
    assert list(row) == [*PREDICTION[:-1], "reasons", "known"]
    assert [list(reason) for reason in row["reasons"]] == [["term", "weight"]] * 3


def test_pages_that_a_model_cannot_know_are_counted(predict, tmp_path):
    """A text in another language is labelled with little certainty, says so, and the summary counts it."""
    page = tmp_path / "foreign.txt"
    page.write_text("The quick brown fox jumps over the lazy dog, again and again.\n", encoding="utf-8")
    run = predict(page, "--format", "jsonl")
    assert run.code == 0
    assert run.rows[0]["known"] < 0.5
    assert 'most of 1 of 1 page is unknown to this model ("known" below 0.5)' in run.err


def test_stdout_holds_data_only(predict, page, tmp_path):
    """Summaries and errors go to stderr, also where some inputs fail."""
    run = predict(page, tmp_path / "missing.txt", "--format", "jsonl")
    assert len(run.rows) == 1
    assert "1 page" in run.err
    assert run.code == FINDINGS
    assert "1 input skipped" in run.err
    _assert_errors_are_lines(run, tmp_path / "missing.txt")


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated_values_are_what_csv_readers_read(predict, table, form, delimiter):
    """A header and a row for each page, the same labels as in JSON lines."""
    lines = predict(table, "--format", "jsonl", "--explain", "2").rows
    rows = list(
        csv.DictReader(io.StringIO(predict(table, "--format", form, "--explain", "2").out), delimiter=delimiter)
    )
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert [row["topic"] for row in rows] == [line["topic"] for line in lines]
    assert [float(row["probability"]) for row in rows] == [line["probability"] for line in lines]
    assert list(rows[0]) == ["id", "source", "title", "topic", "probability", "secondary", "topics", "reasons", "known"]
    assert next(iter(csv.reader(io.StringIO(predict(table, "--format", form).out), delimiter=delimiter)))[-1] == "known"


def test_a_table_is_for_people_and_cuts_nothing(predict, page):
    """The default: topic, probability, title and page; with --explain the words."""
    out = predict(page, "--explain", "2").out
    assert "Arms control" in out
    assert all(word in out for word in TITLE.split())
    assert "because of" in out
    assert "…" not in out


def test_spreadsheets_get_no_formulas(predict, tmp_path):
    """A title that a spreadsheet would run is text in CSV, and untouched in JSON."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "title": "=cmd|'/C calc'!A0", "text": BODY}), encoding="utf-8")
    assert "'=cmd" in predict(path, "--format", "csv").out
    assert predict(path, "--format", "jsonl").rows[0]["title"].startswith("=cmd")


def test_control_characters_do_not_reach_the_terminal(predict, tmp_path):
    """A title with escape sequences cannot recolour or move the cursor; nor can a file's name in an error."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": "Nga \x1b[31m đỏ \x1b]0;x\x07", "text": BODY}), encoding="utf-8")
    assert "\x1b" not in predict(path).out
    assert "\x1b" not in predict(tmp_path / "no\x1b[2Jsuch").err


def test_an_output_file_holds_what_stdout_would(predict, table, tmp_path):
    """-o writes the same bytes, in the format of its name unless another is asked for."""
    for name, form in (("o.jsonl", "jsonl"), ("o.csv", "csv"), ("o.tsv", "tsv"), ("o.txt", "table")):
        run = predict(table, "-o", tmp_path / name)
        assert (run.code, run.out) == (OK, "")
        expected = predict(table, "--format", form).out
        assert (tmp_path / name).read_bytes().decode() == expected
    predict(table, "-o", tmp_path / "o.csv", "--format", "jsonl")
    assert json.loads((tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()[0])
    assert predict(table, "-o", "-", "--format", "jsonl").out == predict(table, "--format", "jsonl").out


def test_an_old_output_survives_a_run_without_input(predict, tmp_path):
    """Where nothing could be read nothing is written: yesterday's labels stay."""
    target = tmp_path / "labels.jsonl"
    target.write_text("old", encoding="utf-8")
    assert predict(tmp_path / "missing.txt", "-o", target).code == NO_INPUT
    assert target.read_text(encoding="utf-8") == "old"


def test_output_that_cannot_be_written_is_an_error_line(predict, page, tmp_path):
    """A folder in the file's place, or a path below a file."""
    (tmp_path / "file").write_text("x")
    for target, code in ((tmp_path, USAGE), (tmp_path / "file" / "below.jsonl", FINDINGS)):
        run = predict(page, "-o", target)
        assert run.code == code
        _assert_errors_are_lines(run)


# ---- predict: inputs ----


def test_what_cannot_be_read_at_all_is_exit_code_3(predict, tmp_path):
    """A missing path, an empty file, a binary one, a folder without pages, invalid UTF-8: each named, with reason."""
    (tmp_path / "empty.txt").touch()
    (tmp_path / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "latin.txt").write_bytes("Hà Nội".encode("latin-1", "replace") + b"\xff\xfe\xe0 abc")
    (tmp_path / "folder").mkdir()
    for name in ("missing.txt", "empty.txt", "binary.txt", "latin.txt", "folder"):
        run = predict(tmp_path / name)
        assert run.code == NO_INPUT, name
        assert run.out == ""
        _assert_errors_are_lines(run, tmp_path / name)


def test_one_bad_input_among_good_ones_is_exit_code_1(predict, page, tmp_path):
    """The good ones are labelled, the bad one is named and counted; an input never disappears."""
    (tmp_path / "empty.txt").touch()
    run = predict(page, tmp_path / "empty.txt", "--format", "jsonl")
    assert run.code == FINDINGS
    assert [row["id"] for row in run.rows] == ["page.txt"]
    assert "1 input skipped" in run.err
    _assert_errors_are_lines(run, tmp_path / "empty.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_recognised(predict, tmp_path, page, encoding):
    """Plain UTF-8, with a byte order mark, UTF-16 with or without: the same title and probabilities."""
    expected = predict(page, "--format", "jsonl").rows[0]
    path = tmp_path / "other" / "page.txt"
    path.parent.mkdir()
    path.write_bytes(page.read_text(encoding="utf-8").encode(encoding))
    (row,) = predict(path, "--format", "jsonl").rows
    assert {**row, "source": ""} == {**expected, "source": ""}


def test_a_named_encoding_is_used(predict, tmp_path):
    """--encoding reads what UTF-8 cannot."""
    path = tmp_path / "old.txt"
    path.write_bytes("Hà Nội và Moscow đàm phán".encode("cp1258", "ignore") + b"\n\n" + b"Moscow " * 5)
    assert predict(path).code == NO_INPUT
    assert predict(path, "--encoding", "windows-1258").code == OK


def test_decomposed_unicode_gets_the_same_label(predict, tmp_path, page):
    """A page written with combining accents is the page."""
    expected = predict(page, "--format", "jsonl", "--explain", "4").rows[0]
    decomposed = unicodedata.normalize("NFD", page.read_text(encoding="utf-8"))
    assert decomposed != page.read_text(encoding="utf-8")
    page.write_text(decomposed, encoding="utf-8")
    assert predict(page, "--format", "jsonl", "--explain", "4").rows[0] == expected


def test_a_table_without_a_text_column_says_what_it_has(predict, tmp_path):
    """The error names the columns and the option that helps; with it the rows are read."""
    path = tmp_path / "news.csv"
    path.write_text(f"ma,noidung\n1,{BODY}\n", encoding="utf-8")
    run = predict(path)
    assert run.code == NO_INPUT
    _assert_errors_are_lines(run, path)
    assert "noidung" in run.err
    assert "--text-column" in run.err
    assert predict(path, "--text-column", "noidung").code == OK
    assert predict(path, "--text-column", "nosuch").code == NO_INPUT


def test_rows_that_cannot_be_used_are_named_with_their_line(predict, tmp_path):
    """One broken line of a table does not cost the others."""
    path = tmp_path / "rows.jsonl"
    path.write_text(f'{{"text": "{BODY}"}}\n{{broken\n{{"text": ""}}\n{{"text": "{TITLE}"}}\n', encoding="utf-8")
    run = predict(path, "--format", "jsonl")
    assert run.code == FINDINGS
    assert len(run.rows) == 2
    _assert_errors_are_lines(run, f"{path}:2", f"{path}:3")


def test_folders_tables_and_standard_input_give_the_same_labels(predict, page, chude_process, small_artifact, tmp_path):
    """A page by its path, in its folder, or through `-`."""
    expected = predict(page, "--format", "jsonl").rows[0]
    (in_folder,) = predict(tmp_path, "--format", "jsonl").rows
    piped = chude_process("predict", "-", "-m", small_artifact, "--format", "jsonl", stdin=page.read_bytes())
    assert piped.code == OK
    for row in (in_folder, piped.rows[0]):
        assert row["topics"] == expected["topics"]
        assert row["title"] == TITLE


def test_empty_standard_input_is_no_input(predict):
    """Nothing piped in: exit code 3 and a line that says so."""
    run = predict("-")
    assert (run.code, run.out) == (NO_INPUT, "")
    _assert_errors_are_lines(run)


def test_the_threshold_is_the_users(predict, page):
    """At 1 everything is "other", at 0 the likeliest topic is named."""
    assert predict(page, "--format", "jsonl", "--threshold", "1").rows[0]["topic"] == "other"
    assert predict(page, "--format", "jsonl", "--threshold", "0").rows[0]["topic"] == "arms_control"


def test_a_reader_that_has_enough_ends_the_run_quietly(small_artifact, table):
    """`chude predict … | head -1` prints one line and no traceback."""
    command = (
        f"{shlex.quote(sys.executable)} -m classifier predict {' '.join([shlex.quote(str(table))] * 60)} "
        f"-m {shlex.quote(str(small_artifact))} --format jsonl | head -n 1"
    )
    done = subprocess.run(  # noqa: S602 (the shell's pipe is what is tested)
        command,
        shell=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert "error" not in done.stderr


def test_a_closed_pipe_is_no_failure(small_artifact, table):
    """The program itself ends with 0 when its reader goes away, as the shell's pipefail would show."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "classifier",
            "predict",
            *[str(table)] * 60,
            "-m",
            str(small_artifact),
            "--format",
            "jsonl",
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.read(100)
    process.stdout.close()
    _, err = process.communicate(timeout=120)
    assert process.returncode == OK, err
    assert b"Traceback" not in err


# ---- models ----


def test_artifacts_that_are_none_are_exit_code_4(chude, page, tmp_path):
    """A missing folder, a file, an empty folder, another program's folder: for every command that takes a model."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model.json").write_text('{"schema": 1, "model": "of another program"}')
    (tmp_path / "file").write_text("x")
    for name in ("missing", "empty", "other", "file"):
        run = chude("predict", page, "-m", tmp_path / name)
        assert (run.code, run.out) == (ARTIFACT, ""), name
        _assert_errors_are_lines(run, tmp_path / name)
        assert chude("show", tmp_path / name).code == ARTIFACT
        assert chude("cluster", page, "-m", tmp_path / name).code == ARTIFACT


def test_show_prints_what_a_model_is(chude, small_artifact, small_model, small_corpus):
    """Labels, training facts, scores and top terms; as JSON too."""
    run = chude("show", small_artifact)
    assert run.code == OK
    for word in (*small_model.labels, "macro-F1", "scikit-learn", f"{len(small_corpus.articles)} articles"):
        assert word in run.out
    (row,) = chude("show", small_artifact, "--format", "jsonl").rows
    assert row["labels"][-1] == "other"
    assert set(row["top_terms"]) == set(row["labels"])


def test_show_takes_models_whose_making_is_unknown(chude, small_model, tmp_path):
    """A model saved through Python without facts can be shown; with facts of a wrong kind none is written."""
    from classifier.errors import ArtifactError
    from classifier.model.artifact import save

    bare = small_model.without_caches()
    bare.info = {}
    save(tmp_path / "bare", bare, ["x"] * bare.hashes.size, "")
    assert chude("show", tmp_path / "bare").code == OK
    for info in ({"articles": "many"}, {"made_with": 3}, {"cross_validated": {}}, {"training": []}):
        bare.info = info
        with pytest.raises(ArtifactError, match=r"would not load \(its field info"):
            save(tmp_path / "bare", bare, ["x"] * bare.hashes.size, "")
    assert chude("show", tmp_path / "bare").code == OK


# ---- extract and segment ----


def test_extract_gives_the_promised_fields(chude, page):
    """One JSON object a page."""
    (row,) = chude("extract", page, "--format", "jsonl").rows
    facts = ["byline", "authors", "date", "url", "site", "section", "keywords", "image"]
    assert list(row) == ["id", "source", "kind", "title", *facts, "lead", "body", "related"]
    assert row["kind"] == "article"
    assert row["title"] == TITLE
    assert BODY in (row["lead"], row["body"])
    assert TITLE in chude("extract", page).out


def test_segment_reads_lines_and_writes_lines(chude_process, chude, tmp_path):
    """pyvi's words, a line in, a line out, empty lines too; from standard input or from files."""
    text = "Mỹ sẵn sàng đối thoại với Nga\n\nTP.HCM hôm nay mưa"
    expected = "Mỹ sẵn_sàng đối_thoại với Nga\n\nTP. HCM hôm_nay mưa\n"
    assert chude_process("segment", stdin=text.encode()).out == expected
    assert chude("segment", "-", stdin=text.encode()).out == expected
    path = tmp_path / "lines.txt"
    path.write_text(text, encoding="utf-8")
    assert chude("segment", path).out == expected
    chude("segment", path, "-o", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == expected
    assert chude("segment", tmp_path / "missing").code == NO_INPUT


# ---- train, predict, eval, compare ----


@pytest.fixture(scope="module")
def own(tmp_path_factory, corpus_rows):
    """A small CSV of one's own with other column names, and a second one to test on."""
    folder = tmp_path_factory.mktemp("own")
    for name, first, last in (("train.csv", 1, 26), ("test.csv", 26, 40)):
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["ma", "tieu_de", "content", "section"])
            for label in ("syria", "alliances", "ukraine_talks"):
                rows = [row for row in corpus_rows if row["id"].rpartition("-")[0] == label][first:last]
                writer.writerows([row["id"], row["title"], row["text"], f"mục {label}"] for row in rows)
    return folder


COLUMNS = ("--text-column", "content", "--label-column", "section", "--id-column", "ma")


@pytest.fixture(scope="module")
def own_model(own):
    """A model trained on the own CSV, by the command line."""
    done = captured("train", own / "train.csv", *COLUMNS, "-o", own / "model")
    assert done.code == OK, done.err
    return own / "model", done


def test_training_on_ones_own_csv_prints_its_scores(own_model):
    """The labels with precision, recall and F1 on stdout; where it was written, and what to do next, on stderr."""
    folder, done = own_model
    assert "mục syria" in done.out
    assert "macro-F1" in done.out
    assert str(folder) in done.err
    assert "macro-F1" not in done.err
    assert (folder / "model.json").is_file()


def test_a_model_of_ones_own_predicts_its_labels(chude, own, own_model):
    """Trained, then used: most of the test rows get their own label, and none that the corpus lacks."""
    run = chude("predict", own / "test.csv", *COLUMNS, "-m", own_model[0], "--format", "jsonl")
    assert run.code == OK
    gold = {row["ma"]: row["section"] for row in csv.DictReader((own / "test.csv").open(encoding="utf-8"))}
    assert {row["topic"] for row in run.rows} <= set(gold.values())
    assert sum(row["topic"] == gold[row["id"]] for row in run.rows) / len(run.rows) > 0.7


def test_training_again_gives_the_same_bytes(chude, own, own_model):
    """Equal input and seed, equal output."""
    assert chude("train", own / "train.csv", *COLUMNS, "-o", own / "again" / "model").code == OK
    for path in own_model[0].iterdir():
        assert path.read_bytes() == (own / "again" / "model" / path.name).read_bytes(), path.name


def test_training_does_not_touch_somebodys_folder(chude, own, tmp_path):
    """-o on a folder with other files is refused before any work, and the files stay."""
    (tmp_path / "thesis.txt").write_text("years of work")
    run = chude("train", own / "train.csv", *COLUMNS, "-o", tmp_path)
    assert run.code == USAGE
    _assert_errors_are_lines(run, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("text,label\n", NO_INPUT),
        ("text,other\nNga và Mỹ,a\n", NO_INPUT),
        ("text,label\nNga và Mỹ,a\nMỹ và Nga,a\n", FINDINGS),
        ("text,label\nNga,a\nMỹ,b\n", FINDINGS),
        ('text,labels\nNga và Mỹ,"[""a"\nMỹ và Nga,"[[["\n', NO_INPUT),
    ],
    ids=["header only", "no labels", "one label", "nothing in common", "broken lists"],
)
def test_corpora_that_cannot_be_trained_on_are_refused(chude, tmp_path, content, code):
    """Without articles, labels, a second label or common words: one clear line and no model."""
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")
    run = chude("train", path, "-o", tmp_path / "m")
    assert run.code == code, run.err
    _assert_errors_are_lines(run)
    assert not (tmp_path / "m").exists()


def test_eval_writes_a_report_and_prints_the_scores(chude, monkeypatch, own, own_model, tmp_path):
    """report.json, report.html and pictures; the scores with intervals on stdout."""
    run = chude("eval", own / "test.csv", *COLUMNS, "-m", own_model[0], "-o", tmp_path / "report")
    assert run.code == OK, run.err
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"report.json", "report.html", "topics.png", "topics.svg"} <= names
    assert "mục syria" in run.out
    assert "macro-F1" in run.out
    text = (tmp_path / "report" / "report.json").read_text(encoding="utf-8")
    report = json.loads(text)
    assert report["articles"] == len(list(csv.DictReader((own / "test.csv").open(encoding="utf-8"))))
    assert "mục syria" in text
    monkeypatch.setattr("eval.report.report.KINDS", ("png",))
    again = chude("eval", own / "test.csv", *COLUMNS, "-m", own_model[0], "-o", tmp_path / "report")
    assert again.code == OK
    assert (tmp_path / "report" / "report.json").read_text(encoding="utf-8") == text


def test_eval_cross_validates_a_corpus_of_ones_own(chude, png_alone, own, tmp_path):
    """--cv needs no model and judges every article."""
    run = chude("eval", "--cv", "3", "--no-learning-curve", own / "train.csv", *COLUMNS, "-o", tmp_path / "cv")
    assert run.code == OK, run.err
    report = json.loads((tmp_path / "cv" / "report.json").read_text(encoding="utf-8"))
    assert report["articles"] == len(list(csv.DictReader((own / "train.csv").open(encoding="utf-8"))))


def test_eval_with_too_many_folds_or_no_dates_is_wrong_usage(chude, own, tmp_path):
    """The message says what is missing."""
    for options in (("--cv", "5000"), ("--by-date",)):
        run = chude("eval", *options, own / "train.csv", *COLUMNS, "-o", tmp_path / "r")
        assert run.code == USAGE
        _assert_errors_are_lines(run)
        assert not (tmp_path / "r").exists()


def test_compare_takes_models_and_prediction_files(chude, own, own_model, small_artifact, tmp_path):
    """Two models, or what any tool has predicted for the same gold, in JSON lines or CSV."""
    gold = own / "test.csv"
    predicted = tmp_path / "ours.jsonl"
    chude("predict", gold, *COLUMNS, "-m", own_model[0], "-o", predicted)
    other = tmp_path / "other.csv"
    rows = list(csv.DictReader(gold.open(encoding="utf-8")))
    other.write_text("id,topic\n" + "".join(f"{row['ma']},mục syria\n" for row in rows), encoding="utf-8")
    (found,) = chude("compare", predicted, other, gold, *COLUMNS, "--format", "jsonl").rows
    assert found["articles"] == len(rows)
    assert found["accuracy"]["a"]["value"] > found["accuracy"]["b"]["value"]
    assert 0 <= found["mcnemar"]["p_value"] <= 1
    same = chude("compare", predicted, own_model[0], gold, *COLUMNS)
    assert same.code == OK
    assert "do not differ" in same.out
    assert chude("compare", own_model[0], small_artifact, gold, *COLUMNS).code == OK


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.jsonl", '{"id": "1"}\n'),
        ("p.jsonl", "not json\n"),
        ("p.jsonl", "[" * 100_000 + "\n"),
        ("p.csv", "name,label\n1,2\n"),
        ("p.csv", "id,topic,text\n1,syria," + "x" * 200_000 + "\n"),
        ("p.csv", "id,topic\n\x00,\x00\n"),
        ("p.jsonl", b"\xff\xfe\xfa\n"),
        ("missing.jsonl", None),
    ],
    ids=["no topic", "no json", "nested", "other columns", "long cell", "NUL", "not UTF-8", "missing"],
)
def test_broken_prediction_files_are_error_lines(chude, own, tmp_path, name, content):
    """Rows without id and topic, other encodings, cells too long for a CSV reader: an error line or a result."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    run = chude("compare", path, path, own / "test.csv", *COLUMNS)
    assert run.code in (OK, USAGE)
    assert "Traceback" not in run.err
    if run.code:
        _assert_errors_are_lines(run, path)


# ---- cluster and check ----


def test_cluster_groups_headlines_of_a_table(chude, small_artifact, tmp_path):
    """Rows with `headline`: the contract's fields in every cluster, every headline in one of them."""
    path = tmp_path / "h.csv"
    headlines = [f"Nga và Mỹ đàm phán vòng {n}" for n in "abcd"] + [f"Bão {n} vào miền Trung" for n in "efgh"]
    path.write_text("headline,blurb\n" + "".join(f"{h},tóm tắt\n" for h in headlines), encoding="utf-8")
    run = chude("cluster", path, "--k", "2", "-m", small_artifact, "--format", "jsonl")
    assert run.code == OK
    for row in run.rows:
        assert {"cluster", "size", "topic", "keywords", "representative", "headlines"} <= row.keys()
        assert all(list(item) == ["headline", "blurb", "pages"] for item in row["headlines"])
        assert row["size"] == len(row["headlines"])
    assert sorted(item["headline"] for row in run.rows for item in row["headlines"]) == sorted(headlines)
    assert chude("cluster", path, "-m", small_artifact, "--k", "99").code == USAGE
    folder = chude("cluster", path, "-m", small_artifact, "-o", tmp_path / "clusters")
    assert folder.code == OK
    assert {"clusters.jsonl", "clusters.csv", "clusters.html"} <= {p.name for p in (tmp_path / "clusters").iterdir()}


def test_cluster_needs_headlines(chude, small_artifact, page):
    """A page without related headlines is no input for it."""
    run = chude("cluster", page, "-m", small_artifact)
    assert run.code == NO_INPUT
    _assert_errors_are_lines(run, page)


def test_check_tells_clean_corpora_from_others(chude, own, tmp_path):
    """Findings are exit code 1 and data on stdout."""
    rows = (own / "train.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "twice.jsonl"
    articles = [{"text": BODY, "label": "a"}, {"text": BODY, "label": "b"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in articles), encoding="utf-8")
    run = chude("check", path, "--no-label-errors", "--format", "jsonl")
    assert run.code == FINDINGS
    assert "CH103" in {row["code"] for row in run.rows}
    assert rows


def test_segment_writes_a_line_for_each_line(chude, tmp_path):
    """A line that cannot be read keeps its place, so that lines out stand beside lines in; it is named."""
    path = tmp_path / "t.txt"
    path.write_bytes("Biển động\n\nCá \n".encode() + b"h\xe9t\n" + "Gió mùa\n".encode())
    run = chude("segment", path)
    assert run.code == FINDINGS
    lines = run.out.split("\n")
    assert len(lines) == 6
    assert "\ufffd" in lines[3]
    assert lines[4] == "Gió_mùa"
    assert f"{path}:4: is not utf-8" in run.err
    assert "5 lines segmented, 1 input skipped or damaged" in run.err


def test_sets_and_columns_of_the_page(predict, tmp_path):
    """`--set` and `--fields` in every format, with one job and two; names that are none are told."""
    path = tmp_path / "a.jsonl"
    rows = [{"id": str(n), "text": BODY, "date": "2018-04-14", "url": f"https://a.example/{n}"} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    plain = predict(path, "--format", "jsonl").rows
    asked = ("--set", "0.9", "--fields", "date,url,keywords")
    found = predict(path, *asked, "--format", "jsonl").rows
    assert [row["url"] for row in found] == [row["url"] for row in rows]
    assert all(row["set"][0] == row["topics"][0]["topic"] for row in found)
    more = {"set", "date", "url", "keywords"}
    assert [{name: one for name, one in row.items() if name not in more} for row in found] == plain
    assert predict(path, *asked, "--format", "jsonl", "--jobs", "2").rows == found
    head, first = predict(path, *asked, "--format", "csv").out.splitlines()[:2]
    assert head.endswith(",set,known,date,url,keywords")
    assert "2018-04-14,https://a.example/0," in first
    assert "2018-04-14" in predict(path, *asked).out
    wrong = predict(path, "--fields", "datum")
    assert (wrong.code, "date, url, site" in wrong.err) == (USAGE, True)
    assert predict(path, "--set", "95").code == USAGE
