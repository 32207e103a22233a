"""Whatever is handed over as a page or a corpus: it is used or named, in bounded memory and time, and never a crash."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from conftest import PROJECT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.errors import UnreadableError
from classifier.reading import limits, read_pages
from classifier.reading.raw.encoding import decode
from classifier.reading.raw.legacy_vietnamese import decode_legacy, encode_legacy
from tests.hostile import BODY, HEADLINES, LEAD, TITLE, broken_promises, fuzz, seeds

if TYPE_CHECKING:
    from classifier.types import Skipped

KEPT = sorted((PROJECT / "tests" / "data" / "regressions").iterdir())
GIB = 2**30


def read(path, **options):
    skipped: list[Skipped] = []
    return list(read_pages([path], on_skip=skipped.append, **options)), skipped


# Old inputs and new ones


@pytest.mark.parametrize("command", ["predict", "extract", "cluster", "check", "eval"])
def test_kept_inputs_are_used_or_named_by_every_command(command, chude, png_alone, small_artifact, tmp_path):
    """Each file that a fuzzer or a bug left behind: no traceback, an exit code of the contract, and a word about it."""
    options = {
        "predict": ["--format", "jsonl", "-m", small_artifact],
        "extract": ["--format", "jsonl"],
        "cluster": ["--format", "jsonl", "-m", small_artifact],
        "check": [],
        "eval": ["-m", small_artifact, "-o", tmp_path / "report"],
    }
    run = chude(command, *KEPT, *options[command])
    assert run.code in (0, 1)
    assert "Traceback" not in run.err
    if command in ("predict", "extract"):
        used = {row["source"].rpartition(":")[0] or row["source"] for row in run.rows}
        used |= {row["source"] for row in run.rows}
        assert [path.name for path in KEPT if str(path) not in used and str(path) not in run.err] == []


@pytest.mark.parametrize("name", sorted(seeds()))
def test_any_bytes_in_any_form_are_used_or_named(name, small_model, tmp_path):
    """Bytes at random, alone or inside a valid file: pages with probabilities, or a message, nothing else."""
    valid = seeds()[name]

    @given(st.binary(max_size=300), st.integers(0, len(valid)), st.booleans())
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def holds(noise: bytes, at: int, alone: bool) -> None:
        path = tmp_path / name
        path.write_bytes(noise if alone else valid[:at] + noise + valid[at:])
        assert broken_promises(path, small_model) == []

    holds()


@pytest.mark.slow
def test_damaged_files_break_no_promise(small_model, tmp_path):
    """Flipped bits, cuts, splices, endless nesting and numbers, packed and not: a minute of them."""
    broken = [(name, found) for name, _, found in fuzz(small_model, tmp_path, 1, 60, 3000) if found]
    assert broken == []


# Old encodings


def windows_1258(text: str) -> bytes:
    """The text as Windows writes it: the tone as a letter of its own behind its vowel."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
        bare = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        out += (bare + tones).encode("cp1258")
    return out


def encoded(text: str, name: str) -> bytes:
    return windows_1258(text) if name == "windows-1258" else encode_legacy(text, name)


OLD = ["tcvn3", "vni", "viscii", "windows-1258"]


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("text", [TITLE, HEADLINES[0], HEADLINES[1], f"{TITLE}\n{LEAD}\n{BODY}"])
def test_old_encodings_are_found_in_a_headline_as_in_an_article(name, text):
    """Eight words are enough, and the letters come back as they were."""
    assert decode(encoded(text, name)) == text


