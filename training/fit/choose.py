"""What a corpus itself says of how it should be learned: kinds of terms, word vectors, C.

Known beforehand, measured on corpora of titles, sentences and whole articles (docs/model.md): syllables and their pairs
beside words are worth much on short texts and little on long ones; word vectors of real news the more, the fewer
articles there are; marks tell feelings and little else; and of C it depends. So a corpus of up to SAMPLE articles gets
the first two, and its own cross-validation chooses marks, C and, where it is small, how much vectors count. Of a larger
one a sample of that size is asked whether they pay: the larger the corpus, the clearer must be the answer, since they
cost time and memory with every article. No number of articles is a step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.counts import TermTable
from classifier.features.kinds import need_marks, terms_of, word_hashes
from classifier.vietnamese.background import background
from training.fit.calibrate import calibrated_apart
from training.fit.linear import out_of_fold_scores
from training.fit.matrix import TokenisedCorpus, tokenise
from training.fit.solvers import SOLVERS
from training.fit.spec import TrainingSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from training.corpus import Corpus

SAMPLE = 4_000
"""Articles that are asked."""
ENTRIES = 400_000
"""Articles times labels that are asked at most, but LEAST articles in any case."""
LEAST = 1_000
FOLDS = 3
MOST_CALIBRATED = 30
"""Labels up to which a specification is judged as calibrated: of more of them calibrating would take the longest."""
FEWER = 1_000
"""Articles below which the corpus is asked whether word vectors count more, the more the fewer it has."""
MOST_PRIOR = 4.0
"""What they count at most."""
KEPT = ("min_df", "max_terms", "folds", "balance")
"""What a user may have set, and `plain` has other usual values for."""
KNOWN = 0.25
"""Word vectors are of use where so many of the words have one: not in another language."""


def chosen(
    corpus: Corpus, tokens: TokenisedCorpus, spec: TrainingSpec, groups: Sequence[Hashable], plain: TrainingSpec
) -> TrainingSpec:
    """The specification with what was left open decided: `spec` or the cheaper `plain`, with or without word vectors,
    and C where it is 0.
    """
    articles = len(corpus.articles)
    size = min(articles, SAMPLE, max(LEAST, ENTRIES // len(corpus.labels)))
    rows = np.arange(articles)
    if size < articles:
        rows = np.sort(np.random.default_rng(spec.seed).permutation(articles)[:size])
        tokens = tokenise([corpus.articles[row].page for row in rows.tolist()], spec.features.body_characters)
    if spec.prior and known_share(tokens) < KNOWN:
        spec = replace(spec, prior=0.0)
    asked = _Asked(corpus, tokens, rows, [groups[row] for row in rows.tolist()])
    return scaled(decided(asked.hits, spec, plain, size, articles), size, articles, fixed=bool(spec.C))


def decided(
    hits_of: Callable[[TrainingSpec], NDArray[np.bool_]],
    spec: TrainingSpec,
    plain: TrainingSpec,
    size: int,
    articles: int,
) -> TrainingSpec:
    """The specification with what was left open decided for the `size` articles that were asked, of so many in all.

    hits_of: which of them (size,) a specification gets right.
    """
    values = (spec.C,) if spec.C else SOLVERS[spec.solver].strengths
    first = replace(spec, C=values[0])
    hits = hits_of(first)
    words = tuple(kind for kind in spec.features.terms if not need_marks((kind,)))
    if words != spec.features.terms:  # a comma is no reason that a reader wants to see, unless it pays
        without = replace(first, features=replace(spec.features, terms=words))
        theirs = hits_of(without)
        if not clearly_ahead(hits, theirs, 1.0):
            first, hits = without, theirs
    errors = min(1.0, float(np.log2(articles / size)))
    if size < articles:
        # What somebody asked for, such as other folds, is not undone by a choice that was left open.
        asked_for = {name: getattr(spec, name) for name in KEPT if getattr(spec, name) != getattr(TrainingSpec(), name)}
        cheaper = replace(plain, C=values[0], solver=spec.solver, seed=spec.seed, **asked_for)
        theirs = hits_of(cheaper)
        if not clearly_ahead(hits, theirs, errors):
            first, hits = cheaper, theirs
    more = stronger(first.prior, articles)
    if more > first.prior:  # much for sections of a paper, and too much for topics that share their words
        closer = replace(first, prior=more)
        theirs = hits_of(closer)
        if clearly_ahead(theirs, hits, 1.0):
            first, hits = closer, theirs
    best = first
    for value in values[1:]:
        other = replace(first, C=value)
        theirs = hits_of(other)
        if clearly_ahead(
            theirs, hits, -errors
        ):  # where a sample leaves it open, what C is scaled to would be too small
            best, hits = other, theirs
    return best


def stronger(prior: float, articles: int) -> float:
    """How much word vectors may count in a corpus of so few articles: times the root of FEWER through their number."""
    return round(min(max(MOST_PRIOR, prior), prior * float(np.sqrt(max(1.0, FEWER / max(1, articles))))), 3)


def scaled(spec: TrainingSpec, size: int, articles: int, *, fixed: bool = False) -> TrainingSpec:
    """The specification that `size` articles chose, for so many; a C that the user has fixed stays.

    C weighs the sum of the losses against the weights, and that sum grows with the articles. Its root is between what
    keeps the balance and what ignores it; on VNTC it leads from 1 on the sample to 0.34, where 0.3 is best.
    """
    if fixed or size == articles:
        return spec
    return replace(spec, C=round(spec.C * float(np.sqrt(size / articles)), 3))


def clearly_ahead(hits: NDArray[np.bool_], theirs: NDArray[np.bool_], errors: float) -> bool:
    """Whether the first are ahead by so many standard errors of the paired difference."""
    won, lost = int((hits & ~theirs).sum()), int((theirs & ~hits).sum())
    return bool(won - lost >= errors * np.sqrt(won + lost))


def known_share(tokens: TokenisedCorpus) -> float:
    """The share of the corpus's words that real news has a vector for."""
    table = TermTable(word_hashes(background().words))
    known = total = 0
    for batch in tokens.batches:
        for terms in terms_of(batch, tokens.lexicon, ("w1",)):
            known += int((table.columns(terms.hashes) >= 0).sum())
            total += terms.hashes.size
    return known / max(1, total)


