"""Guards the way from pages to weighted terms: stable hashes, exact counts, tf-idf, and the strings that come back."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.features import tokens as features
from classifier.features.counts import Counts, TermTable, count_terms, row_sums, tf_idf
from classifier.features.kinds import TERM_KINDS, readable, terms_of, word_hashes
from classifier.features.spec import FeatureSpec
from classifier.features.tokens import Lexicon, Tokeniser, page_batches
from classifier.features.zones import zones
from classifier.types import Page
from classifier.vietnamese import Segmenter, syllables
from classifier.vietnamese.normalise import NUMBER, normalise

pytestmark = pytest.mark.usefixtures("core")

# Models and background.npz hold such hashes: another value here makes all of them worthless.
FROZEN = {
    "w1": (0x42293E3E26F2CEB5, "mỹ"),
    "w2": (0xEBE37EE24AEDB0A2, "mỹ sẵn_sàng"),
    "w3": (0x437E829FD173DE2E, "mỹ sẵn_sàng đối_thoại"),
    "s1": (0xEA111217E9E89611, "mỹ"),
    "s2": (0x3F7A1E441CD69C3B, "mỹ+sẵn"),
    "s3": (0x28EBC2255D2FC1CE, "mỹ+sẵn+sàng"),
    "c2": (0xEC8A7DF71D830469, "… m…"),
    "c3": (0x622D2C4CF4E6740A, "… mỹ…"),
    "c4": (0xFADAF481ABAF3D34, "… mỹ …"),
    "c5": (0xA95F2D6E32693019, "… mỹ s…"),
    "m1": (0xFFF2A1B5F66D9315, '":"'),
    "m2": (0x7C5B3E7474550538, '":)"'),
    "m3": (0xFB9814789B988615, '":)😂"'),
}
MASK = (1 << 64) - 1

vocabulary = st.sampled_from(
    [
        "Mỹ",
        "Nga",
        "đối thoại",
        "hạt nhân",
        "Hoà bình",
        "hòa bình",
        "TP.",
        "5",
        "12,5",
        ",",
        "“",
        "...",
        "a@b.vn",
        "và",
        ":)",
        "😂!",
    ]
)
zone_texts = st.lists(vocabulary, max_size=12).map(" ".join)
pages = st.builds(Page, id=st.just("x"), title=zone_texts, lead=zone_texts, body=zone_texts)


@pytest.fixture(scope="module")
def tokeniser(core):
    """One tokeniser that lives through all examples, as in a long run."""
    return Tokeniser()


@pytest.fixture(scope="module")
def other(core):
    """A segmenter that the tokeniser does not share."""
    return Segmenter()


def _occurrences(tokeniser, tokens, kinds):
    """(kind, string, hash, first position) of every term occurrence."""
    for terms in terms_of(tokens, tokeniser.lexicon, kinds):
        for at, (value, first) in enumerate(zip(terms.hashes.tolist(), terms.first.tolist(), strict=True)):
            yield terms.kind.name, terms.string(at), value, first


def _words(text, segmenter):
    """The words of a text as lists of normalised syllables, the slow and plain way."""
    if not text.strip():
        return []
    words = []
    for written in next(segmenter.segment([text])).split(" "):
        forms = [normalise(part) for part in written.split("_") if part]
        kept = [form for form in forms if form not in ("", NUMBER)]
        if kept:
            words.append(kept)
    return words


def _runs_of_marks(text, segmenter):
    """The marks of a text, those without a word between them together, the slow and plain way."""
    runs, after_word = [], True
    for syllable in next(segmenter.segment([text])).replace("_", " ").split() if text.strip() else []:
        form = normalise(syllable)
        is_mark = form == NUMBER or (not form and "@" not in syllable)
        if is_mark and after_word:
            runs.append([])
        if is_mark:
            runs[-1].append(form or syllable)
        after_word = not is_mark
    return runs


def _naive_counts(page, spec, segmenter):
    """The zone-weighted count of each (kind, term) in a page, the slow and plain way."""
    counted = Counter()
    for text, weight in zip(zones(page, spec.body_characters), spec.zone_weights, strict=True):
        words = _words(text, segmenter)
        parts = [part for word in words for part in word]
        runs = {
            "w": (" ", [["_".join(word) for word in words]]),
            "s": ("+", [parts]),
            "c": ("", [list(f" {' '.join(parts)} ")] if parts else []),
            "m": ("", _runs_of_marks(text, segmenter)),
        }
        for kind in spec.terms:
            size, (glue, sequences) = int(kind[1]), runs[kind[0]]
            for sequence in sequences:
                for start in range(len(sequence) - size + 1):
                    term = glue.join(sequence[start : start + size])
                    counted[kind, {"c": f"…{term}…", "m": f'"{term}"'}.get(kind[0], term)] += weight
    return counted


def test_hashes_are_the_same_on_every_machine_and_day(tokeniser):
    """Each kind of term has the hash that shipped models know it by."""
    tokens = tokeniser.tokenise([Page("x", body="Mỹ sẵn sàng đối thoại với Nga :)😂")], marks=True)
    found = {}
    for kind, string, value, _ in _occurrences(tokeniser, tokens, TERM_KINDS):
        found.setdefault(kind, (value, string))
    assert found == FROZEN
    assert word_hashes(["đối_thoại", "nga"]).tolist() == [0x29865D22BA0554E6, 0xA815B40A558FCEB1]


@given(st.lists(pages, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_term_has_one_hash_wherever_it_stands(tokeniser, many):
    """Neighbours, zones, pages and earlier texts make no difference; kinds and terms do."""
    known = {}
    for kind, string, value, _ in _occurrences(tokeniser, tokeniser.tokenise(many, marks=True), TERM_KINDS):
        assert known.setdefault((kind, string), value) == value
    assert len(set(known.values())) == len(known)
    words = [string for kind, string in known if kind == "w1"]
    assert word_hashes(words).tolist() == [known["w1", word] for word in words]


@given(
    st.lists(pages, min_size=1, max_size=5),
    st.lists(st.sampled_from(TERM_KINDS), min_size=1, max_size=3, unique=True),
    st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, 3.0])] * 4),
    st.sampled_from([0, 10, 25]),
)
@settings(max_examples=120, deadline=None)
def test_counts_are_those_of_a_plain_count(tokeniser, other, many, kinds, weights, opening):
    """count_terms finds, on any pages, exactly the terms and weighted counts that counting by hand finds."""
    spec = FeatureSpec(tuple(kinds), weights, opening)
    tokens = tokeniser.tokenise(many, opening, marks=spec.marks)
    names = {value: (kind, string) for kind, string, value, _ in _occurrences(tokeniser, tokens, kinds)}
    hashes = np.array(sorted(names), dtype=np.uint64)
    counts = count_terms(tokens, tokeniser.lexicon, TermTable(hashes), spec)
    assert counts.indptr.size == len(many) + 1
    for row, page in enumerate(many):
        part = slice(int(counts.indptr[row]), int(counts.indptr[row + 1]))
        columns = counts.columns[part].tolist()
        assert columns == sorted(set(columns))
        found = {names[int(hashes[c])]: v for c, v in zip(columns, counts.values[part].tolist(), strict=True)}
        assert found == pytest.approx(_naive_counts(page, spec, other))


def test_terms_outside_the_vocabulary_are_not_counted(tokeniser):
    """Only the table's terms have columns; a page without any is an empty row."""
    spec = FeatureSpec(terms=("w1",))
    tokens = tokeniser.tokenise([Page("a", body="Nga và Mỹ, Nga"), Page("b", body="và"), Page("c", body="Nga")])
    counts = count_terms(tokens, tokeniser.lexicon, TermTable(word_hashes(["nga"])), spec)
    assert (counts.indptr.tolist(), counts.columns.tolist(), counts.values.tolist()) == (
        [0, 1, 1, 2],
        [0, 0],
        [2.0, 1.0],
    )


