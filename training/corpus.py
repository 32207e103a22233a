"""A labelled corpus: pages with their gold topics, read from anything `read_pages` reads."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.errors import NoInputError
from classifier.reading import Columns, read_pages
from classifier.reading.tables.labels import as_it_stands, is_missing, label_name, label_names, one_or_more
from classifier.types import MAX_LABEL, OTHER, Page, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BUILT_IN = Path(__file__).parent / "built_in"
_SHOWN = 6
"""Columns of a row that a message names."""


@dataclass(frozen=True, slots=True)
class Article:
    """A page with its gold: the primary topic and every topic that applies (none for "other"). weight: how much it
    counts in the linear machines.
    """

    page: Page
    primary: str
    topics: tuple[str, ...]
    weight: float = 1.0


@dataclass(slots=True)
class Corpus:
    """Articles in reading order, and what could not be read. `multi_topic`: some article has `labels` of its own;
    `of_sets`: no article says which of its listed topics is the first, so that their order means nothing; `built_in`:
    it is the one that ships with chude.
    """

    articles: list[Article]
    skipped: list[Skipped] = field(default_factory=list)
    multi_topic: bool = False
    of_sets: bool = False
    built_in: bool = False

    @property
    def pages(self) -> list[Page]:
        """The pages alone."""
        return [article.page for article in self.articles]

    @property
    def primaries(self) -> list[str]:
        """The primary topics, in the order of the articles."""
        return [article.primary for article in self.articles]

    @property
    def labels(self) -> list[str]:
        """All topics that occur, in alphabetical order, "other" last."""
        found = {article.primary for article in self.articles}.union(*(article.topics for article in self.articles))
        return sorted(found, key=lambda label: (label == OTHER, label))

    def counts(self) -> dict[str, int]:
        """Articles by primary topic, in the order of `labels`."""
        counted = Counter(self.primaries)
        return {label: counted[label] for label in self.labels}

    def in_one_order(self) -> Corpus:
        """The same articles in an order that depends on nothing but themselves, however they came in.

        The solver, the folds and the resampling all go by it. The built-in corpus is always read in one order.
        """
        if self.built_in:
            return self
        return replace(self, articles=sorted(self.articles, key=_place))

    def articles_with(self) -> dict[str, int]:
        """Articles that have each topic, as the primary one or a further one, in the order of `labels`."""
        counted = Counter(topic for article in self.articles for topic in {article.primary, *article.topics})
        return {label: counted[label] for label in self.labels}

    def fingerprint(self) -> str:
        """A digest of all texts and labels that does not depend on their order."""
        digests = sorted(
            hashlib.sha256(json.dumps([a.page.text, a.primary, sorted(a.topics)]).encode()).hexdigest()
            for a in self.articles
        )
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def read_corpus(
    paths: Sequence[str | Path] = (),
    *,
    columns: Columns | None = None,
    encoding: str | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Corpus:
    """Reads a corpus; without paths the built-in one.

    An article whose label is missing or unusable is skipped, named and kept in `skipped`. Raises NoInputError if
    nothing is left.
    """
    columns = columns or Columns()
    corpus, ranked = Corpus([], built_in=not paths), False

    def skip(skipped: Skipped) -> None:
        if skipped.count:
            corpus.skipped.append(skipped)
        if on_skip:
            on_skip(skipped)

    where = [str(path) for path in paths] or [str(BUILT_IN)]
    folders = _Folders()
    for page in read_pages(where, encoding=encoding, columns=columns, on_skip=skip):
        gold = gold_labels(page)
        if gold is None:
            skip(_unlabelled(page))
            continue
        primary, topics, has_list = gold
        if (remark := folders.remark(page, primary)) and on_skip:
            on_skip(remark)
        longest = max(map(len, (primary, *topics)))
        if longest > MAX_LABEL:
            skip(
                Skipped(page.source, f"has a label of {longest:,} characters", f"give it one of at most {MAX_LABEL:,}")
            )
            continue
        corpus.multi_topic |= has_list
        ranked |= has_list and len(one_or_more(page.extra.get("label")) or ()) == 1
        corpus.articles.append(Article(page, primary, topics))
    if not corpus.articles:
        raise NoInputError(
            ", ".join(where), "holds no labelled article", "see `chude train --help` for the forms of a corpus"
        )
    return corpus if ranked or not corpus.multi_topic else unordered(corpus)


def unordered(corpus: Corpus) -> Corpus:
    """The corpus with its lists as sets: the primary topic is the one that most articles have, so that nothing hangs on
    the order in which a list was written.
    """
    counts = corpus.articles_with()

    def first(article: Article) -> str:
        # A topic that every article has tells nothing.
        everywhere = len(corpus.articles)
        order = sorted(article.topics, key=lambda topic: (counts[topic] == everywhere, -counts[topic], topic))
        return order[0] if order else article.primary

    articles = [replace(one, primary=first(one), topics=tuple(sorted(one.topics))) for one in corpus.articles]
    return replace(corpus, articles=articles, of_sets=True)


def _unlabelled(page: Page) -> Skipped:
    """What to say of a page without a usable label."""
    found = [name for name in ("label", "labels") if name in page.extra]
    filled = [name for name in found if not is_missing(page.extra[name])]
    if filled and (cell := page.extra[filled[0]]) not in ([], ()):
        remedy = """write one topic, or a list as ["a", "b"]"""
        return Skipped(page.source, f"has no label: its `{filled[0]}` is no topic ({as_it_stands(cell)})", remedy)
    if filled:
        return Skipped(page.source, "has no label", "where no topic applies, write `labels: []` or `label: other`")
    if found:
        written = next((str(page.extra[name]).strip() for name in found if isinstance(page.extra[name], str)), "")
        what = f"has no label ({written!r} is how programs write that there is none)" if written else "has no label"
        return Skipped(page.source, what, "fill in its `label` or `labels`")
    if not page.line:
        return Skipped(page.source, "has no label", "put it in a folder named after its label")
    columns = ", ".join(repr(name) for name in list(page.extra)[:_SHOWN])
    remedy = "name the column of the topics with --label-column (or --labels-column)"
    return Skipped(page.source, "has no label", f"{remedy}; there is {columns}" if columns else remedy)


class _Folders:
    """Notices folders of one name in several places, whose articles become one label."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._named: set[str] = set()

    def remark(self, page: Page, label: str) -> Skipped | None:
        """What to say when a second folder gives this label; it is said once a label."""
        if page.line or page.extra.get("folder") is None or label in self._named:
            return None
        folder = page.source.rpartition("/")[0]
        first = self._first.setdefault(label, folder)
        if first == folder:
            return None
        self._named.add(label)
        what = f"and {first} are both read as the label {label!r}"
        return Skipped(folder, what, "rename one if they are two topics", count=0)


