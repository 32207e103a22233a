"""Guards what a cluster is called: whole names and phrases that a reader would say, in Vietnamese and in English."""

from __future__ import annotations

import random

import pytest

from classifier import cluster_headlines
from classifier.clustering.english import comparable, is_titled, stem
from classifier.clustering.names import keywords
from classifier.clustering.naming.phrases import Ties, phrases
from classifier.clustering.naming.tokens import tokens_of
from classifier.clustering.naming.units import units_of

SMALL = {"a", "as", "at", "for", "from", "in", "of", "off", "on", "over", "the", "to", "under"}
EVENTS = {
    "ferry": [
        "Ferry runs aground in Port Alder harbour, forty passengers rescued",
        "Port Alder ferry accident: captain questioned by police",
        "Salvage crew pulls grounded ferry free in Port Alder",
    ],
    "talks": [
        "Russia and Ukraine open ceasefire talks in Istanbul",
        "Ceasefire talks in Istanbul stall over prisoner exchange",
        "Ukraine's delegation leaves Istanbul ceasefire talks early",
    ],
    "hurricane": [
        "Hurricane Odette strengthens to category four off Belize",
        "Hurricane Odette: Belize orders coastal evacuation",
        "Thousands flee as Hurricane Odette nears Belize",
    ],
    "probe": [
        "Orion probe lands on Ganymede after eight-year journey",
        "First pictures from Ganymede thrill Orion probe team",
        "Orion probe finds salt water under Ganymede's ice",
    ],
}


def titled(headline):
    """A headline with a capital on all that is no small word."""
    words = headline.split()
    return " ".join(word if at and word in SMALL else word[:1].upper() + word[1:] for at, word in enumerate(words))


def said(*headlines):
    """All phrases of a cluster."""
    ((cluster,),) = units_of([headlines])
    return {phrase.written for found in phrases(cluster, Ties(cluster)) for phrase in found}


@pytest.mark.parametrize(
    ("headline", "whole"),
    [
        ("Xưởng đóng tàu ngầm hạt nhân mở rộng cảng", "tàu ngầm hạt nhân"),
        ("Nhà văn Mỹ Ellen Marlow đến Huế", "Ellen Marlow"),
        ("Tổng thống Hàn Quốc Park Do Yun thăm chợ cá", "Hàn Quốc"),
        ("Cầu thủ bị phạt: Trần Bảo Toàn lên tiếng", "Trần Bảo Toàn"),
        ("Mỹ - Trung nối lại đường dây nóng", "Mỹ - Trung"),
        ("Bộ Ngoại giao Mỹ gửi công hàm", "Bộ Ngoại giao Mỹ"),
        ("Bão số 4 giật mạnh khi vào bờ", "bão số 4"),
        ("Đề văn vào lớp 10 bị chê dài", "lớp 10"),
        ("HLV Kim Tae-joon rời sân", "HLV Kim Tae-joon"),
        ("Cựu chủ tịch tỉnh Bạc Liêu Dương Văn Thử ra tòa", "Dương Văn Thử"),
        ("Metro số 1 đông khách", "Metro số 1"),
        ("Tổng Bí thư nói chuyện với thợ lò", "Tổng Bí thư"),
        ("Cao tốc Vĩnh Hảo - Phan Thiết bị ngập", "Vĩnh Hảo - Phan Thiết"),
        ("Gia đình kiện Malaysia Airlines", "Malaysia Airlines"),
        ("Phía Nam Giải bóng đá học đường khai mạc", "Giải bóng đá"),
        ("Xã vùng cao bàn chuyển đổi số", "chuyển đổi số"),
    ],
)
def test_phrases_are_whole(headline, whole):
    """Compounds, names with their surnames, offices with whose they are, and numbers with their nouns stay together."""
    assert whole in said(headline)


@pytest.mark.parametrize(
    ("headline", "broken"),
    [
        ("Câu lạc bộ chiêu mộ tiền đạo cao kều", "mộ tiền đạo"),
        ("Mỹ - Trung hạ nhiệt tranh cãi về đậu nành", "Trung hạ nhiệt"),
        ("Bữa sáng tiếp sức sĩ tử thi vào trường huyện", "tử thi"),
        ("Cô giáo được dạy học sinh giỏi", "sinh giỏi"),
        ("Bé trai logo gấu đi lạc", "trai logo gấu"),
        ("Máy hút mùi Alder bán chạy", "mùi Alder"),
        ("Hàng xóm nói về lớp trưởng bị phạt", "lớp"),
        ("Trước trận gặp Lào, thủ môn dính chấn thương", "trận gặp"),
        ("Vườn chim cần mọi người giữ gìn", "mọi người"),
        ("Hà Nội tiết lộ kế hoạch trồng cây", "Hà Nội tiết"),
    ],
)
def test_nothing_is_cut_inside_a_word(headline, broken):
    """What the segmentation cuts in a wrong place, or what wants a neighbour, is no phrase."""
    assert broken not in said(headline)


