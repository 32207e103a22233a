"""Takes out of a text what lynx, w3m and links put into it: bullets, pictures' names, link numbers, wraps, columns."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BULLET = re.compile(r"(?P<indent>\s+)(?:[*+o#@]|[•□○●◦▪■◆☆★·])(?:\s|$)|(?P<left>[•□○●◦▪■])\s")
_DRAWN = re.compile(r"(?P<indent>\s+)(?:[•□○●◦▪■◆☆★·])(?:\s|$)|(?P<left>[•□○●◦▪■])\s")
_STAR = re.compile(r"\s+\*(?:\s|$)")
_RULE = re.compile(r"[\s_=━─│┃┌┐└┘├┤┬┴┼|-]{4,}$")
_PICTURE = (
    r"\[(?:IMG|INLINE|LINK|EMBED|USEMAP|FRAME|image|[\w%+~.,() -]{0,150}\.(?:jpe?g|png|gif|webp|svg|bmp)[^\]]{0,40})\]"
)
_MARK = re.compile(
    rf"{_PICTURE}|\[\d{{1,4}}\](?=[^\s\d\[\]])|\(?\bBUTTON\)|\[BUTTON[^\]]{{0,80}}\]|\(not implemented\)|_{{4,}}|"
    r"\[(?:\s{2,}[^\]]{0,40}|[^\]]{0,40}\s{2,})\]"
)
_NAME_OF_PICTURE = re.compile(r"\[[\w%+~.-]{1,24}\](?=\s|$)")
"""w3m cuts the name of a picture to ten characters: "[NOEL_dantr]"."""
_NOTICE = re.compile(r"\s*(?:IFRAME:|REFRESH ?\(|Refresh ?\(|Link:|#(?:\w|RSS)\S* ).*|\s*#\w+\s*$")
_REFERENCES = re.compile(r"\s*(?:References|Visible links:?|Hidden links:?|Tham khảo)\s*$")
_REFERENCE = re.compile(r"\s*\d{1,4}\. (?:\w+://|file:|mailto:|javascript:)\S*\s*$")
_ODD_SPACE = re.compile(r"[^\S ]")
_GAP = re.compile(r" {3,}")
_MARKS = frozenset("[(#_IRL0123456789")
"""How lines begin that only a text browser writes."""
_MARKED_LEAST, _COLUMNS_LEAST = 3, 10
_CROSSED_MOST, _BORDERS_MOST = 0.03, 20
_WRAPPED_MOST = 132
"""Columns of the widest terminal that text is wrapped for; longer lines are paragraphs as they stand."""
_WRAPPED_LEAST = 40
_CAPTION_WIDTH, _CAPTION_LINES = 40, 6
_WRAPPED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text as it is shown: `gap` tells of a blank line before it, `item` of a bullet."""

    text: str
    gap: bool = False
    item: bool = False


def shown_lines(text: str) -> list[Line]:
    """Return the lines of a text; marks of text browsers go, where there are enough of them to know one.

    Lines wrapped at a fixed width are joined again, and columns of a table put one below the other. Time is linear in
    the text.
    """
    raw = [_ODD_SPACE.sub(" ", line.replace("\t", "    ")) for line in text.splitlines()]
    marked = _is_dump(raw)
    if marked:
        raw = list(_unmarked(_without_columns(_without_references(raw))))
    bullet = _BULLET if any(_STAR.match(line) for line in raw) else _DRAWN
    return list(_lines(_unwrapped(raw, _wrap_width(raw, 1 if marked else _MARKED_LEAST)), bullet if marked else None))


def _is_dump(lines: Sequence[str]) -> bool:
    """Whether a text browser wrote the lines: bullets behind spaces, names of pictures alone on a line, references."""
    marks = bullets = 0
    for line in lines:
        bare = line.strip()
        if line[:1].isspace() and _BULLET.match(line):
            bullets += 1
        elif bare[:1] in _MARKS:
            alone = bare[0] == "[" and (_MARK.fullmatch(bare) or _NAME_OF_PICTURE.fullmatch(bare)) is not None
            marks += alone or _NOTICE.fullmatch(line) is not None or _REFERENCE.fullmatch(line) is not None
        if marks >= _MARKED_LEAST or bullets >= 2 * _MARKED_LEAST:
            return True
    return False


