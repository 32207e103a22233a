"""The trained model: pages in, calibrated topics and the words that decided them out. Needs numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classifier import given
from classifier.errors import UsageError
from classifier.features.counts import Counts, TermTable, count_terms, row_products, tf_idf
from classifier.features.kinds import readable, terms_of
from classifier.features.tokens import Tokeniser, page_batches
from classifier.model.conformal import least_share
from classifier.model.known import ENOUGH, Known, certainty, shares_of_labels
from classifier.types import OTHER, Page, Prediction, Reason, TopicScore
from classifier.vietnamese.segmenter import Segmenter, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from classifier.features.spec import FeatureSpec
    from classifier.features.tokens import Tokens
    from classifier.model.calibration import Calibration


PASSAGE = 600
"""Characters of a passage: paragraphs are joined until they have so many."""
MOST_SCORES = 1_000_000
"""Pages times labels that are worked at together: with thousands of labels a batch is fewer pages."""
PASSAGE_THRESHOLD = 0.95
"""A passage names a further topic of its page where it is so sure by itself."""
PASSAGE_SHARE = 0.45
"""Where title and opening say "other", a sure passage speaks for the page if its topic has so much of all passages."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch of n pages with what a model of L labels says of them.

    probabilities (n, L), order (n, L): the labels, most likely first; applies (n, L): which labels apply, each by
    itself; known (n,): the share of known syllables; tokens and rows: what these were computed from.
    """

    pages: Sequence[Page]
    probabilities: NDArray[np.float64]
    order: NDArray[np.int64]
    applies: NDArray[np.bool_]
    known: NDArray[np.float64]
    tokens: Tokens
    rows: Counts


class Named(NamedTuple):
    """What one page is labelled as; `likely` has the probability of each label, `order` the labels' numbers, most
    likely first.
    """

    topic: str
    probability: float
    secondary: tuple[str, ...]
    known: float
    likely: list[float]
    order: list[int]


class Model:
    """A linear topic model over hashed terms.

    labels: L names; hashes (V,), idf (V,), weights (V, L), intercepts (L,): scores are tf-idf rows @ weights +
    intercepts. info: what `model.json` says about its making. Not thread-safe: one per thread.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        features: FeatureSpec,
        hashes: NDArray[np.uint64],
        idf: NDArray[np.float32],
        weights: NDArray[np.float32],
        intercepts: NDArray[np.float32],
        calibration: Calibration,
        display_names: Mapping[str, str] | None = None,
        info: Mapping[str, Any] | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self.features = features
        self.hashes, self.idf, self.weights, self.intercepts = hashes, idf, weights, intercepts
        self.calibration = calibration
        self.display_names = dict(display_names or {})
        self.info: dict[str, Any] = dict(info or {})
        self._table: TermTable | None = None
        self._known: Known | None = None
        self._tokeniser: Tokeniser | None = None

    @property
    def tokeniser(self) -> Tokeniser:
        """The model's own tokeniser, made at first use."""
        if self._tokeniser is None:
            self._tokeniser = Tokeniser(Segmenter())
        return self._tokeniser

    def without_caches(self) -> Model:
        """A copy that is small to send to another process: no tables, no segmenter."""
        return Model(
            labels=self.labels,
            features=self.features,
            hashes=self.hashes,
            idf=self.idf,
            weights=self.weights,
            intercepts=self.intercepts,
            calibration=self.calibration,
            display_names=self.display_names,
            info=self.info,
        )

    def predict(
        self,
        pages: Iterable[Page | str | Mapping[str, Any]],
        *,
        threshold: float | None = None,
        explain: int = 0,
        cover: float | None = None,
    ) -> list[Prediction]:
        """Labels each of a list of pages, texts, or dicts with a `text` (and `title`, `id`); see `iter_predict`."""
        return list(self.iter_predict(pages, threshold=threshold, explain=explain, cover=cover))

    def iter_predict(
        self,
        pages: Iterable[Page | str | Mapping[str, Any]],
        *,
        threshold: float | None = None,
        explain: int = 0,
        cover: float | None = None,
    ) -> Iterator[Prediction]:
        """Labels a stream of pages in order, a batch at a time, in steady memory.

        threshold: least probability in [0, 1] at which a topic is named (the model's own unless given). explain: how
        many reasons each prediction carries (0: none). cover: in (0, 1), how often the set of topics that each then
        carries is to hold the right one. Raises UsageError for another threshold or cover, and for a model that knows
        no sets; TypeError for a page that is not in a list and for what is no page.
        """
        least = None if cover is None else self.least_share(cover)
        if threshold is not None and not 0 <= threshold <= 1:
            raise UsageError("threshold", f"{threshold} is not between 0 and 1", "give a probability")
        for batch in self.batches(given.pages(pages)):
            found = self._predict_batch(batch, threshold, explain)
            yield from found if least is None else (_covering(one, least) for one in found)

    def least_share(self, cover: float) -> float:
        """The least probability of the topics in the sets of `classifier.model.conformal`; errors as `iter_predict`."""
        if not 0 < cover < 1:
            raise UsageError("cover", f"{cover} is not between 0 and 1", "give a share, as 0.95")
        scores = self.info.get("real_news") or self.info.get("cross_validated") or {}
        if "conformal" not in scores:
            what = "this model does not know how sure it was of articles left out"
            raise UsageError("", what, "train it again; a model of sets of labels has no sets of its own")
        return least_share(scores["conformal"], cover)

    def batches(self, pages: Iterable[Page]) -> Iterator[list[Page]]:
        """The pages cut into lists that are best labelled together, in steady memory whatever the number of labels."""
        most = max(1, MOST_SCORES // len(self.labels))
        for batch in page_batches(pages):
            yield from (batch[first : first + most] for first in range(0, len(batch), most))

    def judged(self, pages: Sequence[Page]) -> Judged:
        """What the model says of one batch of pages, as arrays; see `batches` for cutting a stream."""
        self.tokeniser.forget_if_full()  # here, where no tokens are in use, and not below
        tokens, rows = self._rows(pages)
        scores = self._scores(rows)
        known = self._known_shares(tokens)
        probabilities = self._primary(scores, known)
        applies = (
            self._certainty(known)[:, None] * self.calibration.applies(scores) >= self.calibration.secondary_threshold
        )
        named, speaks = self._passages(pages, probabilities)
        applies |= named
        for number, passage in speaks.items():
            # Right in about half of such pages of the labelled real news, which is what the mean comes to.
            probabilities[number] = (probabilities[number] + passage) / 2
        return Judged(pages, probabilities, _most_likely_first(probabilities), applies, known, tokens, rows)

    def _predict_batch(self, pages: Sequence[Page], threshold: float | None, explain: int) -> list[Prediction]:
        return self.predictions(self.judged(pages), threshold, explain)

    def predictions(self, judged: Judged, threshold: float | None = None, explain: int = 0) -> list[Prediction]:
        """The predictions of a batch; `threshold` and `explain` as for `iter_predict`."""
        predictions: list[Prediction] = []
        for page, named in zip(judged.pages, self.named(judged, threshold), strict=True):
            topics = tuple([TopicScore(self.labels[i], named.likely[i]) for i in named.order])
            reasons = None
            if explain:
                label = self.labels.index(named.topic) if named.topic in self.labels else None
                found = self._reasons(judged.tokens, judged.rows, len(predictions), label)
                reasons = tuple(found[:explain])
            said = named.topic, named.probability, topics, named.secondary
            predictions.append(Prediction(page.id, *said, page.title, page.source, reasons, named.known))
        return predictions

    def named(self, judged: Judged, threshold: float | None) -> Iterator[Named]:
        """What each page of a batch is labelled as; a topic is named from `threshold` on (None: the model's own)."""
        least = self.calibration.threshold if threshold is None else threshold
        other = self.labels.index(OTHER) if OTHER in self.labels else None
        anything = np.logical_or.reduce(judged.applies, axis=1).tolist()
        known = judged.known.tolist()
        for number, (likely, order) in enumerate(
            zip(judged.probabilities.tolist(), judged.order.tolist(), strict=True)
        ):
            topic, probability = self._topic(order[0], likely[order[0]], least), likely[order[0]]
            if topic != self.labels[order[0]]:
                # Without an "other" of its own the model can only say how unlikely the likeliest label is.
                probability = 1.0 - probability if other is None else likely[other]
            secondary: tuple[str, ...] = ()
            if anything[number]:
                further = judged.applies[number].tolist()
                secondary = tuple(
                    [self.labels[i] for i in order if further[i] and self.labels[i] not in (OTHER, topic)]
                )
            yield Named(topic, probability, secondary, known[number], likely, order)

    def scores(self, pages: Iterable[Page]) -> NDArray[np.float64]:
        """(n, L) uncalibrated scores of each label against the rest: margins of an SVM, log-odds of a logistic one."""
        parts = []
        for batch in self.batches(pages):
            self.tokeniser.forget_if_full()
            parts.append(self._scores(self._rows(batch)[1]))
        return np.concatenate(parts) if parts else np.zeros((0, len(self.labels)))

    def topics_of_groups(self, groups: Sequence[Sequence[Page]]) -> list[str]:
        """The label of each of many groups, none empty, of short texts about one thing: of their mean probabilities."""
        pages = (page for group in groups for page in group)
        shares = np.concatenate([self._shares(batch) for batch in self.batches(pages)])
        ends = np.cumsum([len(group) for group in groups])[:-1]
        means = [part.mean(axis=0) for part in np.split(shares, ends)]
        return [self._topic(int(mean.argmax()), float(mean.max()), self.calibration.threshold) for mean in means]

    def _topic(self, likeliest: int, probability: float, least: float) -> str:
        """The label that a text gets by its likeliest one."""
        return self.labels[likeliest] if probability >= least else OTHER

    def explain(self, page: Page | str | Mapping[str, Any], topic: str | None = None) -> list[Reason]:
        """The terms that carried `topic` (default: the predicted one), strongest first, for (+) and against (-).

        The weights of all reasons and the label's intercept add up to its score.
        """
        page = given.page_of(page, call="explain")
        topic = topic or self.predict([page])[0].topic
        tokens, rows = self._rows([page])
        if topic not in self.labels:
            return []
        return self._reasons(tokens, rows, 0, self.labels.index(topic))

    def _shares(self, pages: Sequence[Page]) -> NDArray[np.float64]:
        """(n, L) the probabilities of one batch of texts."""
        tokens, rows = self._rows(pages)
        return self._primary(self._scores(rows), self._known_shares(tokens))

    def _primary(self, scores: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, L) calibrated probabilities, which fall towards the labels' shares in training where little is known."""
        probabilities = self.calibration.primary(scores)
        kept = self._certainty(known)
        (less,) = np.nonzero(kept < 1)
        if less.size:
            at_hand = shares_of_labels(self.labels, self.info.get("articles_by_topic", {}))
            probabilities[less] = kept[less, None] * probabilities[less] + (1 - kept[less, None]) * at_hand
        return probabilities

    def _certainty(self, known: NDArray[np.float64]) -> NDArray[np.float64]:
        return certainty(known, self.info.get("usual_known", ENOUGH))

    def _known_shares(self, tokens: Tokens) -> NDArray[np.float64]:
        if self._known is None:
            self._known = Known(self._term_table())
        return self._known.shares(tokens, self.tokeniser.lexicon)

    def _term_table(self) -> TermTable:
        if self._table is None:
            self._table = TermTable(self.hashes)
        return self._table

    def _rows(self, pages: Sequence[Page]) -> tuple[Tokens, Counts]:
        tokeniser = self.tokeniser
        tokens = tokeniser.tokenise(pages, self.features.body_characters, marks=self.features.marks)
        counts = count_terms(tokens, tokeniser.lexicon, self._term_table(), self.features)
        return tokens, tf_idf(counts, self.idf, self.features)

    def _scores(self, rows: Counts) -> NDArray[np.float64]:
        return row_products(rows, self.weights) + self.intercepts

    def _passages(
        self, pages: Sequence[Page], whole: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], dict[int, NDArray[np.float64]]]:
        """(n, L) which topics a passage of a page is about by itself: a later paragraph can make a further topic. And
        of pages that as a whole are "other" but mostly about one topic, the passage that is surest of it: its row (L,).

        whole (n, L): the pages' own probabilities.
        """
        found = np.zeros((len(pages), len(self.labels)), dtype=bool)
        speaks: dict[int, NDArray[np.float64]] = {}
        if self.calibration.secondary_threshold > 1:  # exclusive labels
            return found, speaks
        owners, parts = [], []
        for number, page in enumerate(pages):
            body = nfc(page.body)
            if len(body) > PASSAGE:
                cut = passages(body)
                parts += [Page(id="", body=passage) for passage in cut]
                owners += [number] * len(cut)
        if not parts:
            return found, speaks
        most = max(1, MOST_SCORES // len(self.labels))
        chunks = (parts[first : first + most] for first in range(0, len(parts), most))
        shares = np.concatenate([self._shares(chunk) for chunk in chunks])
        of = np.array(owners)
        np.logical_or.at(found, of, shares >= PASSAGE_THRESHOLD)
        if OTHER not in self.labels:
            return found, speaks
        other = self.labels.index(OTHER)
        for number in np.unique(of[np.argmax(whole, axis=1)[of] == other]).tolist():
            own = shares[of == number]
            mean = own.mean(axis=0)
            mean[other] = 0.0
            topic = int(mean.argmax())
            surest = own[own[:, topic].argmax()]
            if mean[topic] >= PASSAGE_SHARE and surest[topic] >= PASSAGE_THRESHOLD:
                speaks[number] = surest
        return found, speaks

    def _reasons(self, tokens: Tokens, rows: Counts, row: int, label: int | None) -> list[Reason]:
        if label is None:
            return []
        start, end = int(rows.indptr[row]), int(rows.indptr[row + 1])
        columns = rows.columns[start:end]
        weights = rows.values[start:end].astype(np.float64) * self.weights[columns, label]
        strings = self._strings(tokens, row, columns)
        sums: dict[str, float] = {}  # "nato" can be a word and a syllable: one reason for a reader
        for column, weight in zip(columns.tolist(), weights.tolist(), strict=True):
            sums[strings[column]] = sums.get(strings[column], 0.0) + weight
        order = sorted(sums.items(), key=lambda item: -abs(item[1]))  # equal ones in the vocabulary's order
        return [Reason(term, weight) for term, weight in order if weight != 0]

    def _strings(self, tokens: Tokens, row: int, columns: NDArray[np.int32]) -> dict[int, str]:
        """How the page itself writes the terms of `columns` (so the vocabulary file need not be read)."""
        wanted, found = set(columns.tolist()), {}
        for terms in terms_of(tokens.page(row), self.tokeniser.lexicon, self.features.terms):
            for at, column in enumerate(self._term_table().columns(terms.hashes).tolist()):
                if column in wanted and column not in found:
                    found[column] = readable(terms.string(at))
        return found


def _most_likely_first(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n, L) the labels of each page by falling probability; equal ones in the order of the labels."""
    order: NDArray[np.int64] = np.argsort(-probabilities, axis=1, kind="stable")
    return order


def _covering(prediction: Prediction, least: float) -> Prediction:
    likely = [one.topic for one in prediction.topics if one.probability >= least]
    return replace(prediction, covering=tuple(likely or [prediction.topics[0].topic]))


def passages(body: str) -> list[str]:
    """The paragraphs of a body, joined until each passage has PASSAGE characters or the body ends."""
    found: list[str] = []
    for paragraph in body.split("\n"):
        if found and len(found[-1]) < PASSAGE:
            found[-1] += "\n" + paragraph
        else:
            found.append(paragraph)
    return found
