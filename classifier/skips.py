"""Gathers what was skipped into one message a file and reason, with a count and the first places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.types import Skipped

_PLACE = re.compile(r"(.+):(\d+)", re.DOTALL)
_DETAIL = re.compile(r"\(.*\)|'[^']*'|\d[\d,.]*", re.DOTALL)
_EXAMPLES = 3


@dataclass(slots=True)
class _Group:
    """What was skipped for one reason in one file."""

    first: Skipped
    count: int = 0
    lines: list[str] = field(default_factory=list)


class Gathered:
    """Holds back what rows of a table were skipped for; what is no row, or a remark, comes out at once."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str], _Group] = {}
        self._file = ""

    def add(self, skipped: Skipped) -> Iterator[Skipped]:
        """Yields the messages that are complete with this one: those of the file before."""
        place = _PLACE.fullmatch(skipped.source)
        if not place or not skipped.count:
            yield skipped
            return
        if place[1] != self._file:
            yield from self.rest()
            self._file = place[1]
        # Two of a kind differ in numbers, in what is quoted and in what stands in brackets.
        key = (place[1], _DETAIL.sub("#", skipped.reason), _DETAIL.sub("#", skipped.remedy))
        group = self._groups.setdefault(key, _Group(skipped))
        group.count += skipped.count
        if len(group.lines) < _EXAMPLES:
            group.lines.append(place[2])

    def rest(self) -> Iterator[Skipped]:
        """Yields what is held back: a row by itself as it is, several as one."""
        groups, self._groups = self._groups, {}
        for (file, *_), group in groups.items():
            yield group.first if group.count == 1 else _together(file, group)


def _together(file: str, group: _Group) -> Skipped:
    more = group.count - len(group.lines)
    lines = ", ".join(group.lines) + (f" and {more:,} more" if more else "")
    reason = f"{group.count:,} rows, in lines {lines}: {group.first.reason}"
    return replace(group.first, source=file, reason=reason, count=group.count)