def test_zones_have_their_weights_and_no_term_reaches_over_their_ends(tokeniser):
    """A word of the title counts as often as it is told to; "hạt" at a zone's end and "nhân" at the next one's start
    make no pair.
    """
    page = Page("x", title="Nga hạt", lead="nhân Nga", body="Nga Nga Nga")
    spec = FeatureSpec(terms=("w1", "w2", "s2"), zone_weights=(5.0, 3.0, 1.0, 0.5), body_characters=4)
    tokens = tokeniser.tokenise([page], spec.body_characters)
    strings = {string for _, string, _, _ in _occurrences(tokeniser, tokens, spec.terms)}
    assert "hạt+nhân" not in strings
    assert "hạt nhân" not in strings
    counts = count_terms(tokens, tokeniser.lexicon, TermTable(word_hashes(["nga"])), spec)
    assert counts.values.tolist() == [5 + 3 + 1 + 0.5 * 2]


def test_a_word_is_not_glued_to_what_stood_before_a_left_out_syllable(tokeniser):
    """pyvi joins a NUL to the syllable behind it; once the NUL is left out, nothing is joined to the word before it."""
    assert next(Segmenter().segment(["Nga a\x00b"])) == "Nga a \x00_b"
    tokens = tokeniser.tokenise([Page("x", body="Nga a\x00b")])
    assert [string for _, string, _, _ in _occurrences(tokeniser, tokens, ("w1",))] == ["nga", "a", "b"]


