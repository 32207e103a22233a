"""Guards key words of clusters: whole names and phrases, none over a comma, and headlines in English."""

from __future__ import annotations

import pytest

from classifier.clustering.names import keywords

FAR = ["Giá cà phê Tây Nguyên tăng", "Đội bóng chuyền nữ thắng trận", "Mưa lớn ở miền núi"]
"""A cluster beside, so that words can tell one from another."""


def words_of(*headlines):
    return keywords([list(headlines), FAR])[0]


def test_nothing_is_joined_over_a_sign():
    found = words_of("Thalang - Áo sơ mi trắng", "Thalang - Áo sơ mi xanh", "Trường đại học, cao đẳng mở cửa lại")
    assert not any("Thalang Áo" in word for word in found)
    assert "đại học cao đẳng" not in found


def test_a_name_is_not_cut_into_the_next_word():
    found = words_of("Sinh viên Hà Nội tiết lộ cách học", "Sinh viên Hà Nội tiết kiệm điện")
    assert not any(word.startswith("Hà Nội ") for word in found)


@pytest.mark.parametrize(
    ("headlines", "whole"),
    [
        (("Diễn viên của Tây du ký qua đời", "Nhớ lại Tây du ký của tuổi thơ"), "Tây du ký"),
        (("Giá vàng giảm mạnh sau một đêm", "Người dân chờ giá vàng xuống nữa"), "giá vàng"),
        (("Đại sứ quán gửi lời chúc Tết Nguyên đán", "Chợ hoa dịp Tết Nguyên đán"), "Tết Nguyên đán"),
        (("HLV Luis de la Fonte lên tiếng", "Bí quyết của HLV Luis de la Fonte"), "HLV Luis de la Fonte"),
        (("Tập trận ở châu Á - Thái Bình Dương", "Tàu tới Thái Bình Dương, qua Bình Dương"), "Thái Bình Dương"),
        (("Học tiếng Anh qua phim", "Ngữ điệu trong tiếng Anh"), "tiếng Anh"),
    ],
)
def test_what_stands_together_every_time_is_whole(headlines, whole):
    assert whole in words_of(*headlines)


def test_numerals_and_codes_are_no_names():
    found = words_of("Đại hội lần thứ XIV khai mạc ở bảng F World Cup", "Áo mã SM3026 bán tại đại hội lần thứ XVI")
    assert not {"XIV", "XVI", "SM3026"} & set(found)
    assert not any(word.startswith("F ") for word in found)


def test_a_person_is_not_joined_to_an_office():
    found = words_of("Kỷ luật Thứ trưởng Bộ GD-ĐT Lê Văn Thử", "Ông Lê Văn Thử nhận kỷ luật")
    assert "Lê Văn Thử" in found


def test_a_country_and_its_president_are_two():
    found = words_of("Tổng thống Mỹ Barack Obama tới thăm", "Di sản của Tổng thống Mỹ Barack Obama")
    assert "Barack Obama" in found


def test_a_name_that_most_headlines_share_is_told_however_common():
    found = words_of("Phao cứu sinh của Mỹ cho Ukraine", "Viện trợ quân sự của Mỹ giúp Ukraine ra sao")
    assert {"Mỹ", "Ukraine"} <= set(found)


def test_an_amount_of_money_makes_no_word():
    found = words_of("Trao 220 triệu đồng tiền thưởng cho giải chạy", "Trả 50 triệu đồng tiền công cho đội chạy")
    assert "đồng tiền" not in found


def test_headlines_in_english_have_words_that_name_something():
    """Papers that give every word a capital, and those that do not."""
    found = keywords(
        [
            ["Earthquake in Turkland Kills at Least 40, Officials Say", "Strong earthquake hits eastern Turkland"],
            ["Bank Leaves Interest Rates Unchanged", "Why the Bank Is Not Cutting Interest Rates Yet"],
        ]
    )
    assert {"earthquake", "turkland"} <= {word.lower() for word in found[0]}
    assert "interest rates" in {word.lower() for word in found[1]}
    assert not {"the", "is", "in", "at", "why", "not"} & {word.lower() for words in found for word in words}
