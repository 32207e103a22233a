"""Guards the clusters of related headlines: merging of copies, the cut into clusters, names, edge cases."""

from __future__ import annotations

import json
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import cluster_headlines
from classifier.clustering import cluster_merged, merge_headlines
from classifier.clustering.merge import headline_key
from classifier.clustering.tickers import ticker_kind
from classifier.errors import UsageError
from classifier.types import Headline

THEMES = {
    "treaty": ["Nga và Mỹ đàm phán gia hạn hiệp ước hạt nhân {}", "Hiệp ước hạt nhân Nga - Mỹ {} sắp hết hạn"],
    "storm": ["Bão {} đổ bộ miền Trung, sơ tán dân ven biển", "Sơ tán dân ven biển miền Trung tránh bão {}"],
    "football": ["Tuyển Việt Nam thắng {} ở vòng loại World Cup", "Vòng loại World Cup: tuyển Việt Nam gặp {}"],
    "storming": ["Cháy chợ {} lúc rạng sáng, tiểu thương trắng tay", "Tiểu thương trắng tay sau vụ cháy chợ {}"],
}
PLACES = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa".split()  # noqa: SIM905  shorter


@pytest.fixture(scope="module")
def themed():
    """Headlines of four themes in no order, and the theme of each."""
    rows = [
        (pattern.format(place), theme) for theme, patterns in THEMES.items() for pattern in patterns for place in PLACES
    ]
    random.Random(1).shuffle(rows)  # noqa: S311  not for secrets
    return dict(rows)


def _partition(clusters):
    return {frozenset(item.headline for item in cluster.headlines) for cluster in clusters}


def _everything(clusters):
    return sorted(item.headline for cluster in clusters for item in cluster.headlines)


def test_headlines_about_one_thing_come_together(themed):
    """Given their number, four plain themes are found without an error; none is torn, none are mixed."""
    clusters = cluster_headlines(themed, k=4)
    assert [cluster.size for cluster in clusters] == [20] * 4
    assert all(len({themed[item.headline] for item in cluster.headlines}) == 1 for cluster in clusters)


def test_without_a_number_themes_are_not_mixed(themed):
    """Left to choose, it may cut finer, but nearly no headline stands among those of another theme."""
    clusters = cluster_headlines(themed)
    assert 4 <= len(clusters) <= 40
    strays = sum(
        cluster.size - max(sum(themed[item.headline] == theme for item in cluster.headlines) for theme in THEMES)
        for cluster in clusters
    )
    assert strays <= 4


def test_clusters_have_the_form_that_is_promised(themed):
    """Numbered in order, largest first, with keywords, a representative of their own, and a silhouette."""
    clusters = cluster_headlines(themed, k=7)
    assert [cluster.number for cluster in clusters] == list(range(7))
    assert [cluster.size for cluster in clusters] == sorted((cluster.size for cluster in clusters), reverse=True)
    for cluster in clusters:
        assert cluster.kind == "news"
        assert cluster.topic == ""
        assert cluster.representative in {item.headline for item in cluster.headlines}
        assert 1 <= len(cluster.keywords) <= 6
        assert -1 <= cluster.silhouette <= 1
    assert _everything(clusters) == sorted(themed)


def test_keywords_are_words_of_the_cluster_that_others_lack(themed):
    """The storm's cluster is named after the storm, in the spelling of its headlines."""
    for cluster in cluster_headlines(themed, k=4):
        text = " ".join(item.headline for item in cluster.headlines).lower()
        assert all(keyword.lower() in text for keyword in cluster.keywords)
        if "đổ bộ" in text:
            assert {"bão", "miền trung", "sơ tán", "ven biển", "đổ bộ"} & {word.lower() for word in cluster.keywords}


def test_the_order_of_the_input_makes_no_difference(themed):
    """The same headlines in another order, or several times, give the same clusters."""
    headlines = list(themed)
    first = cluster_headlines(headlines, k=6)
    assert cluster_headlines(headlines[::-1], k=6) == first
    assert _partition(cluster_headlines(headlines * 2, k=6)) == _partition(first)
    assert cluster_headlines(headlines) == cluster_headlines(sorted(headlines))