@given(st.integers(1, 40), st.integers(1, 12), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_tf_idf_is_scikit_learns(rows, columns, sublinear, random):
    """The same unit rows as TfidfTransformer on the same counts, with ln(1 + tf) for a sublinear tf."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer

    from training.fit.prior import inverse_document_frequency

    dense = np.array([[random.choice([0, 0, 0, 1, 2, 7.5]) for _ in range(columns)] for _ in range(rows)])
    matrix = csr_matrix(dense)
    counts = Counts(matrix.indptr.astype(np.int64), matrix.indices, matrix.data.astype(np.float32))
    idf = inverse_document_frequency((dense > 0).sum(axis=0), rows)
    found = tf_idf(counts, idf, FeatureSpec(sublinear=sublinear))
    theirs = TfidfTransformer().fit(matrix)
    assert idf == pytest.approx(theirs.idf_)
    expected = theirs.transform(csr_matrix(np.log1p(dense) if sublinear else dense)).toarray()
    assert csr_matrix((found.values, found.columns, found.indptr), shape=dense.shape).toarray() == pytest.approx(
        expected, abs=1e-6
    )


def test_rows_without_terms_stay_empty_in_tf_idf():
    """No division by the length of nothing, also where all counts are 0."""
    counts = Counts(np.array([0, 0, 1]), np.array([0], dtype=np.int32), np.zeros(1, dtype=np.float32))
    assert tf_idf(counts, np.ones(1, dtype=np.float32), FeatureSpec()).values.tolist() == [0.0]
    assert row_sums(np.array([1.0, 2.0, 4.0]), np.array([0, 0, 2, 2, 3])).tolist() == [0, 3, 0, 4]


MULTIPLIER = 0x9E3779B97F4A7C15


def _colliding(slot, count, size):
    """Different hashes that all fall into one slot of a table of `size` hashes."""
    bits = max(4, int(size * 3).bit_length())
    inverse = pow(MULTIPLIER, -1, 1 << 64)
    return [(((slot << (64 - bits)) | low) * inverse) & MASK for low in range(1, count + 1)]


@given(st.sets(st.integers(0, MASK), max_size=60), st.lists(st.integers(0, MASK), max_size=30), st.integers(0, 15))
@settings(max_examples=150, deadline=None)
def test_a_term_table_answers_as_a_dict(keys, others, slot):
    """Known hashes give their columns, all others -1, also where many fall into one slot or over the table's end."""
    crowded = _colliding(slot, 6, len(keys) + 6)
    every = [*sorted(keys), *(key for key in crowded if key not in keys)]
    plain = {key: column for column, key in enumerate(every)}
    asked = [*every, *others, *_colliding(slot, 9, len(every)), 0, MASK]
    found = TermTable(np.array(every, dtype=np.uint64), MULTIPLIER).columns(np.array(asked, dtype=np.uint64))
    assert found.tolist() == [plain.get(key, -1) for key in asked]


def test_a_crowded_end_of_the_table_goes_on_at_its_beginning():
    """Hashes of the last slot are found behind the wrap."""
    keys = _colliding(15, 5, 5)
    keys = keys[:5]
    table = TermTable(np.array(keys, dtype=np.uint64), MULTIPLIER)
    assert table.columns(np.array(keys, dtype=np.uint64)).tolist() == [0, 1, 2, 3, 4]


def test_hashes_chosen_for_one_multiplier_spread_in_every_table():
    """Sixty thousand that would all want one place of a table whose multiplier is known; a stranger knows none."""
    chosen = np.array(_colliding(7, 60_000, 60_000), dtype=np.uint64)
    for _ in range(3):
        table = TermTable(chosen)
        _, wanted = np.unique(table._slots(chosen), return_counts=True)
        assert wanted.max() < 600
        assert table.columns(chosen).tolist() == list(range(chosen.size))


def test_a_term_table_refuses_two_equal_hashes():
    """One of two terms with one hash could never be found."""
    with pytest.raises(ValueError, match="same hash"):
        TermTable(np.array([3, 4, 3], dtype=np.uint64))


def test_an_empty_vocabulary_knows_nothing(tokeniser):
    """No terms at all are a table too."""
    assert TermTable(np.zeros(0, dtype=np.uint64)).columns(np.array([0, 1, MASK], dtype=np.uint64)).tolist() == [-1] * 3
    assert word_hashes([]).size == 0
    tokens = tokeniser.tokenise([])
    assert (tokens.pages, tokens.syllables.size) == (0, 0)
    counts = count_terms(tokens, tokeniser.lexicon, TermTable(word_hashes(["nga"])), FeatureSpec())
    assert counts.indptr.tolist() == [0]


def test_a_lexicon_keeps_ids_and_hashes_as_it_grows():
    """Thousands of syllables later the first ones are what they were."""
    lexicon = Lexicon(["nga", "mỹ"])
    before = lexicon.hashes.copy()
    ids = [lexicon.id_of(f"x{number}") for number in range(5_000)]
    assert ids == list(range(3, 5_003))
    assert lexicon.hashes[:3].tolist() == before.tolist()
    assert np.unique(lexicon.hashes).size == 5_003
    assert lexicon.id_of("nga") == 1


def test_emptied_tables_change_no_feature(corpus_rows, monkeypatch):
    """With tiny limits both the runs' table and the lexicon are emptied again and again; the counts stay the same."""
    many = [Page(row["id"], row["title"], "", "", row["text"]) for row in corpus_rows[:60]]
    spec = FeatureSpec(terms=("w1", "s2"), zone_weights=(2.0, 1.0, 1.0, 0.5))
    whole = Tokeniser()
    tokens = whole.tokenise(many)
    found = np.unique(np.concatenate([terms.hashes for terms in terms_of(tokens, whole.lexicon, spec.terms)]))
    table = TermTable(found)
    expected = count_terms(tokens, whole.lexicon, table, spec)
    monkeypatch.setattr(features, "MAX_SYLLABLES", 100)
    monkeypatch.setattr(syllables, "MAX_RUNS", 80)
    small = Tokeniser()
    for row, page in enumerate(many):
        small.forget_if_full()
        counts = count_terms(small.tokenise([page]), small.lexicon, table, spec)
        part = slice(int(expected.indptr[row]), int(expected.indptr[row + 1]))
        assert counts.columns.tolist() == expected.columns[part].tolist()
        assert counts.values.tolist() == expected.values[part].tolist()
    assert small.segmenter.table.generation > 10
    assert len(small.lexicon.strings) < 100 + 400


def test_the_body_is_cut_at_a_whole_word():
    """The first characters up to a space are the opening; without spaces the cut is anywhere, of a short body there is
    none.
    """
    page = Page("x", "tiêu đề", lead="dẫn", body="một hai ba")
    assert zones(page) == ("tiêu đề", "dẫn", "một hai ba", "")
    assert zones(page, 7)[2:] == zones(page, 9)[2:] == ("một hai", "ba")
    assert zones(page, 10)[2:] == zones(page, 99)[2:] == ("một hai ba", "")
    assert zones(Page("x", body="a" * 50), 8)[2:] == ("a" * 8, "a" * 42)


def test_one_page_of_a_batch_stands_alone(tokeniser, corpus_rows):
    """A page cut out of a batch has the syllables, words and zones that it has by itself."""
    many = [Page(row["id"], row["title"], body=row["text"]) for row in corpus_rows[:12]]
    many.insert(5, Page("empty"))
    batch = tokeniser.tokenise(many, 100, marks=True)
    for number, page in enumerate(many):
        cut, alone = batch.page(number), tokeniser.tokenise([page], 100, marks=True)
        for name in ("syllables", "joined", "broken", "zone_ends"):
            assert getattr(cut, name).tolist() == getattr(alone, name).tolist()
        for name in ("ids", "broken", "ends"):
            assert getattr(cut.marks, name).tolist() == getattr(alone.marks, name).tolist()


def test_marks_are_terms_and_stand_in_the_way_of_no_words(tokeniser):
    """Punctuation, emoticons and numbers are counted apart, by runs; words, pairs and characters are what they were."""
    page = Page("x", title="Đẹp quá!!! 😂", body="giao 2 ngày, tệ :(")
    with_marks, without = (tokeniser.tokenise([page], marks=marks) for marks in (True, False))
    assert without.marks is None
    kinds = ("w1", "w2", "s2", "c3")
    assert list(_occurrences(tokeniser, with_marks, kinds)) == list(_occurrences(tokeniser, without, kinds))
    found = Counter(string for _, string, _, _ in _occurrences(tokeniser, with_marks, ("m1", "m2")))
    assert found == {'"!"': 3, '"😂"': 1, '"#"': 1, '","': 1, '":"': 1, '"("': 1, '"!!"': 2, '"!😂"': 1, '":("': 1}
    with pytest.raises(AssertionError, match="without marks"):
        list(terms_of(without, tokeniser.lexicon, ("m1",)))


def test_terms_are_shown_as_people_write_them():
    """Glue between syllables is a space; a mark that looks like it is not."""
    assert [readable(term) for term in ("đối_thoại cấp_cao", "s+m", '"_+"', "…g b…")] == [
        "đối thoại cấp cao",
        "s m",
        '"_+"',
        "…g b…",
    ]


def test_batches_of_pages_keep_all_of_them_in_order():
    """A stream of pages is cut, not reordered."""
    many = [Page(str(number), body="x" * 300_000) for number in range(10)]
    cut = list(page_batches(iter(many)))
    assert [page.id for batch in cut for page in batch] == [page.id for page in many]
    assert len(cut) > 1


def test_a_specification_comes_back_from_json():
    """What to_json writes from_json reads; anything else is refused."""
    spec = FeatureSpec(("w1", "s2"), (3.0, 2.0, 1.0, 0.5), 800, sublinear=False)
    assert FeatureSpec.from_json(spec.to_json()) == spec
    for changes in (
        {"terms": ["w9"]},
        {"terms": []},
        {"zone_weights": [1, 2, 1]},
        {"zone_weights": [1, 2, 1, -1]},
        {"zone_weights": [1, 2, 1, 1e39]},
        {"zone_weights": [1, 2, 1, math.nan]},
        {"zone_weights": None},
        {"body_characters": -1},
    ):
        with pytest.raises((ValueError, TypeError)):
            FeatureSpec.from_json({**spec.to_json(), **changes})
    with pytest.raises(KeyError):
        FeatureSpec.from_json({})