@pytest.mark.parametrize("name", OLD)
def test_a_page_in_an_old_encoding_gets_the_label_of_its_unicode_form(name, small_model, corpus_rows, tmp_path):
    """As a text, as HTML and as a row: the topic is the same, and where no capital is lost the probability too."""
    for number, row in enumerate(corpus_rows[::60]):
        title, text = (row[key].replace("…", "...").replace("–", "-").translate(QUOTES) for key in ("title", "text"))
        html = f"<html><body><h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in text.split("\n")) + "</body>"
        for kind, content in (
            ("txt", f"{title}\n\n{text}"),
            ("html", html),
            ("csv", f'title,text\n"{title}","{text}"\n'),
        ):
            found = []
            for form, data in (("new", content.encode()), ("old", encoded(content, name))):
                path = tmp_path / f"{number}-{form}.{kind}"
                path.write_bytes(data)
                (page,), skipped = read(path)
                assert skipped == []
                found.append(small_model.predict([page])[0])
            assert found[0].topic == found[1].topic
            if name != "tcvn3":
                assert found[0].probability == found[1].probability


QUOTES = str.maketrans({"“": "'", "”": "'", "‘": "'", "’": "'", '"': "'", "—": "-", "\u00a0": " "})


@pytest.mark.parametrize("name", OLD)
def test_encodings_named_by_the_user_are_used(name, chude, small_artifact, tmp_path):
    """`--encoding` reads even what is too short to be told, in the usual spellings of the name."""
    path = tmp_path / "a.txt"
    path.write_bytes(encoded("Việt Nam", name))
    run = chude("predict", path, "-m", small_artifact, "--encoding", name.upper(), "--format", "jsonl")
    assert (run.code, run.rows[0]["title"]) == (0, "Việt Nam")


def test_capitals_that_tcvn3_cannot_write_come_back_where_words_tell():
    """Fonts for capitals show the same bytes: words in capitals and the first of a sentence are told, no others."""
    text = "VIỆT NAM VÀ ẤN ĐỘ. Ấn Độ: ông Ánh, Đà Nẵng"
    assert decode_legacy(encode_legacy(text, "tcvn3"), "tcvn3") == "VIỆT NAM Và ấN Độ. Ấn Độ: ông ánh, Đà Nẵng"


@pytest.mark.parametrize(
    "text",
    [
        "Le président a été reçu à l'Élysée; la réunion s'est achevée très tôt, à l'étonnement général.",
        "Café society and the naïve façade of a fiancée's résumé: a cliché that has its raison d'être.",
        "Für die Grünen wäre das größere Übel die Auflösung der Königlichen Behörde in München.",
        "El señor Muñoz llegó mañana según él: la reunión empezó después de la una en Bogotá.",
        "L'attività è già più che sufficiente perché così può andare, però non è finita lì.",
    ],
)
def test_other_languages_in_latin_1_are_named_and_not_guessed(text):
    """No accent of another language is taken for a Vietnamese font."""
    with pytest.raises(UnreadableError, match="is not UTF-8"):
        decode(text.encode("latin-1"))


@pytest.mark.parametrize("name", OLD)
def test_two_encodings_in_one_file_and_damaged_utf8_are_named(name):
    """Neither half is turned into the other's letters."""
    for data in (TITLE.encode() + b"\n" + encoded(BODY, name), f"{LEAD}\n{BODY}".encode() + b"\xff"):
        with pytest.raises(UnreadableError, match="is not UTF-8"):
            decode(data)


@pytest.mark.parametrize("declared", ["x-viet-tcvn", "iso-8859-1", "windows-1252", "x-user-defined", "utf-8"])
def test_what_an_old_page_declares_is_checked(declared):
    """Pages in a font declared what their editor knew; the letters decide."""
    page = f"<meta charset='{declared}'><h1>{TITLE}</h1><p>{LEAD}</p>"
    assert TITLE in decode(encode_legacy(page, "tcvn3"), markup=True)
    if declared == "x-viet-tcvn":
        assert "café" not in decode(f"<meta charset={declared}><p>Việt Nam</p>".encode(), markup=True)
        with pytest.raises(UnreadableError):
            decode(f"<meta charset={declared}><p>café très naïf</p>".encode("latin-1"), markup=True)


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
@pytest.mark.parametrize("form", ["decimal entities", "letters in UTF-8"])
def test_pages_that_wrote_a_fonts_bytes_as_letters_are_read(name, form):
    """Editors saved the bytes of .VnTime and VNI-Times as entities or as Unicode; the font's name gives it away."""
    font = {"tcvn3": ".VnTime", "vni": "VNI-Times"}[name]
    raw = encode_legacy(f"<h1>{TITLE}</h1><p>{LEAD}</p>", name)
    text = (
        raw.decode("latin-1") if form.startswith("letters") else "".join(f"&#{b};" if b > 127 else chr(b) for b in raw)
    )
    page = f"<font face='{font}'>{text}</font><p>&copy; 1999</p>"
    found = decode(page.encode(), markup=True)
    assert TITLE in found
    assert LEAD in found
    assert "&copy; 1999" in found
    other = page.replace(font, "Arial")
    assert decode(other.encode(), markup=True) == other  # nothing is guessed without its name


