"""Guards the segmentation: pyvi's answers, character for character, whatever the text, in linear time and bounded
memory.
"""

from __future__ import annotations

import json
import lzma
import random
import time
import unicodedata
import warnings
from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier import segment
from classifier.vietnamese import Segmenter, segmenter, syllables
from classifier.vietnamese.pyvi_model import load_pyvi_model

pytestmark = pytest.mark.usefixtures("core")

LONE_SURROGATE = "\ud800"
UNKNOWN_SYMBOL = "\ue000"  # for private use, so no model knows it


@pytest.fixture(scope="module")
def pyvi():
    """pyvi's own function: the oracle."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its patterns are not raw strings
        from pyvi.ViTokenizer import tokenize
    return tokenize


@pytest.fixture(scope="module")
def ours(core):
    """One segmenter that lives through all examples, as in a long run."""
    return Segmenter()


def _segmented(machine, *texts):
    return list(machine.segment(texts))


def _listed_syllables():
    model = load_pyvi_model()
    return sorted({syllable for entry in (*model.bigrams, *model.trigrams) for syllable in entry})


SYLLABLES = _listed_syllables()
AWKWARD = (
    *("2.5", "1_000", "1,5,", "12/3/2024", "50%", "S-400", "1.a", "٣٤", "²", "½", "1__2", "_", "__", "a_b"),
    *("TP.", "Tp.", "TP.HCM", "ThS.", "Dr.", "Mr.", "Mrs.", "Đ.", "NATO.", "ĐH.", "A.B.", "Ms", "aTP.", "U.S.A."),
    *("...", "....", "->", "==>", ">>", "=>", "-->", "!!", "''", '"', "“", "”", "…", "–", "(", ")", "?!", "\\", "^_^"),
    *(
        "a@b.vn",
        "x.y-z+1@mail.com.vn.",
        "@",
        "a@",
        "@b.c",
        "a@b@c.d",
        "a@b.c@d.e",
        ".a@b.c",
        "TP.a@b.c",
        "Đa@b.c",
        "a@-.-",
    ),
    *("http://vnexpress.net/a?b=c", "http://a@b.c", "://", "ftp://x", "đ://đ", "a@b.c://d", "www.x.vn"),
    *(
        "\x00",
        "\x01",
        "\x1b[31m",
        "\u200b",
        "\ufeff",
        "\u0301",
        "e\u0301",
        "a\u0302\u0301",
        "\u1e9e",
        "İ",
        "ﬁ",
        "\U0001f600",
        "漢字",
    ),
)
SPACES = ("", " ", "  ", "\n", "\r\n", "\t", "\x0b", "\x1c", "\x85", "\xa0", "\u2028", "\u3000", ".", ",", "-")

words = st.sampled_from(SYLLABLES)
written = st.one_of(
    words, words.map(str.title), words.map(str.upper), words.map(lambda w: unicodedata.normalize("NFD", w))
)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
tokens = st.one_of(written, written, written, st.sampled_from(AWKWARD), anything)
texts = st.lists(st.tuples(tokens, st.one_of(st.just(" "), st.sampled_from(SPACES))), max_size=25).map(
    lambda pairs: "".join(token + space for token, space in pairs)
)


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_articles_of_the_built_in_corpus_are_segmented_as_pyvi_does(corpus_rows, pyvi, ours, every):
    """Titles and texts: the same strings."""
    both = [text for row in corpus_rows[::every] for text in (row["title"], row["text"])]
    for text, found in zip(both, ours.segment(both), strict=True):
        assert found == pyvi(text)


@given(texts)
@example("a@b.c")
@example("A" * 50 + ".")
@example("  ")
@settings(max_examples=150, deadline=None)
def test_any_text_is_segmented_as_pyvi_does(pyvi, ours, text):
    """Syllables, numbers, addresses, abbreviations, control and combining characters in any mixture."""
    assert _segmented(ours, text) == [pyvi(text)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_unicode_is_segmented_as_pyvi_does(pyvi, ours, text):
    """No character of Unicode makes a difference."""
    assert _segmented(ours, text) == [pyvi(text)]


@pytest.mark.parametrize("token", AWKWARD)
def test_awkward_tokens_alone_and_among_words(pyvi, ours, token):
    """Each of them alone, doubled, and before, between and after Vietnamese words."""
    for text in (token, token * 2, f"{token} Việt Nam", f"Việt {token} Nam", f"thành phố{token}", f"{token}hôm nay"):
        assert _segmented(ours, text) == [pyvi(text)]


@pytest.mark.parametrize("text", ["", " ", "\n", "\t \u00a0", "\x1c\x1d", "\u3000\n\n"])
def test_texts_without_syllables_come_back_as_they_are(pyvi, ours, text):
    """Nothing to segment is no error and changes nothing; a line feed is a syllable to pyvi."""
    assert _segmented(ours, text) == [pyvi(text)]


def test_decomposed_text_gives_the_composed_answer(pyvi):
    """pyvi composes first (NFC), and so do we."""
    text = "Bộ Quốc phòng Nga hôm nay thông báo về hiệp ước"
    assert segment([unicodedata.normalize("NFD", text)]) == segment([text]) == [pyvi(text)]


def test_a_lone_surrogate_counts_as_an_unknown_symbol(pyvi):
    """pyvi's library fails on it; ours takes it for a symbol that it has never seen, and goes on."""
    for frame in ("{}", "Việt {} Nam", "hạt{}nhân", "{}{} đối thoại {}"):
        text = frame.replace("{}", LONE_SURROGATE)
        with pytest.raises((SystemError, UnicodeEncodeError)):
            pyvi(text)
        expected = pyvi(frame.replace("{}", UNKNOWN_SYMBOL)).replace(UNKNOWN_SYMBOL, LONE_SURROGATE)
        assert segment([text]) == [expected]


