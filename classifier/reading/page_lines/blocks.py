"""Turns the raw text of a dump into blocks: cleaned lines with their form, equal lines in a row as one."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from classifier.reading.page_lines.line_forms import Form, form_of, is_headline
from classifier.reading.page_lines.text_browser import shown_lines

# Zero-width and direction marks, soft hyphens, byte-order marks and control characters other than line ends and tabs.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1b\x7f]")
_SPACES = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_ESCAPED_AT_MOST = 3
_ALIKE = str.maketrans(dict.fromkeys("\"'`´“”„‟‘’‚‛«»‹›′″", "'") | dict.fromkeys("‐‑‒–—−", "-") | {"…": "..."})
_UNLIKE = re.compile("[" + "".join(char for char in map(chr, _ALIKE) if char not in "'-") + "]")
_KEYED = 2000  # characters; what is longer is no headline, and its key is the text itself
# Normalising takes quadratic time in a run of accents on one letter, so no more of them are kept than Unicode's
# stream-safe format allows (UAX #15, 30). Accents are no word characters and lie above Latin.
_MARKS = re.compile("[^\\w\x00-\u02ff]{31,}")
_MARKS_AT_MOST = 30
_CUT_LEAST = 3
_SHORTENED_LEAST = 20
"""Characters, without spaces."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a dump, or several equal ones in a row.

    `copies` counts them, `gap` tells whether a blank line stands before the first, `loose` whether blank lines stand
    between them, `item` whether a text browser drew a bullet. `key` is equal for lines that differ only in spaces,
    case, dashes or the kind of quotes.
    """

    text: str
    key: str
    form: Form
    copies: int = 1
    gap: bool = False
    loose: bool = False
    item: bool = False

    @property
    def twice(self) -> bool:
        """Whether the line is printed at least twice in a row, as recommended headlines are."""
        return self.copies > 1


def clean(text: str) -> str:
    """Return `text` in NFC, HTML entities resolved (escaped up to three times), invisible characters left out."""
    resolved: dict[str, str] = {}

    def resolve(match: re.Match[str]) -> str:
        entity = match.group()
        if entity not in resolved:
            resolved[entity] = " ".join(html.unescape(entity).splitlines() or [" "])
        return resolved[entity]

    for _ in range(_ESCAPED_AT_MOST):
        before, text = text, _ENTITY.sub(resolve, text)
        if text == before:
            break
    return unicodedata.normalize("NFC", _MARKS.sub(_fewer_marks, _INVISIBLE.sub("", text)))


def _fewer_marks(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in run.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_AT_MOST:
            kept.append(char)
    return "".join(kept)


def key_of(text: str) -> str:
    """Return what two printings of a line have in common, whatever their spaces, case, dashes and quotes."""
    if len(text) > _KEYED:
        return text
    text = text.replace(" ", "").replace("\t", "")
    if _UNLIKE.search(text):  # translate() is slow, and most lines have no such character
        text = text.translate(_ALIKE)
    return text.replace("''", "'").casefold()  # '' is a way to type "


def squeeze(text: str) -> str:
    """Return `text` with every run of spaces as one."""
    return _SPACES.sub(" ", text).strip()


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of a dump in their order; empty lines live on as `gap` and `loose` alone."""
    lines = shown_lines(clean(text))
    blocks: list[Block] = []
    for number, shown in enumerate(lines):
        line, gap = shown.text, shown.gap
        key = key_of(line)
        last = blocks[-1] if blocks else None
        if last and key and _is_copy(key, last, at_end=number == len(lines) - 1):
            # The second printing is the visible link, the first its image's description; a cut one is worth nothing.
            newest, key = (line, key) if len(key) >= len(last.key) else (last.text, last.key)
            blocks[-1] = Block(newest, key, last.form, last.copies + 1, last.gap, last.loose or gap, last.item)
        else:
            blocks.append(Block(line, key, form_of(line), gap=gap, item=shown.item))
    return blocks


def _is_shortened(key: str, of: str) -> bool:
    """Whether a headline is printed once with its end cut off: "Tàu chở dầu mắc cạn ngoài khơi..."."""
    cut = key.endswith("...") and _SHORTENED_LEAST <= len(key) <= len(of) and of.startswith(key[:-3].rstrip("."))
    return cut and is_headline(of) and not of.endswith("...")


def _is_copy(key: str, last: Block, *, at_end: bool) -> bool:
    """Whether a line repeats the block before it; the very last line of a dump may have been cut while it did."""
    if key == last.key or _is_shortened(key, last.key) or _is_shortened(last.key, key):
        return True
    cut = at_end and last.copies == 1 and len(key) >= _CUT_LEAST and last.key.startswith(key)
    return cut and (last.form is Form.CAPTION or is_headline(last.text))
