"""Labelled real news as counts of words, which the default model learns from: no text, no order of words.

python -m training.real_news FILE... [-o training/real_news.npz]

FILE is a labelled corpus. Kept of each item are its labels, whether a reader found it undecidable (`hard`), its
collection and month, and how often each word stands in its title, lead, opening and rest. A word that stands in fewer
than LEAST items is left out, words are numbered in alphabetical order, and within an item they come in that order.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.disk.atomic import write_whole
from classifier.disk.untrusted import npz
from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import duplicate_groups
from classifier.errors import ChudeError
from classifier.features.counts import Counts, TermTable, count_terms
from classifier.features.kinds import word_hashes
from classifier.features.spec import FeatureSpec
from classifier.types import Page
from classifier.vietnamese.dates import read_date
from training.corpus import Article, Corpus, read_corpus
from training.fit.matrix import TokenisedCorpus, build_vocabulary, stack, tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FILE = Path(__file__).with_name("real_news.npz")
LEAST = 3
"""A word must stand in so many items."""
OPENING = 800
"""Characters of the body that are its opening; what comes after is the rest."""
COUNTED = ("title", "lead", "opening", "rest")
_MOST = 255
"""A word that stands more often in a zone counts so often: a byte holds it."""


@dataclass(frozen=True, slots=True, eq=False)
class RealNews:
    """n items over W words and L labels.

    words: as `vocabulary.txt` writes them, in alphabetical order. labels: L names; primary (n,): the number of each
    item's primary one; topics (n, L): all that apply. hard (n,): undecidable for a reader. source (n,): which of
    `sources`; month (n,): YYYYMM, 0 where unknown; group (n,): near-duplicates share a number. item, zone, word, number
    (m,): the word stands so often in that of COUNTED, ordered by zone, item and word.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    primary: NDArray[np.int64]
    topics: NDArray[np.bool_]
    hard: NDArray[np.bool_]
    source: NDArray[np.int64]
    month: NDArray[np.int64]
    group: NDArray[np.int64]
    item: NDArray[np.int64]
    zone: NDArray[np.int64]
    word: NDArray[np.int64]
    number: NDArray[np.int64]

    def __len__(self) -> int:
        """How many items there are."""
        return self.primary.size

    def counts(self, vocabulary_hashes: NDArray[np.uint64], spec: FeatureSpec) -> Counts:
        """Their rows (n, V), as `training.fit.matrix.count` gives them for the texts themselves.

        Raises ValueError for features that cannot be had from these counts.
        """
        if spec.terms != ("w1",) or spec.body_characters != OPENING:
            raise ValueError(f"only single words, with an opening of {OPENING} characters, were counted")
        columns = TermTable(vocabulary_hashes).columns(word_hashes(self.words))[self.word]
        (kept,) = np.nonzero(columns >= 0)
        terms = vocabulary_hashes.size
        keys, which = np.unique(self.item[kept] * terms + columns[kept], return_inverse=True)
        weights = np.array(spec.zone_weights)[self.zone[kept]] * self.number[kept]
        values = np.bincount(which, weights, minlength=keys.size).astype(np.float32)
        indptr = np.searchsorted(keys, np.arange(len(self) + 1) * terms)
        return Counts(indptr, (keys % terms).astype(np.int32), values)

    def as_corpus(self) -> Corpus:
        """The labels as a corpus of articles without text."""
        articles = []
        for number, (primary, applies) in enumerate(zip(self.primary.tolist(), self.topics, strict=True)):
            topics = tuple(self.labels[at] for at in np.flatnonzero(applies).tolist())
            articles.append(Article(Page(id=f"real-news-{number}"), self.labels[primary], topics))
        return Corpus(articles, multi_topic=True, built_in=True)

    def fold_groups(self) -> list[str]:
        """What may not be parted in cross-validation: a collection's month and, where it has none, near-duplicates."""
        return [
            f"{self.sources[source]} {month}" if month else f"group {group}"
            for source, month, group in zip(self.source.tolist(), self.month.tolist(), self.group.tolist(), strict=True)
        ]


@lru_cache(maxsize=1)
def real_news() -> RealNews:
    """The counts that ship with chude."""
    return read(FILE)