@given(st.lists(texts, max_size=12), st.integers(1, 200))
@settings(max_examples=20, deadline=None)
def test_batches_change_neither_order_nor_answers(ours, many, size):
    """Many texts at once, in batches of any size, give what each gives alone."""
    alone = [_segmented(ours, text)[0] for text in many]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenter, "BATCH_CHARACTERS", size)
        assert _segmented(ours, *many) == alone


def test_batches_are_cut_by_size_and_keep_every_item():
    """A batch ends with the item that fills it; nothing is lost, nothing comes twice, and the stream is read lazily."""
    drawn = []

    def stream():
        for number in range(10):
            drawn.append(number)
            yield "x" * (segmenter.BATCH_CHARACTERS * 2 // 5)

    cut = segmenter.batches(stream(), size=len)
    assert len(next(cut)) == 3
    assert drawn == [0, 1, 2]
    assert [len(batch) for batch in cut] == [3, 3, 1]


def test_a_table_that_forgets_gives_the_same_answers(corpus_rows, monkeypatch):
    """With tiny limits the table forgets between batches, stays small, and nothing is taken for something else."""
    lines = [row["title"] for row in corpus_rows[:200]] + [row["text"] for row in corpus_rows[:40]]
    expected = segment(lines)
    for limit in ("MAX_RUNS", "MAX_CHARACTERS"):
        with monkeypatch.context() as patch:
            patch.setattr(syllables, limit, 60)
            patch.setattr(segmenter, "BATCH_CHARACTERS", 300)
            machine = Segmenter()
            assert list(machine.segment(lines)) == expected
            assert machine.table.generation > 20
            assert len(machine.table) < 60 + 700  # what one text can bring


def test_a_table_that_is_not_full_is_kept():
    """What was learned of one text serves the next."""
    machine = Segmenter()
    list(machine.segment(["Hội đồng Bảo an họp kín"] * 3))
    size, generation = len(machine.table), machine.table.generation
    list(machine.segment(["họp kín Bảo an"]))
    assert (len(machine.table), machine.table.generation) == (size, generation)


def test_runs_are_cut_in_time_that_grows_with_their_length():
    """Four times the line takes about four times the time, also where pyvi's patterns go back and forth."""
    for piece in ("a.", "-", "a@", "A", "1_", "1.", "a@b.", "..", "://", "x://"):
        short, long = (_seconds(lambda n=n, piece=piece: syllables.cut(piece * n)) for n in (20_000, 80_000))
        assert long < 10 * short + 0.5, piece


def _seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a.", "-", "a@", "A", "1_", "a@b.", "a ", "Việt ", "\n"])
def test_hostile_lines_of_ten_megabytes_take_linear_time(piece):
    """10 MB of one repeated piece are segmented within a minute, and not in time that grows with the square."""
    segment(["warm"])
    count = 10_000_000 // len(piece)
    short = _seconds(lambda: segment([piece * (count // 4)]))
    long = _seconds(lambda: segment([piece * count]))
    assert long < 60
    assert long < 10 * short + 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vntc10_test", "vntc10_train", "world_unlabelled"])
def test_all_real_texts_are_segmented_as_pyvi_does(shared, pyvi, name):
    """Titles and texts of every article of the collection: the same strings."""
    machine, seen = Segmenter(), 0
    with lzma.open(shared / "data" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as stream:
        rows = (json.loads(line) for line in stream)
        while batch := list(islice(rows, 500)):
            both = [row.get(key) or "" for row in batch for key in ("title", "text")]
            for text, found in zip(both, machine.segment(both), strict=True):
                assert found == pyvi(text)
            seen += len(batch)
    assert seen > 30_000


@pytest.mark.slow
def test_random_mixtures_at_length_are_segmented_as_pyvi_does(pyvi, ours):
    """Long random texts, in which the fast Viterbi has to settle long open runs."""
    rng = random.Random(7)  # noqa: S311  not for secrets
    for _ in range(4_000):
        pieces = [rng.choice(SYLLABLES if rng.random() < 0.9 else AWKWARD) for _ in range(rng.randint(1, 400))]
        text = " ".join(piece.title() if rng.random() < 0.2 else piece for piece in pieces)
        assert _segmented(ours, text) == [pyvi(text)]
