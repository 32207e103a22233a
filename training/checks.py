"""Looks a labelled corpus over: copies, leaks into a test set, unusable texts, rare labels, likely wrong labels."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import NEAR, duplicate_pairs, find_copies, groups
from classifier.types import OTHER
from classifier.vietnamese.language import foreign_share
from classifier.wording import opening
from eval.scores.gold import reads_as
from training.damage import damages
from training.findings import Finding, ranked
from training.label_errors import QUICK, likely_label_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from classifier.duplicates.fingerprints import Fingerprints
    from classifier.duplicates.near_duplicates import Pairs
    from training.corpus import Article, Corpus

RARE = 10
"""Articles below which a label can neither be learned nor judged: two a fold of five."""
IMBALANCE = 10.0
"""How many times the smallest label that is not rare goes into the largest before it is worth saying."""
CHECKED = "checked"
"""The column in which a row names the codes a person has looked into and found to be in order."""


def check(
    corpus: Corpus,
    against: Corpus | None = None,
    *,
    similarity: float = NEAR,
    label_errors: bool | None = None,
    ignore: Collection[str] = (),
    seed: int = 13,
) -> list[Finding]:
    """Findings about a corpus, worst first; with `against`, also which of that corpus's articles stand in this one.

    similarity: share of 5-syllable shingles from which two texts are near-duplicates. label_errors: whether to train
    for CH501, which takes most of the time, by default up to QUICK articles. ignore: codes to leave out. seed: of the
    folds. An article whose column `checked` names a code is not reported under it.
    """
    prints = fingerprint(corpus.pages)
    pairs = duplicate_pairs(prints, similarity)
    findings = [*duplicates(corpus, prints, pairs), *texts(corpus, prints), *label_counts(corpus)]
    if against is not None:
        findings += leaks(corpus, prints, against, similarity)
    if label_errors is None:
        label_errors = len(corpus.articles) <= QUICK
    if label_errors and "CH501" not in ignore:
        for error in likely_label_errors(corpus, groups(pairs, len(prints)), least=RARE, seed=seed):
            if prints.sizes[error.article]:
                article = corpus.articles[error.article]
                message = f"is labelled {_gold_words(article)}, but reads like {error.other!r}"
                findings += _single("CH501", article, message, error.margin)
    return ranked(finding for finding in findings if finding.code not in ignore)


def duplicates(corpus: Corpus, prints: Fingerprints, pairs: Pairs) -> Iterator[Finding]:
    """CH101-CH103: each article that repeats an earlier one, beside the most similar, or one with another label."""
    articles = corpus.articles
    best: dict[int, tuple[bool, float, int]] = {}
    for first, second, near in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.similarity.tolist(), strict=True):
        found = (_gold(articles[first]) != _gold(articles[second]), near, -first)
        best[second] = max(best.get(second, found), found)
    for second, (conflict, near, first) in sorted(best.items()):
        exact = bool(prints.keys[second] == prints.keys[-first])
        code = "CH103" if conflict else "CH101" if exact else "CH102"
        yield from _pair(code, articles[second], articles[-first], near, exact=exact)


def leaks(corpus: Corpus, prints: Fingerprints, against: Corpus, similarity: float = NEAR) -> Iterator[Finding]:
    """CH201-CH203: each article of `against` that stands in `corpus`: a model trained there has seen the answer."""
    if corpus.of_sets or against.of_sets:  # each has its own first label of one set
        corpus, against = _without_order(corpus), _without_order(against)
    copies = find_copies(prints, fingerprint(against.pages), similarity)
    first_with_label: dict[tuple[int, tuple[str, frozenset[str]]], int] = {}
    for row, key in enumerate(prints.keys.tolist()):
        first_with_label.setdefault((key, _gold(corpus.articles[row])), row)
    for row in np.flatnonzero(copies.known >= 0).tolist():
        article, known, exact = against.articles[row], int(copies.known[row]), bool(copies.exact[row])
        if exact:  # of several copies rather the one with the same label
            known = first_with_label.get((int(prints.keys[known]), _gold(article)), known)
        other = corpus.articles[known]
        code = "CH203" if _gold(article) != _gold(other) else "CH201" if exact else "CH202"
        yield from _pair(code, article, other, float(copies.similarity[row]), exact=exact)


def texts(corpus: Corpus, prints: Fingerprints) -> Iterator[Finding]:
    """CH301-CH309: articles without words, with hardly any, in another language, or of damaged text."""
    sizes = prints.sizes
    tiny = tiny_below(sizes[sizes > 0])
    for article, size in zip(corpus.articles, sizes.tolist(), strict=True):
        if size == 0:
            yield from _single("CH301", article, "has no words")
        elif (share := foreign_share(article.page.text)) is not None:
            message = f"does not look Vietnamese: few accents, and {share:.0%} of its words cannot be"
            yield from _single("CH303", article, message, share)
        elif size < tiny:
            few = "1 syllable" if size == 1 else f"{size} syllables"
            yield from _single("CH302", article, f"has only {few}, too little to show a topic")
        for code, message in damages(article.page):
            yield from _single(code, article, message)


def tiny_below(sizes: NDArray[np.int32]) -> int:
    """How many syllables a text must have: a twentieth of the corpus's median, from 5 (for headlines) to 20."""
    return int(min(max(float(np.median(sizes)) / 20, 5), 20)) if sizes.size else 5


