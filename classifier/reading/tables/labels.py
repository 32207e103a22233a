"""Reads topics as tools write them into a cell: one name, or a list in the way of JSON, Python, NumPy, doccano …"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import TYPE_CHECKING

from classifier.reading.cleaning import clean

if TYPE_CHECKING:
    from typing import Any

MISSING = frozenset(("nan", "NaN", "NAN", "-nan", "NaT", "<NA>", "None", "null", "NULL", "NA", "N/A", "n/a", "#N/A"))
"""How programs write into a cell that there is nothing in it (pandas, R, SQL, Excel)."""
_TRUTH = ("True", "TRUE", "False", "FALSE")
_EXACT = 1e15
"""Below it every whole number is a float of its own."""
_WHOLE = re.compile(r"[+-]?\d{1,18}\.0*", re.ASCII)
_SEPARATORS = re.compile(r"[,;|\n]")
_CALL = re.compile(r"(?:(?:np|numpy|pd|pandas)\.)?(array|Index|list|tuple|set|frozenset|c)\s*\((.*)\)", re.DOTALL)
_DTYPE = re.compile(r",\s*(?:dtype|name|shape)\s*=[^\[\]]*$")
_BRACKETS = {"[": "]", "{": "}", "(": ")"}
_OPENED = re.compile(r"""[\[{(]\s*["'\[{]|[\[{]*$""")
_LONGEST = 100_000
"""Characters of a cell that is taken apart."""
# A quoted item, with backslashes before quotes in it, or what stands between commas.
_ITEM = re.compile(
    r"""\s*(?:[ubr]?'((?:[^'\\]|\\.)*)'|[ubr]?"((?:[^"\\]|\\.)*)"|([^,'"\[\](){}]+|[^,'"\[\](){}]*'[^,"\[\](){}]*))\s*(,?)""",
    re.DOTALL,
)
_NUMBERS = re.compile(r"[+-]?\d+\.?\d*(?:\s+[+-]?\d+\.?\d*)+", re.ASCII)
_SHOWN = 60


def label_name(value: Any) -> str | None:
    """Return one label as a text, or None where nothing is in the cell or something that cannot be a label.

    Codes and truth values are labels too, however they were written: 1 and 1.0, True and true are one. Invisible
    characters and other spellings of the same letters make no label of their own: see `classifier.reading.cleaning`.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT
        value = str(int(value) if whole else value) if math.isfinite(value) else ""
    name = clean(str(value)).strip() if isinstance(value, str | int) else ""
    if name in MISSING:
        name = ""
    if _WHOLE.fullmatch(name):
        name = str(int(name.partition(".")[0]))
    name = name.lower() if name in _TRUTH else name
    return unicodedata.normalize("NFC", name) or None


def label_names(value: Any) -> tuple[str, ...] | None:
    """Return the labels of a cell that holds several, without repeats, or None where it is no list of labels.

    A list, an object with `choices` (Label Studio) or with a truth value for each name, or a text: a list as JSON,
    Python, NumPy, R or Postgres write it, or names with `,`, `;`, `|` or line feeds between them.
    """
    if isinstance(value, str):
        listed = _written_list(value.strip())
        return _names(_SEPARATORS.split(value)) if listed is _NO_LIST else _names(listed)
    return _names(value)


def one_or_more(value: Any) -> tuple[str, ...] | None:
    """Return the labels of a cell that should hold one: the one, or those of a list (see `label_names`)."""
    if isinstance(value, str):
        listed = _written_list(value.strip())
        if listed is not _NO_LIST:
            return _names(listed)
    elif not isinstance(value, int | float):
        return _names(value)
    name = label_name(value)
    return (name,) if name else None


def is_missing(value: Any) -> bool:
    """Whether nothing is in a cell, or what programs write for that."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and (not value.strip() or value.strip() in MISSING)


def as_it_stands(value: Any) -> str:
    """Return a cell as a message shows it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _NoList:
    """Marks a text that does not look like a list."""


_NO_LIST = _NoList()


def _written_list(text: str) -> Any:
    """Return what a text in brackets holds, None if it cannot be told, _NO_LIST where it is not in brackets."""
    if len(text) > _LONGEST:
        return None if text[:1] in _BRACKETS else _NO_LIST
    call = _CALL.fullmatch(text)
    if call:
        text = _DTYPE.sub("", call[2].strip())
        if not text or text[0] not in _BRACKETS:
            text = f"[{text}]"
    elif not text or text[0] not in _BRACKETS or text[-1] != _BRACKETS[text[0]]:
        return None if _OPENED.match(text) and text else _NO_LIST
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list | dict):
        return found
    if text[0] == "(" and not call and not re.search("[,'\"]", text):
        return _NO_LIST  # "(khác)" is a name
    return _items(text[1:-1].strip())


def _items(inside: str) -> list[str] | None:
    """Return the items of a list; quoted ones may have nothing but space between them, as NumPy prints them."""
    if _NUMBERS.fullmatch(inside):
        return inside.split()
    items: list[str] = []
    at, comma = 0, True
    while at < len(inside):
        match = _ITEM.match(inside, at)
        if not match or match.end() == at:
            return None
        single, double, bare = match[1], match[2], match[3]
        if bare is not None and not comma:  # letters after a closed quote
            return None
        item = bare if bare is not None else re.sub(r"\\(.)", r"\1", single if single is not None else double)
        items.append(item.strip())
        at, comma = match.end(), bool(match[4])
        if bare is not None and at < len(inside) and not comma:
            return None
    return items


def _names(value: Any) -> tuple[str, ...] | None:
    if hasattr(value, "tolist"):  # a NumPy array in a DataFrame's cell
        value = value.tolist()
    if isinstance(value, dict):
        if isinstance(value.get("choices"), str | list):
            value = [value["choices"]] if isinstance(value["choices"], str) else value["choices"]
        elif value and all(isinstance(said, bool) for said in value.values()):
            value = [name for name, said in value.items() if said]
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    if any(isinstance(item, list | tuple | dict) for item in value):
        return None
    names = [label_name(item) for item in value]
    return tuple(dict.fromkeys(name for name in names if name))
