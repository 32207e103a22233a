"""The old Vietnamese encodings that Python lacks, TCVN3, VNI and VISCII: bytes to text and text to bytes.

The letters are facts of three standards: TCVN 5712:1993 (its third part, which the ABC fonts follow), VNI Software's
font layout for Windows, and RFC 1456 (VISCII). glibc's iconv knows the first and the last, and gives the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "tcvn3": "tcvn3",
    "tcvn": "tcvn3",
    "tcvn5712": "tcvn3",
    "xviettcvn": "tcvn3",
    "xviettcvn5712": "tcvn3",
    "abc": "tcvn3",
    "vni": "vni",
    "vniwin": "vni",
    "vniwindows": "vni",
    "xvietvni": "vni",
    "viscii": "viscii",
    "xvietviscii": "viscii",
    "csviscii": "viscii",
    "viscii11": "viscii",
}
"""What the encodings are called, in lower case without signs, and the name they have here."""

# From 0xA1 on; the dots are bytes without a letter. 0xB0-0xB4 are tones that follow their letter.
_TCVN3 = (
    "ĂÂÊÔƠƯĐăâêôơưđ."
    "\u0300\u0309\u0303\u0301\u0323àảãáạ.ằẳẵắ."
    "......ặầẩẫấậè.ẻẽ"
    "éẹềểễếệìỉ...ĩíịò"
    ".ỏõóọồổỗốộờởỡớợù"
    ".ủũúụừửữứựỳỷỹýỵ."
)
_SHARED_FROM = 0xB5
"""From this byte on, TCVN3 has one byte for a letter and its capital."""

# From 0x80 on; six capitals more stand among the control characters.
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
    "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệố"
    "ồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
    "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉ"
    "đựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW: Mapping[int, str] = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}

_TONES = "\u0301\u0300\u0309\u0303\u0323"  # acute, grave, hook, tilde, dot below: the order of VNI's marks
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_ALONE = {**dict(zip("íìæóò", "íìỉĩị", strict=True)), "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}
_VNI_SIGNS = "×÷"


def legacy_name(name: str) -> str | None:
    """The encoding of this module that a name means ("TCVN-3", "x-viet-vni"), or None."""
    return NAMES.get(re.sub(r"[-_ .:]", "", name.lower()))


def decode_legacy(data: bytes, name: str) -> str:
    """The text of `data` in "tcvn3", "vni" or "viscii", composed.

    TCVN3 has no byte for most capitals with a tone: fonts for capitals (.VnTimeH) show the same bytes. Such a letter
    comes out as a capital where its word is written in capitals or where it begins a sentence; else it is small.
    Raises UnicodeDecodeError at the first byte that has no letter, or none in its place.
    """
    if name == "vni":
        return _decode_vni(data)
    table = _table(name)
    text = data.decode("latin-1").translate(table)
    if "\ufffe" in text:
        at = text.index("\ufffe")  # one character a byte so far
        raise UnicodeDecodeError(name, data, at, at + 1, "no letter of this encoding")
    text = unicodedata.normalize("NFC", text)
    return _with_capitals(text) if name == "tcvn3" else text


def encode_legacy(text: str, name: str) -> bytes:
    """The bytes of a text in "tcvn3", "vni" or "viscii"; TCVN3 writes most capitals with a tone as small letters.

    Raises UnicodeEncodeError for what the encoding cannot write.
    """
    text = unicodedata.normalize("NFC", text)
    letters = _letters(name)
    out = bytearray()
    for at, letter in enumerate(text):
        code = letters.get(letter) or (letters.get(letter.lower()) if name == "tcvn3" else None)
        if code is None:
            raise UnicodeEncodeError(name, text, at, at + 1, "no byte for it in this encoding")
        out += code
    return bytes(out)


@cache
def _table(name: str) -> Mapping[int, str]:
    """Byte -> letter where it is not ASCII; U+FFFE marks a byte without one."""
    if name == "viscii":
        return {**dict(enumerate(_VISCII, start=0x80)), **_VISCII_LOW}
    table = {byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", "\ufffe") for byte in range(0x80, 0xA1)}
    # A hyphen's byte is ư, so there is no soft hyphen; and what stands below 0xA1 is Windows' punctuation.
    table.update({byte: "\ufffe" if letter == "." else letter for byte, letter in enumerate(_TCVN3, start=0xA1)})
    table[0xFF] = "\ufffe"
    return table


@cache
def _letters(name: str) -> Mapping[str, bytes]:
    """Letter -> its bytes."""
    letters = {chr(byte): bytes([byte]) for byte in range(0x80)}
    if name == "vni":
        letters.update({letter: bytes([byte]) for byte, letter in _vni_signs().items()})
        letters.update({letter: pair.encode("latin-1") for pair, letter in _vni_pairs().items() if _plain_case(pair)})
        return letters
    table = _table(name)
    for byte in _VISCII_LOW if name == "viscii" else ():
        del letters[chr(byte)]
    letters.update({letter: bytes([byte]) for byte, letter in table.items() if letter != "\ufffe"})
    return letters


def _plain_case(pair: str) -> bool:
    return len(pair) == 1 or pair[0].isupper() == pair[1].isupper()


@cache
def _vni_signs() -> Mapping[int, str]:
    """Windows' punctuation below 0xC0, and what stands for itself above."""
    signs = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)}
    return {byte: sign for byte, sign in signs.items() if sign} | {ord(sign): sign for sign in _VNI_SIGNS}


