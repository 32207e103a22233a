"""`chude cluster` on rows with dates, its pictures and its page, with hostile headlines among them."""

from __future__ import annotations

import json

import pytest

from classifier.cli.cluster_files import write_folder
from classifier.clustering import cluster_merged, merge_headlines
from classifier.clustering.weeks import all_weeks, weeks
from classifier.records import cluster_record

HOSTILE = [
    ('<script>alert(1)</script> \x1b[31m\x00 đỏ & "ngoặc"', "<img src=x onerror=alert(1)>", "<b>x</b>", "2026-02-03"),
    ("dài " * 2_500, "", "long", "hôm qua"),
]
ROWS = [
    (f"{place} {event}", "", f"p{number}", f"2026-0{1 + number % 3}-{10 + number:02}")
    for number, (place, event) in enumerate(
        (place, event)
        for place in ("Hà Nội", "Huế", "Cần Thơ", "Đà Nẵng")
        for event in ("ngập nặng sau mưa lớn", "cháy chợ đêm gần ga", "khánh thành cầu vượt")
    )
]


@pytest.fixture(scope="module")
def result():
    """Clusters of a dozen dated headlines and two hostile ones."""
    return cluster_merged(merge_headlines([*ROWS, *HOSTILE]), 4)


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    """What `-o DIR` makes of them. Not to be changed."""
    made = tmp_path_factory.mktemp("clusters")
    write_folder(result, made)
    return made


def test_weeks_first_and_last_are_of_real_days(result):
    """Each date counts in its ISO week; what is no date counts as undated and is neither first nor last."""
    rows = [cluster_record(cluster) for cluster in result.clusters]
    counted = sum(count for row in rows for count in row["weeks"].values())
    assert counted == len(ROWS) + len(HOSTILE)
    assert sum(row["weeks"].get("undated", 0) for row in rows) == 1
    assert min(row["first"] for row in rows if "first" in row) == "2026-01-10"
    assert max(row["last"] for row in rows if "last" in row) == "2026-03-21"
    assert all(list(row["weeks"]) == list(weeks(cluster)) for row, cluster in zip(rows, result.clusters, strict=True))
    assert all_weeks(result.clusters)[0] == "2026-W02"


def test_the_folder_has_a_safe_page_with_everything(folder):
    """The page holds clusters, a search box, a plot of weeks and pictures; no headline becomes markup; nothing is
    loaded."""
    names = {"clusters.csv", "clusters.html", "clusters.jsonl", "map.png", "map-silhouette.png", "map-weeks.png"}
    assert {path.name for path in folder.iterdir()} == names
    page = (folder / "clusters.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page
    assert "\x1b" not in page
    assert "\x00" not in page
    assert 'type="search"' in page
    assert '<svg class="weeks"' in page
    assert "Content-Security-Policy" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    rows = [json.loads(line) for line in (folder / "clusters.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(row["size"] for row in rows) == len(ROWS) + len(HOSTILE)


def test_the_same_clusters_give_the_same_folder_byte_for_byte(result, folder, tmp_path):
    """Nothing of the run, no time and no random name, gets into the files."""
    write_folder(result, tmp_path)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_what_is_alone_has_a_section_and_everything_can_be_found(tmp_path):
    """Headlines alone are listed by themselves, a long cluster unfolds, and the counts above add up."""
    rows = [(f"Cháy chợ đêm gần ga, tiểu thương mất hàng lần {n}", "", f"p{n}", "") for n in range(20)]
    rows += [("Mèo lạc bỗng dưng trở lại", "", "p1", ""), ("Chim cánh cụt lặn sâu", "", "p2", "")]
    write_folder(cluster_merged(merge_headlines(rows)), tmp_path)
    page = (tmp_path / "clusters.html").read_text(encoding="utf-8")
    assert "22 different headlines: 20 in 1 cluster, 2 alone." in page
    assert "Headlines alone" in page
    assert "<summary>8 more</summary>" in page
    assert all(headline in page for headline, *_ in rows)


def test_dates_that_are_missing_or_cannot_be_read_are_named_and_counted(chude, tmp_path):
    """Neither disappears: both are undated, and stderr says how many, with the text that is no date."""
    table = tmp_path / "rows.csv"
    table.write_text(
        "headline,date\nCháy chợ đêm gần ga,2026-02-03\nMèo lạc trở lại,hôm kia\nChim cánh cụt lặn,\n", encoding="utf-8"
    )
    done = chude("cluster", table, "--format", "jsonl")
    assert done.code == 0
    assert "1 headline without a date" in done.err
    assert "1 date cannot be read ('hôm kia': not written as a date)" in done.err
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row.get("weeks") for row in rows].count({"2026-W06": 1}) == 1
    assert {"undated": 1} in [row.get("weeks") for row in rows]


def test_a_headline_without_a_word_is_named_and_counted(chude, tmp_path):
    """An address or mere punctuation ends in no cluster, but it does not disappear."""
    table = tmp_path / "rows.csv"
    table.write_text("headline\nCháy chợ đêm\nhttps://example.org/chay-cho.html\n!!!\n", encoding="utf-8")
    done = chude("cluster", table, "--format", "jsonl")
    assert done.code == 1
    assert "2 rows, in lines 3, 4: the headline" in done.err
    assert "holds no word" in done.err
    assert "2 inputs skipped" in done.err