@pytest.mark.parametrize("k", [1, 2, 3, 17, 79, 80])
def test_a_given_number_of_clusters_is_kept(themed, k):
    """From one cluster for all to one for each."""
    clusters = cluster_headlines(themed, k=k)
    assert len(clusters) == k
    assert all(cluster.size for cluster in clusters)
    assert _everything(clusters) == sorted(themed)


@pytest.mark.parametrize("k", [0, -1, 81])
def test_impossible_numbers_of_clusters_are_refused(themed, k):
    """None, fewer, or more than there are headlines: an error that says what to give."""
    with pytest.raises(UsageError, match="auto"):
        cluster_headlines(themed, k=k)


FEW = [
    "Nga và Mỹ đàm phán",
    "Bão vào biển Đông",
    "alpha beta",
    "gamma delta",
    "!!!",
    "12 34",
    "",
    "\ud800",
    "\x00 Nga",
    "và",
]


@given(st.lists(st.sampled_from(FEW), max_size=7), st.sampled_from(["auto", 1, 2]), st.integers(0, 3))
@settings(max_examples=12, deadline=None)
def test_few_strange_or_no_headlines_are_clustered_too(headlines, k, outliers):
    """Nothing in common, only punctuation, nothing at all: every different headline with words is in one cluster."""
    different = {headline_key(headline) for headline in headlines} - {()}
    if k != "auto" and k > len(different):
        return
    clusters = cluster_headlines(headlines, k, max_outliers=outliers)
    found = [headline_key(item.headline) for cluster in clusters for item in cluster.headlines]
    assert sorted(found) == sorted(different)
    assert sum(cluster.size for cluster in clusters if cluster.kind == "outliers") <= outliers


def test_outliers_are_at_most_so_many_and_the_worst_fits(themed):
    """Headlines that fit nowhere are set apart as far as it is allowed, and none without being asked."""
    odd = ["Mèo lạc bỗng dưng trở lại"]  # no word in common with any other
    clusters = cluster_headlines([*themed, *odd], k=4, max_outliers=1)
    apart = [cluster for cluster in clusters if cluster.kind == "outliers"]
    assert [item.headline for cluster in apart for item in cluster.headlines] == odd
    assert clusters[-1].kind == "outliers"
    assert all(cluster.kind == "news" for cluster in cluster_headlines([*themed, *odd], k=4))


def test_the_result_fits_its_clusters(themed):
    """Points, labels and silhouettes are those of the news headlines, numbered as the clusters are."""
    merged = merge_headlines((headline, "", "", "") for headline in [*themed, "XSMB 12/3", "KQXSMN ngày 3/4"])
    result = cluster_merged(merged, 5, max_outliers=2)
    news = [item for item in merged if not item.ticker]
    assert len(result.points) == len(result.labels) == len(result.silhouettes) == len(news) == 80
    assert np.linalg.norm(result.points, axis=1) == pytest.approx(np.ones(80), abs=1e-5)
    for item, label in zip(news, result.labels.tolist(), strict=True):
        cluster = result.clusters[label] if label >= 0 else result.clusters[-1]
        assert item in cluster.headlines
    kinds = [cluster.kind for cluster in result.clusters]
    assert kinds == sorted(kinds, key=["news", "ticker", "outliers"].index)


def test_a_model_names_the_topic_of_each_cluster(themed, small_model):
    """Each news cluster has one of the model's labels; the treaty's is arms control."""
    clusters = cluster_headlines([*themed, "XSMB 12/3"], k=4, model=small_model)
    topics = {themed[c.representative]: c.topic for c in clusters if c.kind == "news"}
    assert set(topics.values()) <= set(small_model.labels)
    assert topics["treaty"] == "arms_control"
    assert [cluster.topic for cluster in clusters if cluster.kind == "ticker"] == [""]


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("XSMB 12/3 - Kết quả xổ số miền Bắc hôm nay", "lottery"),
        ("KQXSMN thứ sáu", "lottery"),
        ("Vietlott 12/3: tìm ra chủ nhân 30 tỷ", "lottery"),
        ("Tử vi 12 con giáp hôm nay", "horoscope"),
        ("Dự báo thời tiết 3 ngày tới", "weather"),
        ("Giá vàng hôm nay 12/3", "gold price"),
        ("Giá cà phê hôm nay 5/4 tăng mạnh", "prices"),
        ("Nga và Mỹ đàm phán", ""),
        ("Giá dầu và cuộc chiến giá vàng", ""),
        ("Nhân viên Vietlott bị bắt", ""),
        ("", ""),
    ],
)
def test_service_items_are_told_from_news(headline, kind):
    """Lottery, horoscope, weather, prices; news that mentions them is news."""
    assert ticker_kind(headline) == kind