@given(st.sampled_from(["tcvn3", "vni", "viscii"]), st.binary(max_size=60))
def test_old_encodings_decode_or_name_the_byte(name, data):
    """Any bytes: text that can be written, or the place of the first wrong one."""
    try:
        text, wrong = decode_legacy(data, name), 0x80
    except UnicodeDecodeError as error:
        text, wrong = "", data[error.start]
    text.encode("utf-8")
    assert wrong >= 0x80


# Forms of one text


@pytest.mark.parametrize("length", [1, 40])
def test_decomposed_text_and_the_other_tone_place_are_the_same_page(length, small_model, tmp_path):
    """NFD, and hoà for hòa: equal label and probability, also past the characters that the model looks at closely."""
    text = f"{TITLE} ở Hòa Bình\n\n" + "\n\n".join(
        f"{LEAD} Lần {n}. {BODY} Khánh Hòa, khỏe, thúy." for n in range(length)
    )
    forms = [text, unicodedata.normalize("NFD", text), text.replace("òa", "oà").replace("ỏe", "oẻ").replace("úy", "uý")]
    found = []
    for number, form in enumerate(forms):
        path = tmp_path / f"{number}.txt"
        path.write_text(form, encoding="utf-8")
        (page,), _ = read(path)
        prediction = small_model.predict([page])[0]
        found.append((prediction.topic, prediction.probability))
    assert found[0] == found[1] == found[2]


def test_blank_labels_cell_is_no_label_and_brackets_are_none_of_the_topics(tmp_path):
    """Someone who left a cell empty has not said "other"; who wrote [] has."""
    from training.corpus import read_corpus

    (tmp_path / "t.csv").write_text(
        f'text,labels\n{LEAD},\n{TITLE},[]\n{BODY[:60]},"a,b"\n'.replace("\n\n", "\n"), encoding="utf-8"
    )
    corpus = read_corpus([tmp_path / "t.csv"])
    assert [article.primary for article in corpus.articles] == ["other", "a"]
    assert [skipped.reason for skipped in corpus.skipped] == ["has no label"]


@pytest.mark.parametrize(("second", "multi"), [("__label__b", False), ("__label__b __label__c", True)])
def test_fasttext_lines_are_of_exclusive_topics_unless_one_has_several(second, multi, tmp_path):
    """One label in every line is what fastText's own classifier is given."""
    from training.corpus import read_corpus

    (tmp_path / "t.txt").write_text(f"__label__a {LEAD}\n{second} {TITLE}\n", encoding="utf-8")
    assert read_corpus([tmp_path / "t.txt"]).multi_topic is multi