def _place(article: Article) -> tuple[str, str, tuple[str, ...], str]:
    return article.page.text, article.primary, article.topics, article.page.id


def gold_labels(page: Page) -> tuple[str, tuple[str, ...], bool] | None:
    """(primary, topics, whether a list of topics was given), or None where the page has no usable label.

    A list in `label` is what it is in `labels`, but that one of a single topic is a label like any other, and an empty
    one, as annotation tools export what nobody has looked at, is none.
    """
    extra = page.extra
    listed = extra.get("labels")
    if is_missing(listed):  # a blank cell says nothing; a negative is written []
        listed = None
    topics = None if listed is None else label_names(listed)
    if listed is not None and topics is None:
        return None
    single = None if is_missing(extra.get("label")) else one_or_more(extra["label"])
    if single is None and not is_missing(extra.get("label")) and topics is None:
        return None
    if single is not None and topics is None and len(single) != 1:
        if not single:
            return None
        topics, single = single, None
    primary = single[0] if single else None
    if primary is None:
        primary = (topics[0] if topics else OTHER) if topics is not None else label_name(extra.get("folder"))
    if primary is None:
        return None
    if topics is None:
        return primary, () if primary == OTHER else (primary,), False
    if primary != OTHER and primary not in topics:
        topics = (primary, *topics)
    return primary, tuple(topic for topic in topics if topic != OTHER), True
