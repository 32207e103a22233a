"""Words that every layer uses: counts, lines for the person at the terminal, and texts made safe to show."""

from __future__ import annotations

import sys

# What steers a terminal rather than being shown: C0, C1 (0x9B begins a sequence as ESC [ does), and the marks that set
# text from right to left, by which a name can be made to look like another.
_STEERING = (*range(9), *range(14, 32), *range(127, 160), 0x061C, *range(0x200E, 0x2010), *range(0x202A, 0x202F))
_STEERING += tuple(range(0x2066, 0x206A))
_CONTROL = dict.fromkeys(_STEERING) | dict.fromkeys((9, 10, 11, 12, 13, 0x2028, 0x2029), " ")
_CELL_CONTROL = dict.fromkeys(_STEERING) | dict.fromkeys((11, 12, 0x2028, 0x2029), " ") | {13: "\n"}  # no reader splits
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # spreadsheets take the wide ones too

OPENING = 100
"""Characters by which a reader knows a text again."""


def number(count: int, noun: str) -> str:
    """`1 page`, `2,500 pages`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def opening(title: str, text: str) -> str:
    """What a reader knows an article by: its title, or how its text begins where it has none."""
    if title.strip():
        return title
    # Words beyond the first OPENING characters cannot be part of it: a long text is not split whole.
    begun = " ".join(text[: 4 * OPENING].split())
    return begun if len(begun) <= OPENING else begun[:OPENING].rsplit(" ", 1)[0] + " …"


def say(message: str) -> None:
    """A line for the person at the terminal: to stderr, without control characters."""
    sys.stderr.write(plain(message) + "\n")
    sys.stderr.flush()


def shown(name: str) -> str:
    r"""A file's name as text: bytes of it that are not UTF-8 as `\xff`, so that it can be written and encoded."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def plain(text: str) -> str:
    """The text on one line without what could move the cursor, recolour the terminal or turn the text around."""
    return text.translate(_CONTROL)


def cell(text: str) -> str:
    """The text as a cell of a table, of which a spreadsheet makes no formula and a terminal nothing at all."""
    if not text.isprintable():  # what steers is none of what can be printed
        text = text.replace("\r\n", "\n").translate(_CELL_CONTROL)
    # What begins with apostrophes before such a sign gets one more, so that `unguarded` gives back every text.
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """A cell of a CSV file as it was before `separated_line` put an apostrophe before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text