def label_counts(corpus: Corpus) -> Iterator[Finding]:
    """CH401-CH404: labels with too few articles, far apart in size, or spelt in two ways; each at its first article."""
    counts = {label: count for label, count in corpus.articles_with().items() if count}
    place = {
        label: article.page.source or article.page.id
        for article in reversed(corpus.articles)
        for label in (*article.topics, article.primary)
    }
    for label, count in counts.items():
        if count < RARE:
            share = f"{count} of {len(corpus.articles):,} articles"
            yield Finding("CH401", place[label], f"label {label!r} has {share}, too few to learn it or to check it")
    if len(counts) == 1:
        (label,) = counts
        yield Finding("CH403", place[label], f"every article is labelled {label!r}: there is nothing to tell apart")
    spelt: dict[str, str] = {}
    for label in sorted(counts, key=lambda label: (-counts[label], label)):
        common = spelt.setdefault(reads_as(label), label)
        if common != label:
            message = f"label {label!r} ({counts[label]:,}) is {common!r} ({counts[common]:,}) but for case or spacing"
            yield Finding("CH404", place[label], message)
    usual = {label: count for label, count in counts.items() if count >= RARE}
    if len(usual) > 1:
        largest, smallest = max(usual, key=usual.__getitem__), min(usual, key=usual.__getitem__)
        ratio = usual[largest] / usual[smallest]
        if ratio > IMBALANCE:
            sizes = f"{usual[largest]:,} against {usual[smallest]:,}"
            message = f"label {largest!r} has {ratio:.1f} times the articles of {smallest!r} ({sizes})"
            yield Finding("CH402", place[smallest], message, score=ratio)


def silenced(article: Article, code: str) -> bool:
    """Whether the article's column `checked` names the code (a list, or a string with codes in it)."""
    return code in re.findall(r"CH\d{3}", str(article.page.extra.get(CHECKED, "")))


def _without_order(corpus: Corpus) -> Corpus:
    return replace(corpus, articles=[replace(one, primary=min(one.topics, default=OTHER)) for one in corpus.articles])


def _gold(article: Article) -> tuple[str, frozenset[str]]:
    return article.primary, frozenset(article.topics)


def _gold_words(article: Article) -> str:
    further = [repr(topic) for topic in article.topics if topic != article.primary]
    return repr(article.primary) + (f" (and {', '.join(further)})" if further else "")


def _pair(code: str, article: Article, other: Article, near: float, *, exact: bool) -> Iterator[Finding]:
    if silenced(article, code):
        return
    message = "the same text" if exact else f"about {near:.0%} the same text"
    if _gold(article) != _gold(other):
        message += f", labelled {_gold_words(article)} here and {_gold_words(other)} there"
    page, there = article.page, other.page
    yield Finding(
        code=code,
        source=page.source or page.id,
        message=message,
        id=page.id,
        title=opening(page.title, page.text),
        other_source=there.source or there.id,
        other_id=there.id,
        score=near,
    )


def _single(code: str, article: Article, message: str, score: float | None = None) -> Iterator[Finding]:
    if not silenced(article, code):
        page = article.page
        yield Finding(code, page.source or page.id, message, page.id, opening(page.title, page.text), score=score)
