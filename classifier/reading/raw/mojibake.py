"""Undoes UTF-8 that was read as Windows-1252 and saved again ("Tá»•ng thá»‘ng"), lost bytes included where one fits."""

from __future__ import annotations

import re
from itertools import product

from classifier.reading.raw.old_encodings import is_common
from classifier.vietnamese.syllable import is_syllable

SIGNS = "\xba\xbb"
"""One of these stands in every Vietnamese text that was misread so, and hardly ever in another."""

_LEAST = 2
"""Vietnamese letters that must come out before anything is changed."""
_TIMES = 3
"""A text that went through two such programs was misread twice."""
_MOST_GAPS = 3
"""Lost bytes in one word that are filled in."""

_BYTE_OF = {chr(byte): byte for byte in range(0x80, 0x100)}
for _byte in range(0x80, 0xA0):
    _sign = bytes([_byte]).decode("cp1252", "ignore")
    if _sign:
        _BYTE_OF[_sign] = _byte
_TAIL = "".join(sign for sign, byte in _BYTE_OF.items() if 0x80 <= byte < 0xC0)
_LOST = "\ufffd"
# A letter's bytes, one of them perhaps lost: 0x81, 0x8D, 0x8F, 0x90 and 0x9D mean nothing in Windows-1252. Some
# programs write U+FFFD for them, others nothing; a no-break space (0xA0) may have become a plain one.
_LETTER = re.compile(
    f"[áâ][{re.escape(_TAIL)}][{re.escape(_TAIL)}{_LOST}]?|[ÂÃÄÅÆÌ][{re.escape(_TAIL)}{_LOST}]|[ÃÄ](?=[^\\W\\d_])|Ã "
)
_VIETNAMESE = frozenset("ăâđêôơưĂÂĐÊÔƠƯ") | {chr(code) for code in range(0x1EA0, 0x1EFA)}
_TONED = frozenset("àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝĩũĨŨ")
_GAPS = {"\ue000": "ờềọỏỐ", "\ue001": "ÁÍÝ"}
"""What stands for a letter whose last byte was lost, and the letters it can have been, the likeliest first."""
# Where several letters make a syllable: frequent words of the letters that are not the likeliest.
_RATHER = frozenset(
    """bỏ bọn bọc chọn dọc dọn đỏ đọc đòi giọng gọi gọng gỏi hỏi họ họp hỏng học khỏe khỏi lọc lọt mọi mỏ mỏi mọc ngọn
    ngọt nhỏ nhọn phỏng rọi sỏi sọ thọ thỏa tỏ tọa trọn trọng trỏ vọng vỏ vọt xỏ""".split()  # noqa: SIM905  a list of words
)
_SPACE_LOST = "\ue002"
_WORD = re.compile("[^\\W\\d_\ue000\ue001]*[\ue000\ue001](?:[^\\W\\d_]|[\ue000\ue001])*")
_A_AND_SPACE = re.compile(f"([^\\W\\d_]*){_SPACE_LOST}([^\\W\\d_]*)")


def undo_mojibake(text: str) -> str:
    """Return the text with what was misread put right; `text` itself where it holds no Vietnamese misread so.

    Letters that lost a byte become the one of few that makes a syllable of their word; without such a one they stay.
    """
    for _ in range(_TIMES):
        undone = _undo(text)
        if undone == text:
            break
        text = undone
    return text


def _undo(text: str) -> str:
    letters = 0

    def letter(match: re.Match[str]) -> str:
        nonlocal letters
        found = _decoded(match[0])
        letters += found in _VIETNAMESE or found in _TONED or found in _GAPS
        return found

    undone = _LETTER.sub(letter, text)
    if letters < _LEAST or not any(sign in text for sign in SIGNS):
        return text
    if _SPACE_LOST in undone:
        undone = _A_AND_SPACE.sub(_space_or_not, undone)
    return _WORD.sub(_filled, undone)


def _decoded(signs: str) -> str:
    """The letter that misread signs were, a mark of _GAPS where a byte is lost, or the signs as they are."""
    if signs == "Ã ":
        return "à" + _SPACE_LOST
    data = bytes(_BYTE_OF[sign] for sign in signs if sign != _LOST)
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError:
        if data == b"\xe1\xbb":
            return "\ue000"
        if data == b"\xc4":
            return "Đ"  # the only letter of Vietnamese there
        if data == b"\xe2\x80":
            return "”"
        return "\ue001" if data == b"\xc3" else signs
    return found


def _space_or_not(match: re.Match[str]) -> str:
    """`lÃ m` with a plain space was `làm`, or `là m…` whose two spaces became one: a syllable decides."""
    before, after = match.groups()
    return before + after if after and is_syllable(before + after) else f"{before} {after}"


def _filled(match: re.Match[str]) -> str:
    word = match[0]
    gaps = [at for at, sign in enumerate(word) if sign in _GAPS]
    best, found = 0, ""
    for letters in product(*(_GAPS[word[at]] for at in gaps)) if len(gaps) <= _MOST_GAPS else ():
        tried = list(word)
        for at, letter in zip(gaps, letters, strict=True):
            tried[at] = letter
        whole = "".join(tried)
        worth = 2 * (is_common(whole.lower()) or whole.lower() in _RATHER) + is_syllable(whole)
        if worth > best and (whole.islower() or whole.istitle() or whole.isupper()):
            best, found = worth, whole
    return found or "".join(_LOST if sign in _GAPS else sign for sign in word)
