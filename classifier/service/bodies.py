"""What the service is asked in: the JSON bodies of requests, which OpenAPI shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_PAGES, MOST_TEXTS, MOST_HEADLINES = 1_000, 10_000, 20_000
Text = Annotated[str, StringConstraints(max_length=4_000_000)]
Line = Annotated[str, StringConstraints(max_length=10_000)]
Name = Annotated[str, StringConstraints(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PageIn(BaseModel):
    """An article: `html` (a saved page, read as `chude extract` does), or its texts. Other columns are passed over."""

    model_config = ConfigDict(extra="allow")

    id: Line = ""
    title: Text | None = None
    lead: Text | None = None
    text: Text | None = None
    html: Text | None = None

    def row(self) -> dict[str, Any]:
        """Return what was given."""
        return self.model_dump(exclude_unset=True)


class Predict(_Body):
    """Pages to label. threshold: least probability at which a topic is named; explain: how many reasons each gets; set:
    how often the set of topics that each gets is to hold the right one.
    """

    pages: Annotated[list[PageIn], Field(max_length=MOST_PAGES)]
    model: Name | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    explain: Annotated[int, Field(ge=0, le=100)] = 0
    set: Annotated[float, Field(gt=0, lt=1)] | None = None


class Extract(_Body):
    """Saved pages to read, in `html` (or `text`)."""

    pages: Annotated[list[PageIn], Field(max_length=MOST_PAGES)]


class HeadlineIn(_Body):
    """A related headline."""

    headline: Line
    blurb: Annotated[str, StringConstraints(max_length=100_000)] = ""


class Cluster(_Body):
    """Headlines to group; k: how many clusters, or "auto"."""

    headlines: Annotated[list[Line | HeadlineIn], Field(max_length=MOST_HEADLINES)]
    k: Literal["auto"] | Annotated[int, Field(ge=1, le=MOST_HEADLINES)] = "auto"
    model: Name | None = None


class Segment(_Body):
    """Texts whose syllables are joined to words."""

    texts: Annotated[list[Text], Field(max_length=MOST_TEXTS)]