def test_phrases_neither_begin_nor_end_in_small_words():
    """No preposition, classifier or adverb stands at an end, whatever recurs."""
    found = said("Xây nhà ở cho thuê ở ngoại thành", "Nhà ở cho thuê ở ngoại thành đắt khách")
    assert "nhà ở cho thuê" in found
    assert not any(one.split()[0] in {"ở", "cho"} or one.split()[-1] in {"ở", "cho", "của"} for one in found)


def test_a_word_of_one_syllable_is_told_where_it_stands_beside_many_others():
    """Toads killed in every headline, whatever of them was eaten."""
    found = keywords(
        [["Ngộ độc thịt cóc ở miền núi", "Ăn gan cóc rồi nhập viện", "Món cóc xào và cái giá", "Nuôi cóc làm giàu"]]
    )
    assert "cóc" in found[0]


def test_people_named_in_short_are_named_in_full():
    """The surname is told where one headline has it."""
    found = keywords([["Bà Kim Hoa nhận lỗi", "Bắt bà Nguyễn Thị Kim Hoa", "Vụ án bà Nguyễn Thị Kim Hoa khép lại"]])
    assert "Nguyễn Thị Kim Hoa" in found[0]
    assert "Kim Hoa" not in found[0]


def test_keywords_cover_a_cluster_and_do_not_repeat_themselves():
    """The event comes first, and no keyword only says again what another one says."""
    cluster = [
        "Cháy chợ Tân Phú lúc rạng sáng",
        "Tiểu thương khóc ròng sau vụ cháy chợ Tân Phú",
        "Cháy chợ Tân Phú: khởi tố chủ kho pháo",
        "Vụ cháy chợ Tân Phú thiêu rụi ba trăm sạp",
    ]
    others = [["Ngư dân trúng đậm mẻ cá ngừ", "Mẻ cá ngừ nặng hai tấn"], ["Làng gốm vào mùa tết"]]
    found = keywords([cluster, *others])[0]
    assert "Tân Phú" in found[0]
    syllables = [set(one.lower().split()) for one in found]
    assert not any(one < other for one in syllables for other in syllables)


def test_a_noun_and_a_name_of_the_same_letters_are_two_things():
    """A coat is not written as the country of another cluster."""
    first = ["Thủ tướng Áo thăm trại ngựa", "Áo bầu cử sớm", "Nước Áo mất điện"]
    second = ["Mẫu áo dài làm từ tơ sen", "Tấm áo dài vẽ tay"]
    found = keywords([first, second])
    assert "Áo" in found[0] or "nước Áo" in found[0]
    assert not any("Áo" in one for one in found[1])


@pytest.mark.parametrize("style", ["sentence", "titled", "capitals", "mixed"])
def test_english_headlines_are_told_apart_and_named(style):
    """Small words make no strangers alike; names do not swallow a headline whose words all have capitals."""
    draw = random.Random(3)  # noqa: S311  not for secrets
    ways = {"sentence": str, "titled": titled, "capitals": str.upper}
    written = {
        ways[draw.choice(("sentence", "titled")) if style == "mixed" else style](headline): event
        for event, headlines in EVENTS.items()
        for headline in headlines
    }
    clusters = cluster_headlines(written)
    told = [sorted({written[item.headline] for item in cluster.headlines}) for cluster in clusters]
    assert sorted(told) == sorted([event] for event in EVENTS)
    names = {written[c.headlines[0].headline]: {word.lower() for word in c.keywords} for c in clusters}
    assert "hurricane odette" in names["hurricane"]
    assert "ceasefire talks" in names["talks"]
    assert "port alder" in names["ferry"]
    assert "ganymede" in names["probe"]
    assert all(len(word.split()) <= 3 for found in names.values() for word in found)


def test_english_names_are_whole_and_without_titles_and_possessives():
    """Particles stay inside, titles and the s of a possessive go, and a sentence's first word is no name."""
    found = said(
        "President Marlow meets Omar bin Salah on the Strait of Hormuz",
        "Police search Belize's coast",
        "Coast guard and police wait",
        "Ruritanian Prime Minister Rowan Tate resigns",
    )
    assert {"Rowan Tate", "Marlow", "Omar bin Salah", "Strait of Hormuz", "Belize", "police"} <= found


def test_english_words_are_compared_by_their_stems_and_vietnamese_ones_as_they_are():
    """Plurals meet their singulars, US is no us, and nothing happens to Vietnamese."""
    assert comparable("The US says ferries are safe after talks with the mayors") == "US ferry safe talk mayor"
    assert comparable("Thủ tướng thăm vùng lũ") == "Thủ tướng thăm vùng lũ"
    assert [stem(word) for word in ("glasses", "class", "crisis", "NATOS", "ponies", "bus")] == [
        "glasse",
        "class",
        "crisis",
        "NATOS",
        "pony",
        "bus",
    ]


def test_a_headline_full_of_names_is_not_one_in_capitals():
    """One word in small letters shows that capitals mean something."""
    assert not is_titled(tokens_of("Marlow and Salah meet Odette in Belize"))
    assert is_titled(tokens_of("Marlow and Salah Meet Odette in Belize"))