@pytest.mark.parametrize("name", ["-1", "=1+1", "@x", "'=x", "'plain", "''-2"])
def test_ids_that_a_spreadsheet_would_run_are_found_again(name, chude, small_artifact, tmp_path):
    """What `predict` writes as CSV, `compare` aligns with the gold, apostrophe or not."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(f'{{"id": "{name}", "text": "{LEAD}", "label": "other"}}\n', encoding="utf-8")
    out = tmp_path / "out.csv"
    chude("predict", gold, "-m", small_artifact, "-o", out)
    run = chude("compare", out, out, gold)
    assert run.code == 0
    assert "no prediction" not in run.err + run.out


# Extremes


def peak_of(*arguments, stdin=None):
    """Runs the command line by itself; its exit code, its rows, its messages and its peak memory in bytes."""
    code = (
        "import sys\nfrom classifier.cli import main\nsys.argv = ['chude', *sys.argv[1:]]\n"
        "try:\n    main()\n"
        # Not ru_maxrss: a child begins with what its parent, a process of many tests, once had.
        "finally:\n    status = open('/proc/self/status').read()\n"
        "    print('PEAK', int(status.partition('VmHWM:')[2].split()[0]) * 1024, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, stdin=stdin, cwd=PROJECT)
    messages, _, peak = done.stderr.decode().rpartition("PEAK ")
    return done.returncode, done.stdout.decode().splitlines(), messages, int(peak)


def test_open_quote_over_many_short_lines_is_named_and_not_kept(tmp_path, monkeypatch):
    """The lines behind an open quote are not collected for ever, and all but the row that opened it are read."""
    assert limits.MAX_ROW_LINES <= 20_000
    monkeypatch.setattr("classifier.reading.tables.delimited.MAX_ROW_LINES", 200)
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,"mở\n' + "".join(f"{n},chữ\n" for n in range(2, 900)), encoding="utf-8")
    pages, (skipped,) = read(path)
    assert [page.id for page in pages] == [str(n) for n in range(2, 900)]
    assert (skipped.source, skipped.reason) == (f"{path}:2", "the row has more than 200 lines")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "text" + ",a" * limits.MIB, "its header is longer than 1 MiB"),
        ("b.csv", "id,text\n" + "," * (limits.MAX_FIELDS + 1) + "\n", "the row has more than 1,000,000 delimiters"),
        ("c.jsonl", '{"text": [' + "[]," * 1_000_001 + "[]]}\n", "holds more than 2,000,000 values"),
        ("d.json", '[{"text": [' + "[]," * 1_000_001 + "[]]}]", "holds more than 2,000,000 values"),
        ("e.json", '{"articles": [' + "[]," * 6_000_001 + "[]]}", "holds more than 12,000,000 values"),
    ],
)
def test_few_letters_that_would_become_many_objects_are_named(name, content, reason, tmp_path):
    """Three bytes of JSON or one of CSV can take a hundred in memory; they are counted before they are made."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    pages, skipped = read(tmp_path / name)
    assert pages == []
    assert skipped[0].reason == reason


@pytest.mark.slow
@pytest.mark.parametrize("way", ["file", "gz", "stdin"])
def test_a_line_of_two_gigabytes_is_named_in_the_memory_of_one_row(way, small_artifact, tmp_path):
    """From a file, unpacked or through a pipe: the row before and the row after are labelled, the line is named."""
    row = f'{{"text": "{LEAD}"}}\n'.encode()
    packed = way == "gz"
    path = tmp_path / ("t.jsonl.gz" if packed else "t.jsonl")
    with _opened(path, packed=packed) as out:
        out.write(row + b'{"text": "')
        for _ in range(2 * GIB // limits.MIB):
            out.write(b"a" * limits.MIB)
        out.write(b'"}\n' + row)
    arguments = ("predict", "--format", "jsonl", "-m", small_artifact)
    if way == "stdin":
        with path.open("rb") as stdin:
            code, rows, messages, peak = peak_of(*arguments, "-", stdin=stdin)
    else:
        code, rows, messages, peak = peak_of(*arguments, path)
    assert (code, len(rows)) == (1, 2)
    assert ":2: the line is longer than 64 MiB" in messages
    assert peak < GIB // 2


def _opened(path, *, packed):
    import gzip

    return gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb")


@pytest.mark.slow
def test_many_tiny_files_take_the_memory_of_few(small_artifact, tmp_path):
    """Thirty thousand files: each labelled once, and little more memory than for three hundred."""
    peaks = []
    for count in (300, 30_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:05}.txt").write_text(f"{TITLE} {number}\n", encoding="utf-8")
        code, rows, _, peak = peak_of("predict", "--format", "jsonl", "-m", small_artifact, folder)
        assert (code, len(rows)) == (0, count)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 100 * limits.MIB