def test_copies_of_a_headline_are_merged():
    """Case, quotes, spacing and tone marks aside they are one, with all its pages and dates and the longest blurb."""
    (merged,) = merge_headlines(
        [
            ("Nga hoà đàm với Mỹ", "ngắn", "p1", "2026-01-02"),
            ("“Nga hòa đàm với Mỹ”", "một tóm tắt dài hơn", "p2", "2026-01-01"),
            ("Nga hoà đàm với Mỹ", "", "p1", ""),
            ("NGA HOÀ ĐÀM VỚI MỸ", "", "", ""),
        ]
    )
    assert merged.headline == "Nga hoà đàm với Mỹ"
    assert merged.blurb == "một tóm tắt dài hơn"
    assert merged.pages == ("p1", "p2")
    assert merged.dates == ("2026-01-01", "2026-01-02")


def test_a_headline_cut_short_joins_the_whole_one():
    """ "…" at the end of a beginning; but numbers, and beginnings of few words, keep headlines apart."""
    items = [
        ("Nga và Mỹ đàm phán gia hạn hiệp ước hạt nhân", "", "1", ""),
        ("Nga và Mỹ đàm phán gia hạn...", "", "2", ""),
    ]
    (merged,) = merge_headlines(items)
    assert (merged.headline, merged.pages) == (items[0][0], ("1", "2"))
    assert len(merge_headlines([("Hồ sơ (kỳ 1)", "", "", ""), ("Hồ sơ (kỳ 2)", "", "", "")])) == 2
    assert len(merge_headlines([("Nga và...", "", "", ""), ("Nga và Mỹ đàm phán", "", "", "")])) == 2
    assert (
        len(merge_headlines([("Nga và Mỹ đàm phán gia", "", "", ""), ("Nga và Mỹ đàm phán gia hạn", "", "", "")])) == 2
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(["Nga và Mỹ", "nga và mỹ", "Bão số 5", "bão", "..."]), st.text("ab", max_size=2))
    )
)
@settings(max_examples=60, deadline=None)
def test_merging_loses_no_page_and_depends_on_no_order(pairs):
    """Whatever comes, in whatever order: one item a key, sorted, with every page that showed it."""
    items = [(headline, "", page, "") for headline, page in pairs]
    merged = merge_headlines(items)
    assert merged == merge_headlines(items[::-1])
    for item in merged:
        key = headline_key(item.headline)
        assert set(item.pages) == {page for headline, page in pairs if headline_key(headline) == key and page}


@pytest.mark.parametrize(
    "headlines",
    [
        [f"Nga và Mỹ{'!' * (n % 50)}{'?' * (n // 50)}" for n in range(10_000)],
        ["con giáp " * 30_000, "giá vàng " * 30_000, "kết quả " * 30_000],
        ["a" + " " * 200_000 + "b", "…" * 200_000, ". " * 100_000 + "x"],
    ],
    ids=["copies", "ticker patterns", "spaces"],
)
def test_hostile_headlines_are_merged_in_linear_time(headlines):
    """Thousands of spellings of one headline, and very long ones, take seconds."""
    started = time.perf_counter()
    merge_headlines((headline, "", "", "") for headline in headlines)
    assert time.perf_counter() - started < 20


def test_blurbs_travel_with_their_headlines():
    """Headline objects keep their blurb."""
    (cluster,) = cluster_headlines([Headline("Nga và Mỹ đàm phán", "Một vòng mới.")])
    assert [(item.headline, item.blurb) for item in cluster.headlines] == [("Nga và Mỹ đàm phán", "Một vòng mới.")]


@pytest.mark.slow
def test_a_hundred_thousand_headlines_take_minutes_at_most(shared):
    """All real RSS headlines at once, in bounded time."""
    import lzma

    with lzma.open(shared / "data" / "rss_headlines.jsonl.xz", "rt", encoding="utf-8") as stream:
        headlines = [json.loads(line)["headline"] for line in stream]
    started = time.perf_counter()
    clusters = cluster_headlines(headlines)
    assert time.perf_counter() - started < 600
    assert len(clusters) > 1_000
