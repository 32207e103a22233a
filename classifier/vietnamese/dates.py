"""Reads dates as newspapers, feeds and tables write them; what is no date is said, with the reason, not guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from classifier.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from classifier.types import Page

LONGEST = 120
"""Characters that a text with a date in it has at most."""
YEARS = range(1900, 2101)
"""Years in which an article can have been published; 0001 and 9999 are how programs write that there is no date."""
UNREAD = "?"
"""Stands for a date that cannot be read, where only the reader of its column could tell."""
_MONTHS_BY_SHARE = 0.2
"""From this share of the dates on, of which only one order of day and month can be, they are no slips of the pen."""
_SHOWN = 3
_VIETNAM = timezone(timedelta(hours=7))

_EPOCH = re.compile(r"[1-9]\d{9}(?:\d{3}){0,3}(?:\.\d*)?", re.ASCII)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:t?\d{4}(?:\d\d)?|t[\d:.]+)?(?:\.0|z|[+-]\d\d:?\d\d)?", re.ASCII
)
_YEAR_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/](?P<m>\d{1,2}))?", re.ASCII)
_MONTH_YEAR = re.compile(r"(?:tháng )?(?P<m>\d{1,2})(?:[/-]| năm )(?P<y>\d{4})", re.ASCII)
_NUMERIC = re.compile(
    r"(?<!\d)(?<!\d[/.-])(?P<a>\d{1,2}) ?[/.-] ?(?P<b>\d{1,2}) ?[/.-] ?(?P<y>\d{4})(?!\d)",
    re.ASCII,
)
_TWO_DIGITS = re.compile(r"(?<!\d)(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<yy>\d\d)(?!\d)", re.ASCII)
_WEEKDAY = re.compile(r"\b(?:thứ (?P<name>hai|ba|tư|năm|sáu|bảy)|(?P<sunday>chủ nhật))\W{1,3}(?:ngày )?$")
_WEEKDAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy")
_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SPOKEN = ["giêng", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"]
_VIETNAMESE = dict(zip(_SPOKEN, range(1, 13), strict=True)) | {"một": 1, "bốn": 4, "bẩy": 7, "chạp": 12}
_SPOKEN_MONTH = r"\d{1,2}|" + "|".join(sorted(_VIETNAMESE, key=len, reverse=True))
_ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_IN_WORDS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?<![\d/.-])(?P<y>\d{4}) ?[-/.] ?(?P<m>\d{1,2}) ?[-/.] ?(?P<d>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}}) ?(?:tháng|thg\.?) (?P<m>{_SPOKEN_MONTH})(?:,? năm |, ?|[ /-])(?P<y>\d{{4}})(?!\d)",
        rf"(?:tháng|thg\.?) (?P<m>{_SPOKEN_MONTH}) (?P<d>\d{{1,2}}),? (?P<y>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<m>{_ENGLISH_MONTH})\.?,?[ -](?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z])(?P<m>{_ENGLISH_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)",
        # Java's form, and C's: Sat Apr 14 07:30:00 GMT+07:00 2018
        rf"(?<![a-z])(?P<m>{_ENGLISH_MONTH}) (?P<d>\d{{1,2}}) [\d:]{{5,8}} (?:[a-z+:\d-]{{1,9}} )?(?P<y>\d{{4}})(?!\d)",
        # RFC 822 wrote the year with two digits; with the name of the day before it nothing else can be meant
        rf"^[a-z]{{3}}, (?P<d>\d{{1,2}}) (?P<m>{_ENGLISH_MONTH}) (?P<yy>\d\d) \d\d:",
    )
)


class NotADate(ValueError):  # noqa: N818  the name says what happened
    """A text that is no date; the message says why."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a column: `days` as `read_date` gives them, "" where there is none or none can be read.

    `unread` has the reason for each text that is no date; `month_first` tells whether 4/14/2018 is the column's way.
    """

    days: list[str]
    unread: Mapping[str, str] = field(default_factory=dict)
    month_first: bool = False

    def remarks(self) -> list[str]:
        """What to tell the user: how many cannot be read, with the first three and why; and that months come first."""
        said = (
            ["Dates are read with the month first, as 4/14/2018: some cannot be otherwise."] if self.month_first else []
        )
        if self.unread:
            some = "; ".join(f"{text[:40]!r}: {why}" for text, why in list(self.unread.items())[:_SHOWN])
            more = "; …" if len(self.unread) > _SHOWN else ""
            said.append(f"{number(len(self.unread), 'date')} cannot be read ({some}{more}).")
        return said


def read_date(text: str, *, month_first: bool = False) -> str:
    """YYYY-MM-DD, or YYYY-MM or YYYY where no more is said, out of a date as it is written.

    ISO with a time and zone or without; `20180414`; the day first as in Vietnam, with whatever stands around it:
    `14/4/2018`, `14-4-2018`, `Thứ Hai, 14/04/2018 | 07:30 GMT+7`, `ngày 14 tháng 4 năm 2018`, `14 Tháng Tư, 2018`; RFC
    822 and other English forms; Unix seconds, or thousandths and so on (the day in Vietnam). Of others the day is the
    one written, whatever zone stands behind it. `month_first` reads 4/14/2018, as in the USA: see `read_dates`. Raises
    NotADate, with the reason.
    """
    return _day(_parts(text), month_first=month_first)


def day_of(text: str) -> date | None:
    """The day of the calendar that a text names; None for what is no date, or names but a month or a year."""
    try:
        return date.fromisoformat(read_date(text))
    except ValueError:
        return None


def read_dates(texts: Iterable[str]) -> Dates:
    """The dates of one column, whose order of day and month is told by the column as a whole.

    Day first, unless at least a fifth of its dates have a second number above 12, and less than a fifth a first one:
    then the month is first, and those few are unread, as slips of the pen. Where a fifth are of either kind, only dates
    that can be read in one way are, and the others are unread. What is blank has no date, and is not unread.
    """
    texts = list(texts)
    parts: dict[str, _Parts] = {}
    unread: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        try:
            parts[text] = _parts(text)
        except NotADate as error:
            if text.strip():
                unread[text] = str(error)
    numeric = [found for text in texts if (found := parts.get(text)) and found.numeric]
    day_first, month_first = (sum(found.only(first) for found in numeric) for first in ("day", "month"))
    least = _MONTHS_BY_SHARE * len(numeric)
    both = day_first >= least and month_first >= least and bool(day_first and month_first)
    month = month_first > day_first and month_first >= least
    days: dict[str, str] = {}
    for text, found in parts.items():
        try:
            days[text] = _day(found, month_first=month) if not both else _only_day(found)
        except NotADate as error:
            unread[text] = str(error)
    unread = {text: unread[text] for text in dict.fromkeys(texts) if text in unread}
    return Dates([days.get(text, "") for text in texts], unread, month and not both)


def page_dates(pages: Iterable[Page]) -> Dates:
    """The dates of pages, in their order; the rows of one file are a column, and pages by themselves one together."""
    return dates_by_column((column_of(page), page.date) for page in pages)


def column_of(page: Page) -> str:
    """What names the column that a page's date stands in: the file of a row, "" for pages by themselves."""
    return page.file if page.line else ""