def counted(corpus: Corpus) -> RealNews:
    """Counts the words of a corpus."""
    tokens = tokenise(corpus.pages, OPENING)
    labels, sources = corpus.labels, sorted({str(a.page.extra.get("source") or "") for a in corpus.articles})
    vocabulary, _ = build_vocabulary(tokens, FeatureSpec(terms=("w1",), zone_weights=(1.0, 1.0, 1.0, 1.0)), LEAST)
    zones = [_zone_counts(tokens, vocabulary.hashes, zone) for zone in range(len(COUNTED))]
    seen = np.concatenate([np.repeat(np.arange(len(corpus.articles)), np.diff(rows.indptr)) for rows in zones])
    word = np.concatenate([rows.columns for rows in zones]).astype(np.int64)
    zone = np.repeat(np.arange(len(zones)), [rows.columns.size for rows in zones])
    number = np.minimum(np.concatenate([rows.values for rows in zones]), _MOST).astype(np.int64)
    pairs = np.unique(seen * len(vocabulary.terms) + word)
    frequent = np.bincount(pairs % len(vocabulary.terms), minlength=len(vocabulary.terms)) >= LEAST
    kept = np.flatnonzero(frequent[word])
    place = np.cumsum(frequent) - 1
    topics = np.zeros((len(corpus.articles), len(labels)), dtype=bool)
    for row, article in enumerate(corpus.articles):
        topics[row, [labels.index(topic) for topic in article.topics]] = True
    return RealNews(
        words=tuple(term for term, stays in zip(vocabulary.terms, frequent.tolist(), strict=True) if stays),
        labels=tuple(labels),
        sources=tuple(sources),
        primary=np.array([labels.index(primary) for primary in corpus.primaries]),
        topics=topics,
        hard=np.array([article.page.extra.get("hard") is True for article in corpus.articles]),
        source=np.array([sources.index(str(article.page.extra.get("source") or "")) for article in corpus.articles]),
        month=np.array([_month(article) for article in corpus.articles]),
        group=np.unique(duplicate_groups(fingerprint(corpus.pages)), return_inverse=True)[1],
        item=seen[kept],
        zone=zone[kept],
        word=place[word[kept]],
        number=number[kept],
    )


def _zone_counts(tokens: TokenisedCorpus, hashes: NDArray[np.uint64], zone: int) -> Counts:
    """How often each word stands in one zone; only what does stand there."""
    weights = [0.0, 0.0, 0.0, 0.0]
    weights[zone] = 1.0
    spec = FeatureSpec(terms=("w1",), zone_weights=(weights[0], weights[1], weights[2], weights[3]))
    table = TermTable(hashes)
    found = stack([count_terms(batch, tokens.lexicon, table, spec) for batch in tokens.batches])
    stands = found.values > 0
    return Counts(np.concatenate(([0], np.cumsum(stands)))[found.indptr], found.columns[stands], found.values[stands])


def _month(article: Article) -> int:
    try:
        day = read_date(article.page.date)
    except ValueError:
        return 0
    return int(day[:4] + day[5:7]) if len(day) >= len("2026-01") else 0


def packed(news: RealNews) -> bytes:
    """The file, the same bytes for the same items: words of an item as steps from one to the next, which pack well."""
    rows = news.zone * len(news) + news.item
    sizes = np.bincount(rows, minlength=len(COUNTED) * len(news))
    steps = np.diff(news.word, prepend=0)
    first = np.cumsum(sizes) - sizes
    filled = first[sizes > 0]
    steps[filled] = news.word[filled]
    return npz(
        {
            "words": _text(news.words),
            "labels": _text(news.labels),
            "sources": _text(news.sources),
            "primary": news.primary.astype(np.uint8),
            "topics": np.packbits(news.topics, axis=1),
            "hard": news.hard.astype(np.uint8),
            "source": news.source.astype(np.uint8),
            "month": news.month.astype(np.int32),
            "group": news.group.astype(np.uint16),
            "sizes": sizes.astype(np.uint16),
            "steps": steps.astype(np.uint16),
            "number": news.number.astype(np.uint8),
        }
    )


def read(file: Path) -> RealNews:
    """What `packed` wrote. Raises ChudeError where the file is none of that."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        labels = _names(arrays["labels"])
        sizes = arrays["sizes"].astype(np.int64)
        primary = arrays["primary"].astype(np.int64)
        rows = np.repeat(np.arange(sizes.size), sizes)
        total = np.cumsum(arrays["steps"].astype(np.int64))
        before = np.concatenate(([0], total))[np.cumsum(sizes) - sizes]
        return RealNews(
            words=_names(arrays["words"]),
            labels=labels,
            sources=_names(arrays["sources"]),
            primary=primary,
            topics=np.unpackbits(arrays["topics"], axis=1, count=len(labels)).astype(bool),
            hard=arrays["hard"].astype(bool),
            source=arrays["source"].astype(np.int64),
            month=arrays["month"].astype(np.int64),
            group=arrays["group"].astype(np.int64),
            item=rows % primary.size,
            zone=rows // primary.size,
            word=total - before[rows],
            number=arrays["number"].astype(np.int64),
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        remedy = "make it with python -m training.real_news FILE"
        raise ChudeError(str(file), f"holds no counts of real news ({type(error).__name__})", remedy) from error


def _text(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _names(stored: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(stored.tobytes().decode("utf-8").split("\n"))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", metavar="FILE")
    parser.add_argument("-o", "--output", type=Path, default=FILE)
    arguments = parser.parse_args()
    news = counted(read_corpus(arguments.corpora))
    write_whole(arguments.output, packed(news))
    size = arguments.output.stat().st_size
    sys.stdout.write(f"{len(news):,} items, {len(news.words):,} words, {news.item.size:,} counts, {size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
