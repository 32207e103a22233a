"""Guards that both cores give the same results to the last bit: words, tokens, counts, weights, scores, predictions."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier import core
from classifier.features.counts import TermTable, count_terms, row_products, tf_idf
from classifier.features.kinds import TERM_KINDS, terms_of
from classifier.features.spec import FeatureSpec
from classifier.features.tokens import Tokeniser
from classifier.types import Page
from classifier.vietnamese import syllables
from classifier.vietnamese.segmenter import Segmenter

if core._built() is None:
    pytest.skip("the native core was not built here", allow_module_level=True)

PIECES = (
    *("Việt Nam", "hạt nhân", "TP.HCM", "“Mỹ”,", "(Nga).", "3,5%", "a@b.vn", "==>", "\n", "\x00", "\ud800", "U.S.A."),
    *("Đ.", "http://x.vn/a?b=c", "\u3000", "\u2028", "漢字", "\U0001f600", "e\u0301", "İ", "...", '"', "(", "x" * 300),
)
pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=6))
lines = st.lists(st.tuples(pieces, st.sampled_from(("", " ", ",", ".", "\n", "_"))), max_size=40).map(
    lambda pairs: "".join(a + b for a, b in pairs)
)
pages = st.lists(st.builds(Page, id=st.just("x"), title=lines, lead=lines, body=lines), min_size=1, max_size=4)


@contextmanager
def using(name):
    """The core of this name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUDE_CORE", name)
        assert core.chosen() == name
        yield


def _segmenter(name):
    with using(name):
        return Segmenter()


@pytest.fixture(scope="module")
def segmenters():
    """One segmenter of each core, which live through all examples."""
    return [_segmenter(name) for name in core.CORES]


@given(st.lists(lines, max_size=6))
@example(["a@b.c", "", " ", "\n\n", "\x00" * 9])
@settings(max_examples=200, deadline=None)
def test_any_text_has_the_same_words(segmenters, many):
    """Any Unicode with lone surrogates and NULs; syllables, joints and pads as well as what is written."""
    pure, native = ([*each.segment(many)] for each in segmenters)
    assert pure == native
    pure, native = (each.encode(many) for each in segmenters)
    assert [pure.table.syllables[i] for i in pure.ids] == [native.table.syllables[i] for i in native.ids]
    assert (pure.joined.tolist(), pure.pads.tolist()) == (native.joined.tolist(), native.pads.tolist())


@pytest.mark.parametrize("piece", ["a", "a ", "Việt ", "\n", "a.", "-", "\x00", "\ud800", "“a”, "])
def test_a_line_without_end_has_the_same_words(segmenters, piece):
    """A hundred thousand times one piece: tables grow in the middle of a text."""
    text = piece * (100_000 // len(piece))
    pure, native = ([*each.segment([text, "Việt Nam", text])] for each in segmenters)
    assert pure == native


@given(lines)
@settings(max_examples=60, deadline=None)
def test_forgetting_changes_nothing(text):
    """Tables with tiny limits forget between texts; the words stay, also those of entries cut into several."""
    many = [text, "Hội đồng Bảo an", text + " 1.5,", "", text[::-1]] * 2
    expected = [*_segmenter(core.PURE).segment(many)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syllables, "MAX_RUNS", 8)
        machine = _segmenter(core.NATIVE)
        assert [next(machine.segment([each])) for each in many] == expected


def _rows(name, many, spec, seed):
    """(tokens, counts, tf-idf rows, scores) of pages, for a vocabulary of most of their terms."""
    with using(name):
        tokeniser = Tokeniser()
        tokens = tokeniser.tokenise(many, spec.body_characters, marks=spec.marks)
        hashes = np.unique(np.concatenate([t.hashes for t in terms_of(tokens, tokeniser.lexicon, spec.terms)]))
        rng = np.random.default_rng(seed)
        table = TermTable(hashes[rng.random(hashes.size) < 0.9])
        idf = rng.random(table.size, dtype=np.float32) + np.float32(1)
        counts = count_terms(tokens, tokeniser.lexicon, table, spec)
        rows = tf_idf(counts, idf, spec)
        weights = rng.standard_normal((table.size, 3), dtype=np.float32)
        strings = [[tokeniser.lexicon.strings[i] for i in tokens.syllables], tokens.joined, tokens.broken]
        return strings, tokens.zone_ends, hashes, counts, rows, row_products(rows, weights)


@given(
    pages,
    st.lists(st.sampled_from(TERM_KINDS), min_size=1, max_size=12, unique=True),
    st.tuples(*[st.sampled_from([0.0, 0.1, 1.0, 3.3])] * 4),
    st.sampled_from([0, 15]),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_features_and_scores_are_equal_bit_for_bit(many, kinds, weights, opening, sublinear):
    """Every kind of term, any weights of zones: the same arrays with the same bytes."""
    spec = FeatureSpec(tuple(kinds), weights, opening, sublinear)
    pure, native = (_rows(name, many, spec, seed=len(many)) for name in core.CORES)
    assert [[*part] for part in pure[0]] == [[*part] for part in native[0]]
    assert (pure[1].tolist(), pure[2].tolist()) == (native[1].tolist(), native[2].tolist())
    for one, other in zip(pure[3:5], native[3:5], strict=True):
        for name in ("indptr", "columns", "values"):
            assert getattr(one, name).dtype == getattr(other, name).dtype
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert pure[5].tobytes() == native[5].tobytes()


@pytest.mark.parametrize("arguments", [("--format", "jsonl", "--explain", "5"), ("--format", "csv")])
def test_a_command_writes_the_same_bytes(chude, corpus_rows, tmp_path, arguments):
    """`chude predict` on articles of the built-in corpus, with the default model."""
    import json

    source = tmp_path / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in corpus_rows[::9]), encoding="utf-8")
    found = []
    for name in core.CORES:
        with using(name):
            found.append(chude("predict", str(source), *arguments).out)
    assert found[0] == found[1]
    assert found[0]
