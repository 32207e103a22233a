"""Turns one row of a table, whatever its columns are called, into a page."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.cleaning import clean
from classifier.reading.limits import MAX_ID
from classifier.reading.raw.encoding import tidy
from classifier.reading.tables.labels import MISSING
from classifier.types import ARTICLE, LIST, Headline, Page

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a table's columns where they are not the usual ones (None: the usual names), and how it is written.

    form: what all files are read as, one of READ_AS, whatever they look like. delimiter: that of CSV files, "tab" too.
    """

    id: str | None = None
    title: str | None = None
    text: str | None = None
    label: str | None = None
    labels: str | None = None
    date: str | None = None
    form: str | None = None
    delimiter: str | None = None


USUAL = Columns()
NAMED = tuple(field.name for field in fields(Columns) if field.name not in ("form", "delimiter"))
"""The roles whose columns a user can name."""

# The first of a role's names that has something in it counts; the others go to `Page.extra`. Case is no matter.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title", "headline", "tieu_de", "tiêu đề"),
    "lead": ("lead", "summary", "sapo", "description", "blurb"),
    "byline": ("byline", "author"),
    "text": ("text", "content", "noi_dung", "nội dung", "body"),
    "related": ("related",),
    "label": ("label",),
    "labels": ("labels",),
    "date": ("date",),
    "url": ("url", "link"),
    "site": ("site",),
    "section": ("section",),
    "keywords": ("keywords",),
    "image": ("image",),
    "authors": ("authors",),
}
_LONGEST_MISSING = max(map(len, MISSING))
_FEW = 64
"""Columns of a row up to which what they are is remembered."""
_KEPT = ("label", "labels")
"""Roles that stay in `Page.extra`, under these names."""
_FACTS = ("url", "site", "section", "image")
_LISTS = ("keywords", "authors")
"""Roles of one text and of several, which stay in `Page.extra` where something else stands there."""

_TEXTS = ("id", "title", "lead", "byline", "text")
_TEXT_ROLES = frozenset(("text", "title", "lead"))

TEXT_REMEDY = "name it with --text-column"


def page_from_row(
    row: Mapping[str, Any], columns: Columns = USUAL, *, fallback_id: str, source: str, line: int = 0
) -> Page:
    """Return the page in a row: text, title, lead, date, related headlines …; every other column goes to `extra`.

    Of a text without a lead beside it the first paragraph is the lead, if it has more than one; a column "body" is
    taken as it is. Columns named in `columns` for the label and the labels stand in `extra` as "label" and "labels".
    Raises UnreadableError if there is no text in the row, or something else where it belongs.
    """
    roles = _roles(row, columns)
    if columns.text is not None and "text" not in roles:
        raise UnreadableError(source, f"the row has no column {columns.text!r}", f"it has {_listed(row)}")
    repairs: set[str] = set()
    values = {
        role: _as_text(row[key], key, source, None if role == "id" else repairs)
        for role, key in roles.items()
        if role in _TEXTS
    }
    if len(values.get("id", "")) > MAX_ID:
        what = f"its id has {len(values['id']):,} characters"
        raise UnreadableError(source, what, f"give it one of at most {MAX_ID:,}, or none")
    title, lead, body = (values.get(role, "") for role in ("title", "lead", "text"))
    if body and not lead and (columns.text is not None or roles["text"].strip().casefold() != "body"):
        lead, body = _split_lead(body)
    related = _related(row[roles["related"]], repairs) if "related" in roles else ()
    if related is None:  # something else under that name
        del roles["related"]
    if not (title or lead or body or related):
        raise UnreadableError(source, *_no_text(row, roles))
    facts = {role: _fact(role, row[key]) for role, key in roles.items() if role in (*_FACTS, *_LISTS)}
    for role in [role for role, value in facts.items() if value is None]:
        del roles[role], facts[role]
    names = _names_in_extra(tuple(row), tuple(roles.items()), columns)
    return Page(
        id=values.get("id", "") or fallback_id,
        title=title,
        byline=values.get("byline", ""),
        lead=lead,
        body=body,
        related=related or (),
        source=source,
        line=line,
        extra={name: _tidied(value) for key, value in row.items() if (name := names.get(key, key))},
        kind=LIST if row.get("kind") == LIST and not body else ARTICLE,
        date=_scalar_as_text(row[roles["date"]]) if "date" in roles else "",
        **facts,
        repairs=tuple(sorted(repairs)),
    )


