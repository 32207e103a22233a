"""Texts in the spelling that models know: accents, names by syllables, words joined already."""

from __future__ import annotations

import unicodedata

import pytest

from classifier.vietnamese.accents import with_accents
from classifier.vietnamese.language import lacks_accents
from classifier.vietnamese.names import SPELLINGS, usual, with_usual_names
from classifier.vietnamese.normalise import normalise
from classifier.vietnamese.respelling import respelled
from classifier.vietnamese.syllable import bare, is_bare_syllable

OURS = (
    "Ngoại trưởng Nga nói hai bên sẵn sàng đối thoại về kiểm soát vũ khí, nhưng các điều kiện của Mỹ chưa rõ ràng. "
    "Tổng thống Ukraine kêu gọi ngừng bắn và trao đổi tù binh trước cuộc gặp ở Minsk."
)


def test_accents_come_back() -> None:
    restored = with_accents(bare(OURS)).split()
    right = sum(a == b for a, b in zip(restored, OURS.split(), strict=True))
    assert right >= 0.9 * len(restored)


def test_what_stands_between_words_and_their_capitals_stay() -> None:
    assert with_accents("TONG THONG Nga: 12/5,  ngoai truong!") == "TỔNG THỐNG Nga: 12/5,  ngoại trưởng!"


def test_words_that_no_syllable_looks_like_stay() -> None:
    assert with_accents("Stoltenberg xyzzy") == "Stoltenberg xyzzy"
    assert with_accents("") == ""


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (bare(OURS), True),
        (bare(OURS).upper(), True),
        (OURS, False),
        (unicodedata.normalize("NFD", OURS), False),
        ("The foreign minister said both sides were ready to talk about arms control after the meeting.", False),
        ("Putin", False),
        ("", False),
    ],
)
def test_texts_without_accents_are_told(text: str, lacking: bool) -> None:
    assert lacks_accents(text) is lacking


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Xy-ri", "Syria"),
        ("U-crai-na", "Ukraine"),
        ("Mát-xcơ-va", "Moscow"),
        ("Mat-xcơ-va", "Moscow"),
        ("MÁT-XCƠ-VA", "Moscow"),
        ("Đa-mát", "Damascus"),
        ("An-Át-xát", "Assad"),
        ("al-An-Át-xát", "Assad"),
        ("Hàn-Triều", "Hàn-Triều"),
        ("F-35", "F-35"),
        ("Jean-Marc", "Jean-Marc"),
    ],
)
def test_names_by_syllables(written: str, name: str) -> None:
    assert with_usual_names(f"Ông tới {written}, rồi về.") == f"Ông tới {name}, rồi về."


@pytest.mark.parametrize(
    ("written", "form"),
    [("Xyri", "syria"), ("Matxcova", "moscow"), ("Mátxcơva", "moscow"), ("Crưm", "crimea"), ("Baxa", "assad")],
)
def test_joined_names_have_one_form(written: str, form: str) -> None:
    assert normalise(written) == form


def test_no_syllable_is_taken_for_a_name() -> None:
    looks = {spelling for spelling in SPELLINGS if is_bare_syllable(spelling)}
    assert looks == {"coet", "kiep"}  # of Cô-oét and Ki-ép
    assert normalise("kiếp") == "kiếp"
    assert normalise("bán") == "bán"
    assert usual("hòa") is None


def test_the_spelling_of_a_name_is_one_that_counts() -> None:
    assert not [name for name in SPELLINGS.values() if usual(name)]


def test_a_text_in_the_usual_spelling_comes_back_as_it_is() -> None:
    assert respelled(["Tiêu đề", "", OURS]) == ["Tiêu đề", "", OURS]


def test_words_joined_by_another_segmenter_are_parted() -> None:
    assert respelled(["Tổng_thống Nga", OURS]) == ["Tổng thống Nga", OURS]


def test_a_title_without_accents_follows_its_page() -> None:
    assert respelled(["Putin", OURS])[0] == "Putin"
    assert respelled(["Ngoai truong Nga", bare(OURS)])[0] == "Ngoại trưởng Nga"
