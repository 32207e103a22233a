"""Tells pages with an article from those that have none to label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.types import LIST, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from classifier.types import Page

_REMEDY = "see what `chude extract` reads from it"


def check_article(page: Page) -> None:
    """Raise UnreadableError if a page has no article: it is a list of headlines, or holds no text."""
    where = page.source or page.id
    if page.kind == LIST:
        raise UnreadableError(where, "is a list of headlines, with no article to label", "save an article's own page")
    if not (page.title.strip() or page.lead.strip() or page.body.strip()):
        raise UnreadableError(where, "holds no article text", _REMEDY)


def with_article(pages: Iterable[Page], skip: Callable[[Skipped], None] | None) -> Iterator[Page]:
    """Yield the pages that have an article; `skip` is told of the others."""
    for page in pages:
        try:
            check_article(page)
        except UnreadableError as error:
            if skip:
                skip(Skipped(error.where, error.what, error.remedy))
        else:
            yield page