def _no_text(row: Mapping[str, Any], roles: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong with a row without text, and what to do."""
    key = roles.get("text") or roles.get("title") or roles.get("lead")
    if key is None:
        return "the row has no text", TEXT_REMEDY
    written = str(row[key]).strip() if isinstance(row[key], str) else ""
    if written in MISSING:
        return f"the row has no text ({written!r} is how programs write that there is none)", f"fill in its `{key}`"
    return "the row has no text", f"fill in its `{key}`"


@lru_cache(maxsize=64)
def _names_in_extra(keys: tuple[str, ...], of_roles: tuple[tuple[str, str], ...], columns: Columns) -> dict[str, str]:
    """What columns with a role are called in `Page.extra`, "" for those that stand elsewhere.

    Where the user named the column of the topics, one that is merely called so counts for nothing: it keeps its value
    under a name that nothing is learnt from.
    """
    roles = dict(of_roles)
    names = {key: role if role in _KEPT else "" for role, key in of_roles}
    if columns.label is not None or columns.labels is not None:
        named = {roles[role] for role in _KEPT if role in roles and getattr(columns, role) is not None}
        names |= {key: f"{key} (not the column named)" for key in _KEPT if key in keys and key not in named}
    return names


def check_columns(names: Collection[str], columns: Columns, source: str) -> None:
    """Raise UnreadableError if a header lacks a column that was named, or any text at all."""
    roles = _roles(dict.fromkeys(names, "x"), columns)
    for role in NAMED:
        name = getattr(columns, role)
        if name is not None and role not in roles:
            what = f"has no column {name!r}, only {_listed(names)}"
            raise UnreadableError(source, what, f"name one of these with --{role}-column")
    if not _TEXT_ROLES & roles.keys():
        raise UnreadableError(source, f"has no column with text, only {_listed(names)}", TEXT_REMEDY)
    for role in NAMED:
        twin = f"{roles.get(role)}#2"
        if getattr(columns, role) is None and twin in names:
            what = f"has two columns {roles[role]!r}"
            raise UnreadableError(source, what, f"name the one to use with --{role}-column ({twin!r} is the second)")


def known_columns(names: list[str], columns: Columns = USUAL) -> int:
    """Return how many of a header's names mean something to chude, 0 if none of them is a text's."""
    roles = _roles(dict.fromkeys(filter(None, names), "x"), columns)
    return len(roles) if _TEXT_ROLES & roles.keys() else 0


def needed(names: Collection[str], columns: Columns) -> set[str]:
    """Return the columns of a header that say something of a page; the others are merely passed on."""
    return {name for _, candidates in _columns_of.__wrapped__(tuple(names), columns) for name in candidates}


def unique_names(names: list[str]) -> list[str]:
    """Return the names with a number behind those that stand twice, so that no column hides another."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 or not name else f"{name}#{seen[name]}")
    return unique


def _roles(row: Mapping[str, Any], columns: Columns) -> dict[str, str]:
    """For each role that the row has, the name of its column."""
    keys = tuple(row)
    present = _columns_of(keys, columns) if len(keys) <= _FEW else _columns_of.__wrapped__(keys, columns)
    roles: dict[str, str] = {}
    for role, names in present:
        if len(names) > 1:
            roles[role] = next((key for key in names if row[key] not in (None, "", [])), names[0])
        else:
            roles[role] = names[0]
    return roles


@lru_cache(maxsize=64)
def _columns_of(keys: tuple[str, ...], columns: Columns) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each role the columns that may have it; the rows of a table have the same keys, so this is looked up."""
    folded: dict[str, str] = {}
    for key in keys:
        folded.setdefault(_folded(key), key)
    taken = {getattr(columns, role) for role in NAMED}
    found = []
    for role, usual in _NAMES.items():
        named: str | None = getattr(columns, role, None)
        if named is not None:
            name = named if named in keys else folded.get(_folded(named))
            present = [] if name is None else [name]
        else:
            present = [folded[name] for name in usual if name in folded and folded[name] not in taken]
        if present:
            found.append((role, tuple(present)))
    return tuple(found)


def _folded(name: str) -> str:
    """A column's name without regard to case, spaces around it and the way its accents were typed."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def _as_text(value: Any, key: str, source: str, repairs: set[str] | None) -> str:
    """Return a cell as text: numbers as they are written, lists of paragraphs joined, nothing for null.

    It is cleaned, and what was put right added to `repairs`; None for an id, which stays as other files have it.
    """
    if type(value) is str:
        text = (tidy(value) if repairs is None else clean(value, repairs)).strip()
        return "" if len(text) <= _LONGEST_MISSING and text in MISSING else text
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(part, (bytes, dict, list)) for part in parts):
        raise UnreadableError(source, f"column {key!r} holds no text but {type(value).__name__}", TEXT_REMEDY)
    return "\n".join(text for part in parts if (text := _scalar_as_text(part, repairs)))


def _scalar_as_text(value: Any, repairs: set[str] | None = None) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return (tidy(text) if repairs is None else clean(text, repairs)).strip()


def _fact(role: str, value: Any) -> Any:
    """Return what a column says of the page: a text, or several as `chude extract` writes them; None if it is neither.

    Several texts in one cell have a comma or a semicolon between them.
    """
    if role in _FACTS:
        return _scalar_as_text(value) if value is None or isinstance(value, str) else None
    parts = re.split("[;,]", value) if isinstance(value, str) else value or []
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None
    return tuple(text for part in parts if (text := _scalar_as_text(part)))


def _split_lead(text: str) -> tuple[str, str]:
    paragraphs = [line for each in text.split("\n") if (line := each.strip())]
    return (paragraphs[0], "\n".join(paragraphs[1:])) if len(paragraphs) > 1 else ("", text)


def _related(value: Any, repairs: set[str]) -> tuple[Headline, ...] | None:
    """Return the headlines of a row as `chude extract` writes them (texts alone will do); None if it is neither."""
    if value in (None, ""):
        return ()
    if not isinstance(value, list):
        return None
    headlines: list[Headline] = []
    for item in value:
        headline = item.get("headline") if isinstance(item, dict) else item
        blurb, url = (item.get("blurb"), item.get("url")) if isinstance(item, dict) else ("", "")
        if not isinstance(headline, str) or not isinstance(blurb, str | None) or not isinstance(url, str | None):
            return None
        headlines.append(Headline(clean(headline, repairs), clean(blurb or "", repairs), tidy(url or "")))
    return tuple(headlines)


def _tidied(value: Any) -> Any:
    """Return a column that is passed on; its strings are tidied so that equal labels are equal."""
    if isinstance(value, list):
        return [tidy(item) if isinstance(item, str) else item for item in value]
    return tidy(value) if isinstance(value, str) else value


def _listed(names: Collection[str]) -> str:
    shown = [repr(name if len(name) <= 30 else name[:29] + "…") for name in list(names)[:8]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "none"
