"""Keeps the ids of a run's pages unique, in memory that grows with the ids that were given, not with all rows."""

from __future__ import annotations


class Ids:
    """Hands out every id once: the second page that asks for "x" becomes "x#2", the third "x#3".

    Rows without an id of their own are named TABLE:LINE. Lines only grow, so for a table one number, its last line,
    says which of these names are taken.

    later: rows of JSON lines are handed on unread (`RawRows`), and get their ids when they come back; `waits` says
    whether some are out, so that no id may be given to what follows them.
    """

    def __init__(self, *, later: bool = False) -> None:
        self.later, self.waits = later, False
        self._given: set[str] = set()
        self._repeats: dict[str, int] = {}
        self._last_lines: dict[str, list[int]] = {}

    def given(self, wish: str) -> str:
        """Return a unique id for a page that has one: `wish` itself, or `wish` with the first free number."""
        number = self._repeats.get(wish, 1)
        unique = wish if number == 1 else f"{wish}#{number}"
        while unique in self._given or self._is_row(unique):
            number += 1
            unique = f"{wish}#{number}"
        if number > 1:
            self._repeats[wish] = number
        self._given.add(unique)
        return unique

    def open_table(self, name: str) -> None:
        """Begin a table; the rows that follow under `name` are its rows."""
        self._last_lines.setdefault(name, []).append(0)

    def row(self, name: str, line: int) -> str:
        """Return a unique id for line `line` of the table opened last under `name`; lines must not go back."""
        lasts = self._last_lines[name]
        lasts[-1] = line
        number = sum(last >= line for last in lasts)
        unique = f"{name}:{line}" if number == 1 else f"{name}:{line}#{number}"
        if unique not in self._given:
            return unique
        return self.given(f"{name}:{line}")

    def _is_row(self, unique: str) -> bool:
        """Whether `row` may have handed out this id."""
        name, _, rest = unique.rpartition(":")
        lasts = self._last_lines.get(name)
        line, _, number = rest.partition("#")
        if lasts is None or not _is_number(line) or not (number == "" or _is_number(number)):
            return False
        return sum(last >= int(line) for last in lasts) >= int(number or 1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
