"""Takes what Python users hand over: lists of texts, dicts or pages; the usual slips are told with the right call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from classifier.types import Headline, Page

T = TypeVar("T")


def several(things: Iterable[T], call: str, one: str) -> Iterable[T]:
    """Return what was given if it is a collection of things.

    Raises TypeError for a single text or page, whose letters or nothing at all would be taken for things, and for a
    DataFrame, of which that would be the names of its columns. `call` and `one` spell the right call.
    """
    if isinstance(things, str | bytes | Page | Headline):
        name = "one text" if isinstance(things, str | bytes) else f"one {type(things).__name__}"
        raise TypeError(f"{call} takes a list, and this is {name}; write {call}([{one}])")
    if hasattr(things, "columns"):
        raise TypeError(f"{call} takes a list, and this is a table; write {call}(table['text']) or use Labeller")
    if not isinstance(things, Iterable):
        raise TypeError(f"{call} takes a list, and this is {type(things).__name__}; write {call}([{one}])")
    return things


def texts(things: Iterable[Any], call: str) -> Iterator[str]:
    """Yield the texts of a list. Raises TypeError, with the place, for what is no text (None, NaN)."""
    for place, thing in enumerate(things):
        if not isinstance(thing, str):
            raise TypeError(f"{call}: item {place} is {_kind(thing)}, not a text; leave such items out")
        yield thing


def headlines(things: Iterable[Any]) -> Iterator[Headline]:
    """Yield the headlines of a list of texts and `Headline`s. Raises TypeError, with the place, for anything else."""
    call = "cluster_headlines"
    for place, thing in enumerate(several(things, call, "headline")):
        if isinstance(thing, str):
            yield Headline(thing)
        elif isinstance(thing, Headline):
            yield thing
        else:
            raise TypeError(f"{call}: item {place} is {_kind(thing)}, not a text or Headline; leave such items out")


def pages(things: Iterable[Any], call: str = "predict") -> Iterator[Page]:
    """Yield the pages of a list of pages, texts, and dicts with the columns that a table may have.

    A text or dict without an id gets its place in the list. Raises TypeError, with the place, for anything else.
    """
    if isinstance(things, Mapping):
        raise TypeError(f"{call} takes a list, and this is one dict; write {call}([page])")
    for place, thing in enumerate(several(things, call, "page")):
        yield thing if isinstance(thing, Page) else page_of(thing, place, call)


def page_of(thing: Any, place: int = 0, call: str = "predict") -> Page:
    """Return the page of a text, a dict or a page; see `pages`."""
    if isinstance(thing, Page):
        return thing
    from classifier.reading.tables.rows import page_from_row

    if isinstance(thing, str):
        thing = {"text": thing}
    elif not isinstance(thing, Mapping):
        raise TypeError(f"{call}: item {place} is {_kind(thing)}; give texts, dicts with a `text`, or pages")
    blank = all(value is None or (isinstance(value, str) and not value.strip()) for value in thing.values())
    if blank:
        return Page(str(place))
    return replace(page_from_row(thing, fallback_id=str(place), source=f"item {place}"), source="")


def _kind(thing: Any) -> str:
    return "nan" if isinstance(thing, float) and thing != thing else type(thing).__name__  # noqa: PLR0124  as NaN is told