@cache
def _vni_pairs() -> Mapping[str, str]:
    """What VNI writes (a vowel and its mark, or a letter alone; as Latin-1) -> the letter."""
    pairs = dict(_VNI_ALONE)
    tones = dict(zip("ùøûõï", _TONES, strict=True))
    circumflexes = dict(zip("âáàåãä", ("", *_TONES), strict=True))
    breves = dict(zip("êéèúüë", ("", *_TONES), strict=True))
    for vowels, marks, above in (
        ("aeouyôö", tones, ""),
        ("aeo", circumflexes, _CIRCUMFLEX),
        ("a", breves, _BREVE),
    ):
        for vowel in vowels:
            base = _VNI_ALONE.get(vowel, vowel)
            for mark, tone in marks.items():
                pairs[vowel + mark] = unicodedata.normalize("NFC", base + above + tone)
    # Whichever case the mark is in, the vowel's is the letter's.
    upper = {pair[0].upper() + rest: letter.upper() for pair, letter in pairs.items() for rest in {pair[1:].upper()}}
    mixed = {pair[0] + pair[1].upper(): letter for pair, letter in pairs.items() if len(pair) == 2}
    mixed |= {pair[0].upper() + pair[1]: letter.upper() for pair, letter in pairs.items() if len(pair) == 2}
    return pairs | mixed | upper


_VNI_VOWELS, _VNI_MARKS = "aeouyôö", "ùøûõïâáàåãäêéèúüë"
_VNI_LETTER = re.compile(
    f"[{_VNI_VOWELS}{_VNI_VOWELS.upper()}][{_VNI_MARKS}{_VNI_MARKS.upper()}]|[\x80-\xff]"  # no letter is in both
)


def _decode_vni(data: bytes) -> str:
    pairs, signs = _vni_pairs(), _vni_signs()

    def letter(match: re.Match[str]) -> str:
        found = pairs.get(match[0]) or signs.get(ord(match[0][-1]))
        if found is None:
            raise UnicodeDecodeError("vni", data, match.end() - 1, match.end(), "a mark without its vowel")
        return found

    return _VNI_LETTER.sub(letter, data.decode("latin-1"))


_SHARED = "".join(letter for letter in _TCVN3[_SHARED_FROM - 0xA1 :] if letter != ".")
_WORD = re.compile(r"[^\W\d_]+")
_BEGINNING = re.compile(rf"(?:(?<![\s\"'“”‘’(\[-])([\s\"'“”‘’(\[-]++)|\A)([{_SHARED}])")
"""A letter and all spaces and quotes before it: each run of them is looked at once, however long."""


def _with_capitals(text: str) -> str:
    """Capitals that TCVN3 does not write, where the letters beside them tell: VIỆT NAM, the first of a sentence."""
    text = _WORD.sub(_one_word, text)
    return _BEGINNING.sub(_one_beginning, text)


def _one_beginning(match: re.Match[str]) -> str:
    """The letter is a capital at the beginning of the text or a line, and after the end of a sentence and a space."""
    before, first = match[1] or "", match.start()
    ended = first == 0 or "\n" in before or (match.string[first - 1] in ".!?…" and before[0].isspace())
    return before + (match[2].upper() if ended else match[2])


def _one_word(match: re.Match[str]) -> str:
    word = match[0]
    told = [letter for letter in word if letter not in _SHARED]
    return word.upper() if len(told) >= 2 and len(told) < len(word) and all(map(str.isupper, told)) else word