def dates_by_column(dates: Iterable[tuple[str, str]]) -> Dates:
    """The dates of (column, text) pairs, in their order, each column read for itself."""
    columns: dict[str, list[str]] = {}
    places: list[tuple[str, int]] = []
    for name, text in dates:
        column = columns.setdefault(name, [])
        places.append((name, len(column)))
        column.append(text)
    found = {name: read_dates(texts) for name, texts in columns.items()}
    unread = {text: why for dated in found.values() for text, why in dated.unread.items()}
    days = [found[name].days[place] for name, place in places]
    return Dates(days, unread, any(dated.month_first for dated in found.values()))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The numbers of a date as written; with `numeric` day and month may stand for each other."""

    year: int
    month: int | None = None
    day: int | None = None
    numeric: bool = False

    def only(self, first: str) -> bool:
        """Whether it can only be read with the day (or the month) first."""
        big, small = (self.day, self.month) if first == "day" else (self.month, self.day)
        return self.numeric and 12 < (big or 0) <= 31 and 1 <= (small or 0) <= 12


def _parts(text: str) -> _Parts:
    if len(text) > LONGEST:
        raise NotADate(f"longer than {LONGEST} characters")
    text = unicodedata.normalize("NFC", " ".join(text.split())).lower()
    if not text:
        raise NotADate("blank")
    if _EPOCH.fullmatch(text):
        day = datetime.fromtimestamp(int(text[:10]), _VIETNAM).date()
        return _Parts(day.year, day.month, day.day)
    if found := _COMPACT.fullmatch(text):
        return _Parts(int(found["y"]), int(found["m"]), int(found["d"]))
    matches = [found for form in (_NUMERIC, *_IN_WORDS) if (found := form.search(text))]
    if matches:
        found = min(matches, key=lambda match: match.start())
        if found.re is _NUMERIC:
            return _Parts(int(found["y"]), int(found["b"]), int(found["a"]), numeric=True)
        return _Parts(_year(found), _month(found["m"]), int(found["d"]))
    if found := _YEAR_MONTH.fullmatch(text) or _MONTH_YEAR.fullmatch(text):
        if found["m"] and not 1 <= int(found["m"]) <= 12:
            raise NotADate("no such month")
        return _Parts(int(found["y"]), int(found["m"]) if found["m"] else None)
    if (short := _TWO_DIGITS.search(text)) and (named := _with_weekday(text, short)):
        return named
    raise NotADate("its year has two digits" if _TWO_DIGITS.search(text) else "not written as a date")


def _with_weekday(text: str, found: re.Match[str]) -> _Parts | None:
    """The date with two digits for its year, if the day of the week before it confirms it."""
    weekday = _WEEKDAY.search(text, 0, found.start())
    if weekday is None:
        return None
    wanted = 6 if weekday["sunday"] else _WEEKDAYS.index(weekday["name"])
    parts = _Parts(_year(found), int(found["m"]), int(found["d"]))
    try:
        confirmed = date.fromisoformat(_day(parts, month_first=False)).weekday() == wanted
    except NotADate:
        return None
    return parts if confirmed else None


def _year(found: re.Match[str]) -> int:
    short = found.groupdict().get("yy")
    if short is None:
        return int(found["y"])
    return int(short) + (1900 if int(short) > 68 else 2000)  # as POSIX and Python's email do


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return _VIETNAMESE[name] if name in _VIETNAMESE else 1 + _ENGLISH.index(name[:3])


def _only_day(parts: _Parts) -> str:
    """The day of a date in a column of both orders."""
    if parts.numeric and not (parts.only("day") or parts.only("month")):
        raise NotADate("in this column the day comes first here and the month there")
    return _day(parts, month_first=parts.only("month"))


def _day(parts: _Parts, *, month_first: bool) -> str:
    if parts.year not in YEARS:
        raise NotADate(f"the year is {parts.year}")
    month, day = (parts.day, parts.month) if parts.numeric and month_first else (parts.month, parts.day)
    if month is None:
        return str(parts.year)
    try:
        date(parts.year, month, 1 if day is None else day)
    except ValueError:
        raise NotADate("no such day") from None
    return f"{parts.year}-{month:02d}" + ("" if day is None else f"-{day:02d}")