class _Asked:
    """A sample of a corpus that says which of its articles a specification gets right."""

    def __init__(
        self, corpus: Corpus, tokens: TokenisedCorpus, rows: NDArray[np.int64], groups: list[Hashable]
    ) -> None:
        self.tokens = tokens
        articles = [corpus.articles[row] for row in rows.tolist()]
        self.corpus = replace(corpus, articles=articles, skipped=[])
        self.primaries = [article.primary for article in articles]
        self.labels = sorted(set(self.primaries))
        place = {label: number for number, label in enumerate(self.labels)}
        self.targets = np.zeros((len(articles), len(self.labels)), dtype=bool)
        for row, article in enumerate(articles):
            for topic in {article.primary, *article.topics} & place.keys():
                self.targets[row, place[topic]] = True
        self.groups = groups if len(set(groups)) >= FOLDS else list(range(len(articles)))

    def hits(self, spec: TrainingSpec) -> NDArray[np.bool_]:
        """(n,) whether what is likeliest, by machine and calibration of the other folds, is a topic of the article."""
        from training.fit.fitting import design

        made = design(self.tokens, spec)
        if len(self.labels) < 2 or not made.vocabulary.terms:
            return np.zeros(len(self.primaries), dtype=bool)
        folds = replace(spec, folds=FOLDS)
        scores = out_of_fold_scores(made.features, self.targets, self.primaries, folds, self.groups)
        if not self.corpus.of_sets and len(self.labels) <= MOST_CALIBRATED:
            scores = calibrated_apart(scores, self.corpus, self.labels, folds, self.groups)
        right: NDArray[np.bool_] = self.targets[np.arange(len(scores)), scores.argmax(axis=1)]
        return right
