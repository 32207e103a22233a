"""What travels through chude: pages, headlines, predictions, clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CLUSTER_METHODS = ("kmeans", "hdbscan")
"""Ways to cluster headlines, a file of `classifier.clustering.methods` each; the first unless told otherwise."""
MAX_LABEL = 1_000
"""Characters of a label, which stands in every row that `chude predict` writes."""
OTHER = "other"
"""The label of an article that none of the topics fits."""
FEW_KNOWN = 0.5
"""Where `Prediction.known` is below this, most of the text is unknown to the model."""

READ_AS = ("text", "html", "jsonl", "json", "csv", "tsv", "fasttext", "parquet")
"""What a user can name as the form of files."""
ARTICLE, LIST = "article", "list"
"""Kinds of pages: one article, or a list of headlines."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A related headline as a page shows it, with the blurb below it and its link ("" where it has none)."""

    headline: str
    blurb: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One article: what is labelled (title, lead, body) and what is clustered (related), kept apart.

    `source` is the file (with `:LINE` for a row of a table, whose number is `line`; 0 for a page by itself). `kind` is
    "article", or "list" for a front page or section, which has headlines but no article. `date` is the publication's
    as the page or the row writes it: `classifier.vietnamese.dates` reads it. `authors` are names, `section` and
    `keywords` what the site files the page under, `image` an address. What a page does not say is "" or (). `extra`
    holds a row's other columns, untouched. `repairs` names what was put right in its texts: see
    `classifier.reading.cleaning`.
    """

    id: str
    title: str = ""
    byline: str = ""
    lead: str = ""
    body: str = ""
    related: tuple[Headline, ...] = ()
    source: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ARTICLE
    date: str = ""
    line: int = 0
    url: str = ""
    site: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    image: str = ""
    authors: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file it stands in, without the line."""
        return self.source.removesuffix(f":{self.line}") if self.line else self.source

    @property
    def text(self) -> str:
        """Title, lead and body, a line each: all that a label may depend on."""
        return "\n".join(part for part in (self.title, self.lead, self.body) if part)


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be used: where it stands, what is wrong with it, what the user can do.

    `count` is 0 for a mere remark, with which nothing was lost.
    """

    source: str
    reason: str
    remedy: str = ""
    count: int = 1

    def __str__(self) -> str:
        line = f"{self.source}: {self.reason}"
        return f"{line}; {self.remedy}" if self.remedy else line


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic and its calibrated probability in [0, 1]."""

    topic: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A word or phrase and its part of the label's score before calibration (a margin; negative: against)."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The label of one page: `topics` has every label, most likely first; `secondary` the further likely topics.

    `known` in [0, 1] is the share of its syllables that the model can know: see `classifier.model.known`. `covering`:
    where it was asked for, the topics of which one is right as often as asked: see `classifier.model.conformal`.
    """

    id: str
    topic: str
    probability: float
    topics: tuple[TopicScore, ...]
    secondary: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    reasons: tuple[Reason, ...] | None = None
    known: float = 1.0
    covering: tuple[str, ...] | None = None
