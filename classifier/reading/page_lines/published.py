"""When a page was published, and by whom, out of what it shows: the line of its date, the names of its byline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.reading.page_lines.blocks import key_of
from classifier.vietnamese.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE_MOST = 110
"""Characters of a line that can be a date with a section, a name or a source beside it."""
_AFTER, _BEFORE = 14, 8
"""Lines below and above a title among which its date stands."""
_WRAPPED = 4
"""Lines that a text browser breaks a title into."""
_COLUMN = re.compile(r"\s{4,}")
"""What w3m sets between things that stand side by side."""
_YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}/\d{1,2}/\d\d(?!\d)", re.ASCII)
_PROSE = 30
"""Words of a line that is text: a date in it is what the article tells of, and one below two of them another's."""
_THEO = re.compile(r"\(?\s*\b(?:theo|nguồn|tổng hợp|lược dịch|biên dịch|dịch)\b[^)]*\)?", re.IGNORECASE)
_TASKS = re.compile(
    r"^(?:(?:tin|bài|ảnh)(?:(?:,|và| |-|/)+(?:tin|bài|ảnh))*\s*:\s*|(?:thực hiện|tác giả|pv|phóng viên|by)\s*:?\s+)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s+[-–—|/&]\s+|\s*[,;/|&]\s*|\s+và\s+")


def date_shown(lines: Sequence[str], title: str) -> str:
    """YYYY-MM-DD of the line near the title that holds a date; "" where none does.

    Below each place where the page says its title, the first line with a date before its second paragraph; else above
    it, the nearest. A page's clock stands far above, at its top, and is not taken.
    """
    key = key_of(title)
    if not key:
        return ""
    places = [end for at, line in enumerate(lines) if (end := _end_of_title(lines, at, line, key)) >= 0]
    for place in places:
        prose = 0
        for line in lines[place + 1 : place + 1 + _AFTER]:
            if found := _day_in(line):
                return found
            prose += len(line.split()) >= _PROSE
            if prose > 1:
                break
    for place in places:
        for line in reversed(lines[max(0, place - _BEFORE) : place]):
            if len(line.split()) >= _PROSE:
                break
            if found := _day_in(line):
                return found
    return ""


def _end_of_title(lines: Sequence[str], at: int, line: str, key: str) -> int:
    """The last line of a title that begins in line `at`, in up to _WRAPPED lines; -1 where none begins there."""
    so_far = ""
    for end in range(at, min(len(lines), at + _WRAPPED)):
        if len(so_far) + len(lines[end]) > 2 * len(key) + 40:
            return -1
        so_far = f"{so_far} {lines[end]}" if so_far else line
        found = key_of(so_far)
        if found == key:
            return end
        if not found or not key.startswith(found):
            return -1
    return -1


def authors_of(byline: str) -> tuple[str, ...]:
    """The persons of a byline, each by itself: without "(Theo Reuters)" and other words of how the text was made."""
    names = (_TASKS.sub("", part.strip()) for part in _BETWEEN.split(_TASKS.sub("", _THEO.sub(" ", byline).strip())))
    return tuple(dict.fromkeys(name.strip(" .()") for name in names if name.strip(" .()")))


def _day_in(line: str) -> str:
    line = _COLUMN.split(line, maxsplit=1)[0]
    if len(line) > _LINE_MOST or not _YEAR.search(line):
        return ""
    day = day_of(line)
    return day.isoformat() if day else ""
