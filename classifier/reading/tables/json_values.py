"""Reads the values of a JSON document, an array's or those one after the other, one of them in memory at a time."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

from classifier.errors import UnreadableError
from classifier.reading.limits import HEAD, MAX_JSON, MAX_JSON_VALUES, MAX_LINE, MAX_LINE_VALUES, MIB
from classifier.reading.raw.encoding import ENCODING_REMEDY, decode_as, encoding_of_lines
from classifier.reading.raw.legacy_vietnamese import legacy_name

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator

_CHUNK = MIB // 4
_CUT = 12
"""Signs before the end of a text within which what is cut there is called wrong: `"\\ud83d\\ude0`."""
_REST = "the rows after it were not read"
_REMEDY = "write it as JSON lines (.jsonl)"
_SPACE = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder(parse_constant=lambda _name: None)  # NaN, as pandas writes a missing text, is null


def json_values(stream: io.BufferedReader, encoding: str | None, source: str) -> Iterator[tuple[int, Any]]:
    """Yield the values of a document with their numbers from 1.

    encoding: as for lines (None: found out by the beginning). Raises UnreadableError at what is no JSON, with the
    number of the row and the character in it; for bytes in another encoding; for a row of more than MAX_LINE bytes.
    """
    text = _Text(stream, encoding, source)
    in_array = text.next_sign() == "["
    if in_array:
        text.at += 1
    number = 0
    while (sign := text.next_sign()) and not (in_array and sign == "]"):
        number += 1
        yield number, text.value(f"{source}:{number}", row=in_array)
        sign = text.next_sign()
        if in_array and sign == ",":
            text.at += 1
        elif in_array and sign and sign != "]":
            where = f"{source}:{number + 1}"
            raise UnreadableError(where, "no comma before this row", "the rows from here on were not read")
    if in_array and not sign:
        raise UnreadableError(source, f"ends in the middle of its array, after row {number}")


class _Text:
    """The text of a stream from the value at hand on; more of it is read as it is needed."""

    def __init__(self, stream: io.BufferedReader, encoding: str | None, source: str) -> None:
        self._stream, self._source = stream, source
        name = encoding or encoding_of_lines(stream.peek(HEAD)[:HEAD])
        self._name = legacy_name(name) or codecs.lookup(name).name
        self._decode = self._decoder()
        self._text, self.at = "", 0
        self._ended = False
        self._first = True

    def next_sign(self) -> str:
        """Skip space; return the sign after it, "" at the end."""
        while True:
            self.at = _end(_SPACE.match(self._text, self.at))
            if self.at < len(self._text) or not self._more():
                return self._text[self.at : self.at + 1]

    def value(self, where: str, *, row: bool) -> Any:
        """Return the value that begins at the sign at hand. row: whether it is one of many, not the whole document."""
        longest, most = (MAX_LINE, MAX_LINE_VALUES) if row else (MAX_JSON, MAX_JSON_VALUES)
        while True:
            size = len(self._text) - self.at
            if size > 2 * _CHUNK and values_at_least(self._text, self.at) > most:
                raise UnreadableError(where, f"holds more than {most:,} values", _REMEDY)
            if size > longest:
                raise UnreadableError(where, f"is longer than {longest // MIB} MiB", _REMEDY)
            try:
                value, end = DECODER.raw_decode(self._text, self.at)
            except RecursionError as error:
                raise UnreadableError(where, "is nested too deeply", _REST) from error
            except ValueError as error:
                if _is_cut(error, self._text) and self._more(size):
                    continue
                raise UnreadableError(where, f"is not JSON ({json_error(error, self.at)})", _REST) from error
            if end < len(self._text) or not self._more(size):  # a number may go on
                self.at = end
                return value

    def _more(self, size: int = 0) -> bool:
        """Read as much again as the value at hand has so far, at least a chunk; whether there was anything."""
        if self._ended:
            return False
        data = self._stream.read(max(_CHUNK, size))
        self._ended = not data
        new = self._decode(data)
        if self._first and new:
            new, self._first = new.removeprefix("\ufeff"), False
        self._text = self._text[self.at :] + new
        self.at = 0
        return bool(new) or not self._ended

    def _decoder(self) -> Callable[[bytes], str]:
        if legacy_name(self._name):  # letters of several bytes that know no beginning: in one piece
            parts: list[bytes] = []

            def whole(data: bytes) -> str:
                parts.append(data)
                return "" if data else decode_as(b"".join(parts), self._name, self._source)

            return whole
        decoder = codecs.getincrementaldecoder(self._name)("strict")
        read = 0

        def piece(data: bytes) -> str:
            nonlocal read
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeError as error:
                at = read + getattr(error, "start", 0)
                what = f"is not {'UTF-8' if self._name.startswith('utf-8') else self._name} (at byte {at})"
                raise UnreadableError(self._source, what, ENCODING_REMEDY) from error
            read += len(data)
            return text

        return piece


def _is_cut(error: ValueError, text: str) -> bool:
    """Whether a value may be right and only goes on after the end of the text."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or error.pos >= len(text) - _CUT


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def values_at_least(text: str, at: int = 0) -> int:
    """At least how many values a JSON text may become, counted without making them."""
    return sum(text.count(sign, at) for sign in ",[{")


def json_error(error: ValueError, start: int = 0) -> str:
    """What the standard library says of a JSON text, in a few words; characters are counted from `start`."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]}, character {error.pos - start + 1}"
    return "a number is too long"
