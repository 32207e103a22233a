"""How bytes become text: which encoding they are taken for, and what is said of those that fit none."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UnreadableError, UsageError
from classifier.reading.raw.encoding import check_encoding, decode, tidy, wide_encoding

TEXT = "Thủ tướng hai nước hội đàm về hợp tác quốc phòng; “ngừng bắn” là từ khóa.\nĐoàn đã tới Hà Nội."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="utf-8 with mark"),
        pytest.param(TEXT.encode("utf-16"), id="utf-16 with mark"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="big-endian utf-16 with mark"),
        pytest.param(TEXT.encode("utf-32"), id="utf-32 with mark"),
        pytest.param(TEXT.encode("utf-16-le"), id="utf-16 without mark"),
        pytest.param(TEXT.encode("utf-16-be"), id="big-endian utf-16 without mark"),
        pytest.param(unicodedata.normalize("NFD", TEXT).encode(), id="decomposed letters"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="old Mac line ends"),
    ],
)
def test_encodings_that_show_themselves_need_no_name(data: bytes) -> None:
    """Every Unicode form gives the same composed text with plain line feeds."""
    assert decode(data) == TEXT


def test_ascii_text_in_utf16_is_not_taken_for_utf8() -> None:
    """UTF-16 of ASCII letters is valid UTF-8 full of NULs; it is still read as UTF-16."""
    assert decode("Tin nhanh the gioi".encode("utf-16-le")) == "Tin nhanh the gioi"


def test_binary_data_is_not_taken_for_utf16() -> None:
    """Little-endian numbers have NULs in every other byte too, but no letters between them."""
    assert wide_encoding(b"".join(n.to_bytes(2, "little") for n in range(200))) is None
    assert wide_encoding(b"plain text") is None


def test_windows_1258_comes_out_composed() -> None:
    """The encoding writes tones as letters of their own; named by the user, its text is the same as any other."""
    data = "Đoa\u0300n thăm Hà Nô\u0323i".encode("cp1258")
    assert decode(data, "windows-1258") == "Đoàn thăm Hà Nội"


def test_bytes_in_no_known_encoding_name_the_place_and_the_cure() -> None:
    """The message has the file, the offset of the first wrong byte, and the option that helps."""
    with pytest.raises(UnreadableError) as caught:
        decode(b"Tin m\xed\xee nh\xe1t", where="tin.txt")
    assert str(caught.value).startswith("tin.txt: is not UTF-8 (at byte 5); ")
    assert "--encoding NAME" in str(caught.value)


def test_named_encoding_is_used_strictly() -> None:
    """What the user names is not guessed around: text that is not in it is an error with its offset."""
    with pytest.raises(UnreadableError, match=r"tin\.txt: is not ascii \(at byte 1\)"):
        decode("Hà Nội".encode(), "ascii", where="tin.txt")


def test_declared_charset_counts_for_html_only() -> None:
    """A charset in the text of a page that is no HTML says nothing about its bytes."""
    data = b'<meta charset="windows-1252"><p>caf\xe9</p>'
    assert "café" in decode(data, markup=True)
    with pytest.raises(UnreadableError):
        decode(data)


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "no-such-charset", ""])
def test_wrong_declaration_does_not_hide_bad_bytes(declared: str) -> None:
    """A page that declares what it cannot be in is an error, not mojibake."""
    with pytest.raises(UnreadableError, match="is not UTF-8"):
        decode(f'<meta charset="{declared}">'.encode() + b"<p>\xe9\xe9</p>", markup=True)


def test_browsers_name_for_latin_1_is_windows_1252() -> None:
    """Pages that declare ISO-8859-1 use Windows' quotes, as browsers know."""
    assert "“tin”" in decode(b'<meta charset="iso-8859-1"><p>\x93tin\x94</p>', markup=True)


@pytest.mark.parametrize("name", ["no-such", "rot13", "hex", "undefined", "utf\x008", ""])
def test_unknown_encoding_is_wrong_usage(name: str) -> None:
    """A name that is no text encoding is refused before any file is read."""
    with pytest.raises(UsageError, match="--encoding"):
        check_encoding(name)


@pytest.mark.parametrize("name", [None, "utf-8", "UTF-16", "windows-1258", "cp1252"])
def test_known_encodings_are_accepted(name: str | None) -> None:
    """Names are those of Python, in any case."""
    check_encoding(name)


def test_characters_that_cannot_be_written_are_replaced() -> None:
    """Lone surrogates and NULs would break every output; they become U+FFFD, pairs of letters stay."""
    assert tidy("a\ud800b\0c😀") == "a\ufffdb\ufffdc😀"


@given(st.text())
def test_tidied_text_can_be_written_and_stays_as_it_is(text: str) -> None:
    """Whatever comes in, the result is NFC, survives UTF-8, and is not changed by a second pass."""
    once = tidy(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode("utf-8").decode("utf-8") == once
    assert tidy(once) == once
    assert "\r" not in once


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_named_error(data: bytes) -> None:
    """No bytes raise anything but the error that the caller reports."""
    try:
        message = "x: " + decode(data, where="x", markup=True)
        message.encode("utf-8")
    except UnreadableError as error:
        message = str(error)
    assert message.startswith("x: ")
