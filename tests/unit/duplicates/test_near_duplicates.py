"""Guards the fingerprints of texts and the search for copies and near-copies by them."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.duplicates.fingerprints import SHINGLE, Fingerprints, fingerprint
from classifier.duplicates.near_duplicates import (
    Pairs,
    duplicate_groups,
    duplicate_pairs,
    find_copies,
    groups,
    near_pairs,
    similarity,
)
from classifier.types import Page


def text(seed, length=120):
    """Random words, so that no two seeds share five in a row but by chance."""
    return " ".join(f"chữ{number}" for number in np.random.default_rng(seed).integers(0, 2_000, length))


def edited(original, changes, seed=0):
    """The text with so many of its words exchanged."""
    words = original.split()
    for at in np.random.default_rng(seed).choice(len(words), changes, replace=False):
        words[at] = f"khác{at}"
    return " ".join(words)


def prints(*texts):
    return fingerprint(Page(str(i), body=body) for i, body in enumerate(texts))


def rows(found):
    return [found.sizes.tolist(), found.keys.tolist(), found.sketches.tolist()]


def jaccard(one, other):
    """The similarity that sketches estimate, worked out with sets."""
    a, b = (
        {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
        for words in (re.findall(r"[^\W_]+", each.lower()) for each in (one, other))
    )
    return len(a & b) / len(a | b)


def pairs_of(*links):
    first, second = np.array(links, dtype=np.int64).reshape(-1, 2).T
    return Pairs(first, second, np.ones(len(links)))


def test_case_punctuation_spacing_and_normal_form_do_not_count():
    """The same words give the same fingerprint however they are set."""
    plain = "Tổng thống Mỹ hoà giải với Nga tại Genève ngày 25"
    variants = [
        plain.upper(),
        unicodedata.normalize("NFD", plain),
        "“Tổng thống\tMỹ” – hoà giải,\n\nvới Nga… (tại Genève; ngày 25)!",
    ]
    expected = rows(prints(plain))
    for variant in variants:
        assert rows(prints(variant)) == expected


def test_it_does_not_matter_where_the_title_ends():
    """An article whose first sentence stands in the title, the lead or the body is one article."""
    whole = fingerprint([Page("a", body="Một hai ba. Bốn năm sáu bảy. Tám chín.")])
    parted = fingerprint([Page("b", title="Một hai ba.", lead="Bốn năm sáu bảy.", body="Tám chín.")])
    assert rows(whole) == rows(parted)


def test_order_of_words_and_numbers_count():
    """Two tables that differ in one figure, or two texts with words swapped, are not the same text."""
    keys = prints("Tỷ giá hôm nay 23 450 đồng", "Tỷ giá hôm nay 23 460 đồng", "Tỷ giá nay hôm 23 450 đồng").keys
    assert len(set(keys.tolist())) == 3


def test_fingerprints_are_what_they_were_when_models_stored_them():
    """A changed fingerprint would silently find no leak in any model made before: then bump the seed and the schema."""
    found = prints("Nga và Mỹ gia hạn hiệp ước cắt giảm vũ khí chiến lược thêm năm năm.", "Syria")
    digest = hashlib.sha256(found.keys.astype("<u8").tobytes() + found.sketches.tobytes()).hexdigest()
    assert found.sizes.tolist() == [16, 1]
    assert digest == "f4b00884010f570eb7814a2af083945eb46572b664f3aa1c4eaa85888ac9a970"


def test_a_fingerprint_depends_on_its_text_alone():
    """Neighbours and the cutting into batches (over a million characters here) change nothing."""
    texts = [text(seed, length) for seed, length in enumerate([1, 3, 5, 400, 60_000, 2, 90_000, 40])] + ["", "…"]
    together = prints(*texts)
    for number, body in enumerate(texts):
        alone = prints(body)
        assert alone.keys[0] == together.keys[number]
        assert alone.sketches[0].tolist() == together.sketches[number].tolist()


@given(st.lists(st.text(alphabet=st.characters(), max_size=40), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_fingerprint(texts):
    """Emoji, lone surrogates, NULs, nothing at all: a row for every text, zeros exactly where there are no words."""
    found = prints(*texts)
    assert found.sketches.shape == (len(texts), 64)
    assert len(found) == found.keys.size == len(texts)
    assert [size == 0 for size in found.sizes] == [
        not any(c.isalnum() for c in t if ord(c) < 0x10000) for t in (unicodedata.normalize("NFC", t) for t in texts)
    ]
    assert ((found.sizes == 0) == ~found.sketches.any(axis=1)).all()
    assert (found.keys[found.sizes == 0] == 0).all()


def test_texts_without_words_are_nobodys_copies():
    """Two empty texts are not duplicates of each other, neither here nor across corpora."""
    empty = prints("", "…", "!!!", "Một bài có chữ hẳn hoi")
    assert duplicate_pairs(empty).first.size == 0
    assert duplicate_groups(empty).tolist() == [0, 1, 2, 3]
    assert find_copies(empty, prints("", "?")).known.tolist() == [-1, -1]
    assert duplicate_pairs(prints("", "", "…")).first.size == 0


def test_texts_shorter_than_a_shingle_are_compared_whole():
    """Of one to four syllables only the same text is similar."""
    found = prints("Syria", "Nga", "Syria!", "Mỹ và Nga", "mỹ, và nga", "Mỹ và Iran")
    pairs = near_pairs(found.sketches, threshold=0.5)
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(0, 2), (3, 4)]


@pytest.mark.parametrize("length", [12, 40, 150, 600])
def test_the_estimate_is_the_jaccard_similarity(length):
    """Over 300 edited texts the estimate is unbiased and its error is that of 64 draws, for short texts too."""
    originals = [text(seed, length) for seed in range(300)]
    changed = [edited(body, seed % max(2, length // 12), seed) for seed, body in enumerate(originals)]
    true = np.array([jaccard(a, b) for a, b in zip(originals, changed, strict=True)])
    error = similarity(prints(*originals).sketches, prints(*changed).sketches) - true
    assert abs(error.mean()) < 0.015
    assert error.std() < 0.07


def test_planted_near_copies_are_found_and_nothing_else():
    """Every text with one word in 60 changed is paired with its original; unrelated texts are not."""
    originals = [text(seed) for seed in range(400)]
    copies = {len(originals) + n: n * 3 for n in range(100)}
    found = prints(*originals, *(edited(originals[source], 2, source) for source in copies.values()))
    pairs = near_pairs(found.sketches, threshold=0.7)
    assert {second: first for first, second in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)} == copies
    assert pairs.first.size == 100
    assert (pairs.similarity >= 0.7).all()


def test_pairs_between_two_corpora_are_those_across():
    """With two sides no pair stays within one, and every text with the same sketch gets its pairs."""
    known = prints(*(text(seed) for seed in range(50)), text(7), text(7))
    new = prints(text(100), edited(text(3), 2), text(7), text(7), text(101), "")
    pairs = near_pairs(known.sketches, new.sketches, threshold=0.7)
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(3, 1), (7, 2), (7, 3)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=25), st.randoms())
@settings(max_examples=40, deadline=None)
def test_who_belongs_together_does_not_depend_on_the_order(specs, shuffler):
    """Shuffled articles fall into the same groups."""
    texts = [edited(text(seed, 60), changes, changes) for seed, changes in specs]
    order = list(range(len(texts)))
    shuffler.shuffle(order)
    before = duplicate_groups(prints(*texts), 0.6)
    after = duplicate_groups(prints(*(texts[i] for i in order)), 0.6)
    together = {(i, j) for i in range(len(texts)) for j in range(len(texts)) if before[i] == before[j]}
    shuffled = {(order[i], order[j]) for i in range(len(texts)) for j in range(len(texts)) if after[i] == after[j]}
    assert together == shuffled


def test_a_hundred_thousand_copies_make_a_hundred_thousand_pairs():
    """Identical texts cost linear time and space, within one corpus and between two."""
    one = prints(text(1), text(2))
    many = Fingerprints(*(np.repeat(part, 100_000, axis=0) for part in (one.sizes, one.keys, one.sketches)))
    assert near_pairs(many.sketches).first.size == 199_998
    assert duplicate_groups(many).tolist() == [0] * 100_000 + [1] * 100_000
    copies = find_copies(many, many)
    assert copies.exact.all()
    assert set(copies.known.tolist()) == {0, 100_000}


def test_a_crowd_of_near_copies_stays_linear_and_together():
    """5,000 versions that all share most bytes: each is compared with a few, and they end up in one group."""
    generator = np.random.default_rng(5)
    sketches = np.tile(prints(text(1)).sketches, (5_000, 1))
    sketches[np.arange(5_000)[:, None], generator.integers(0, 64, (5_000, 3))] = generator.integers(0, 256, (5_000, 3))
    pairs = near_pairs(sketches)
    assert pairs.first.size <= 5_000 * 16 * 8
    assert groups(pairs, 5_000).max() == 0


@given(st.integers(0, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_groups_are_the_connected_components(texts, links):
    """As a plain walk over the links finds them, numbered as they first occur."""
    links = [(a, b) for a, b in links if a < texts and b < texts]
    expected, numbers = [-1] * texts, 0
    for start in range(texts):
        if expected[start] >= 0:
            continue
        reached = {start}
        while True:
            more = {y for pair in links for x, y in (pair, pair[::-1]) if x in reached} - reached
            if not more:
                break
            reached |= more
        for member in reached:
            expected[member] = numbers
        numbers += 1
    assert groups(pairs_of(*links), texts).tolist() == expected


def test_a_long_chain_in_any_order_is_one_group():
    """A chain of 100,000 links, shuffled, neither loops nor breaks."""
    order = np.random.default_rng(3).permutation(100_000)
    pairs = Pairs(order[:-1], order[1:], np.ones(99_999))
    assert groups(pairs, 100_000).max() == 0


def test_copies_across_corpora_prefer_the_exact_and_then_the_most_similar():
    """An equal text wins over a similar one, a more similar over a less similar, the first of equals."""
    base = text(1)
    known = prints(edited(base, 5), edited(base, 1), base, base, text(2))
    copies = find_copies(known, prints(base.upper(), edited(base, 2, 9), text(3)), threshold=0.5)
    assert copies.known.tolist()[0] == 2
    assert copies.exact.tolist() == [True, False, False]
    assert copies.similarity[0] == 1
    assert copies.known[1] in (1, 2)
    assert 0.5 <= copies.similarity[1] < 1
    assert copies.known[2] == -1
    assert copies.similarity[2] == 0


def test_nothing_to_compare_gives_nothing():
    """Empty corpora on either side."""
    none, some = prints(), prints(text(1), text(2))
    assert near_pairs(none.sketches).first.size == 0
    assert near_pairs(none.sketches, some.sketches).first.size == 0
    assert near_pairs(some.sketches, none.sketches).first.size == 0
    assert duplicate_groups(none).size == 0
    assert find_copies(none, some).known.tolist() == [-1, -1]
    assert find_copies(some, none).known.size == 0