def _without_references(lines: list[str]) -> list[str]:
    """Return the lines without the numbered addresses at the end of `lynx -dump`."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _REFERENCE.fullmatch(lines[end - 1]) or _is_heading(lines, end - 1)):
        end -= 1
    return lines[:end]


def _is_heading(lines: Sequence[str], i: int) -> bool:
    return _REFERENCES.fullmatch(lines[i]) is not None


def _without_columns(lines: list[str]) -> list[str]:
    """Return the lines of tables drawn side by side column by column; where a line spans them all, they are flushed."""
    parted = [list(_pieces(line)) for line in lines]
    borders = _borders([pieces for pieces in parted if len(pieces) > 1])
    if not borders:
        return lines
    out: list[str] = []
    columns: list[list[str]] = [[] for _ in range(len(borders) + 1)]
    for line, pieces in zip(lines, parted, strict=True):
        if len(pieces) == 1 and pieces[0][0] < borders[0] < pieces[0][0] + len(pieces[0][1]):
            for column in columns:
                out += _unwrapped(column, _cell_width(column))
                column.clear()
            out.append(line)
            continue
        filled = ["" for _ in columns]
        for start, piece in pieces:
            for number, part in _parts(start, piece, borders):
                filled[number] += f"   {part}"
        for column, text in zip(columns, filled, strict=True):
            column.append(text)
    for column in columns:
        out += _unwrapped(column, _cell_width(column))
    return out


def _borders(rows: Sequence[Sequence[tuple[int, str]]]) -> list[int]:
    """Return where columns begin: behind the stripes, at least a space wide, that hardly a row of a table crosses."""
    if len(rows) < _COLUMNS_LEAST:
        return []
    changes: Counter[int] = Counter()
    for start, piece in (piece for row in rows for piece in row):
        changes[start] += 1
        changes[start + len(piece)] -= 1
    most = max(1, int(_CROSSED_MOST * len(rows)))
    borders: list[int] = []
    covered, seen = 0, False
    for place in sorted(changes):
        before, covered = covered, covered + changes[place]
        if before <= most < covered:
            if seen:
                borders.append(place)
            seen = True
    return borders[:_BORDERS_MOST]


def _parts(start: int, piece: str, borders: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the parts of a piece, cut at the borders that stand behind a space, each with its column's number."""
    at = 0
    for border in borders:
        cut = border - start
        if at < cut < len(piece) and piece[cut - 1] == " ":
            yield sum(other <= start + at for other in borders), piece[at:cut].strip()
            at = cut
    yield sum(other <= start + at for other in borders), piece[at:]


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """Yield the pieces of a line between gaps, and where each starts."""
    start = len(line) - len(line.lstrip())
    bare = line.strip()
    at = 0
    for gap in _GAP.finditer(bare):
        yield start + at, bare[at : gap.start()]
        at = gap.end()
    if bare[at:]:
        yield start + at, bare[at:]


def _unmarked(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines without what is no text; a caption wrapped to the width of its picture is one line again."""
    caption: list[str] = []
    below_picture = False
    for line in lines:
        bare, picture = _without_marks(line)
        narrow = bare.strip() and len(bare.strip()) <= _CAPTION_WIDTH and not _DRAWN.match(bare)
        if below_picture and narrow and not picture and len(caption) < _CAPTION_LINES:
            caption.append(bare.strip())
            continue
        if caption:
            yield " ".join(caption)
            caption = []
        yield bare
        below_picture = picture
    if caption:
        yield " ".join(caption)


def _without_marks(line: str) -> tuple[str, bool]:
    """Return a line without notices and marks, and whether it was a picture's alone."""
    if _NOTICE.fullmatch(line) or _RULE.fullmatch(line):
        return "", False
    if not ("[" in line or "_" in line or "BUTTON" in line):
        return line, False
    bare = _NAME_OF_PICTURE.sub(" ", _MARK.sub(" ", line))
    if not _BULLET.sub("", bare).strip():
        return "", "[" in line
    return " " * (len(line) - len(line.lstrip())) + bare.strip(), False


def _wrap_width(lines: Sequence[str], least: int) -> int:
    """Return the column at which paragraphs are wrapped, or 0 where they are not.

    They are where no line is wider than a terminal, and most wide lines that another follows, `least` of them, had no
    place for its first word.
    """
    widths = (len(line.rstrip()) for line in lines if " " in line.strip() and not _BULLET.match(line))
    width = max(widths, default=0)
    if not _WRAPPED_LEAST <= width <= _WRAPPED_MOST:
        return 0
    full = prose = 0
    for line, below in itertools.pairwise(lines):
        if len(line.rstrip()) > 0.75 * width and below.strip() and not _BULLET.match(below):
            prose += 1
            full += _is_full(line, below, width)
    return width if full >= least and full >= _WRAPPED_SHARE * prose else 0


def _is_full(line: str, below: str, width: int) -> bool:
    return len(line.rstrip()) + 1 + len(below.split(maxsplit=1)[0]) > width


def _cell_width(lines: Sequence[str]) -> int:
    """Return the width of the cells in a column: that of its widest lines but a few, or 0 where it has no prose."""
    widths = sorted(len(line.rstrip()) for line in lines if len(line) >= _WRAPPED_LEAST and not _DRAWN.match(line))
    return widths[int(0.95 * (len(widths) - 1))] if len(widths) >= _MARKED_LEAST else 0


def _unwrapped(lines: Sequence[str], width: int) -> list[str]:
    """Return the lines with those joined that stand below one that had no place for their first word."""
    if not width:
        return list(lines)
    out: list[list[str]] = []
    above = ""
    for line in lines:
        if above.strip() and line.strip() and not _BULLET.match(line) and _is_full(above, line, width):
            out[-1].append(line.strip())
        else:
            out.append([line.rstrip()])
        above = line
    return [" ".join(parts) for parts in out]


def _lines(lines: Sequence[str], bullet: re.Pattern[str] | None) -> Iterator[Line]:
    """Yield what the lines say, without bullets."""
    gap = False
    for raw in lines:
        match = bullet.match(raw) if bullet else None
        text = (raw[match.end() :] if match else raw).strip()
        if text:
            yield Line(_once(text) if bullet else text, gap, item=match is not None)
            gap = False
        else:
            gap = gap or match is None


def _once(text: str) -> str:
    """Return a line once that is a picture's description and the same headline behind it."""
    half = len(text) // 2
    for cut in (half, half + 1):
        if half > 10 and text[:half].strip() == text[cut:].strip():
            return text[cut:].strip()
    return text
