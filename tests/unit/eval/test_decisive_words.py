"""Decisive words are found where they stand, and the text stays what it was."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.types import Reason
from eval.pages.marks import mark

TEXT = "Nga và Mỹ gia hạn hiệp ước hạt nhân. Hiệp ước này hạn chế vũ khí."


def marked(text: str, *terms: str) -> list[str]:
    return [one.text for one in mark(text, [Reason(term, 1.0) for term in terms]) if one.terms]


def test_every_place_of_a_term_is_marked_whatever_its_case():
    assert marked(TEXT, "hiệp ước", "nga") == ["Nga", "hiệp ước", "Hiệp ước"]


def test_a_part_of_a_word_is_not_marked():
    assert marked("Nganh Ngà nga", "nga") == ["nga"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_found_however_they_are_written_and_the_text_stays(form):
    text = unicodedata.normalize(form, TEXT)
    found = mark(text, [Reason("hạt nhân", 0.5)])
    assert "".join(one.text for one in found) == text
    assert [unicodedata.normalize("NFC", one.text) for one in found if one.terms] == ["hạt nhân"]


def test_the_syllables_of_a_segmented_word_and_other_spellings_are_found():
    assert marked("hạt_nhân, hạt\nnhân; Hòa Bình, Mĩ", "hạt nhân", "hoà bình", "mỹ") == [
        "hạt_nhân",
        "hạt\nnhân",
        "Hòa Bình",
        "Mĩ",
    ]


def test_no_term_reaches_over_the_end_of_a_phrase():
    assert marked("Đó là hạt. Nhân dịp này", "hạt nhân") == []


def test_terms_that_overlap_are_one_piece_with_the_sum_of_their_weights():
    found = mark("ký New START mới", [Reason("new", 0.2), Reason("start", 0.5), Reason("new start", 0.1)])
    (piece,) = [one for one in found if one.terms]
    assert (piece.text, piece.terms) == ("New START", ("new", "new start", "start"))
    assert piece.weight == pytest.approx(0.8)


def test_words_against_keep_their_sign_and_fragments_are_not_marked():
    found = mark("NATO họp", [Reason("nato", -0.3), Reason("…họp…", 1.0), Reason('"họp', 1.0)])
    assert [(one.text, one.weight) for one in found] == [("NATO", -0.3), (" họp", 0.0)]


def test_words_of_a_text_without_accents_are_found_as_the_model_reads_them():
    text = "Nga va My ky hiep uoc ve vu khi hat nhan, hai ben se giam so dau dan trong nam nay"
    assert marked(text, "hạt nhân", "hiệp ước") == ["hiep uoc", "hat nhan"]


def test_an_empty_text_and_no_reasons():
    assert mark("", [Reason("nga", 1.0)]) == []
    assert [one.text for one in mark(TEXT, [])] == [TEXT]


@given(st.text(alphabet="ab A_-.́ạ\n<", max_size=40), st.lists(st.text(alphabet="abạ ", max_size=5), max_size=4))
def test_the_pieces_joined_are_the_text(text, terms):
    found = mark(text, [Reason(term, 1.0) for term in terms])
    assert "".join(one.text for one in found) == text
    assert all(one.text for one in found)


def test_the_table_marks_a_title_as_a_page_does():
    from classifier.cli.predict import marked as in_table

    text = in_table("Hoà Bình, NATO\x1b[31m họp", [Reason("hòa bình", 1.0), Reason("nato", -1.0)])
    assert text.plain == "Hoà Bình, NATO[31m họp"
    assert [(text.plain[one.start : one.end], str(one.style)) for one in text.spans] == [
        ("Hoà Bình", "bold underline"),
        ("NATO", "strike"),
    ]
