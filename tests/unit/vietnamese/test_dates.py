"""Dates as newspapers, feeds and tables write them: read where they are one, said with the reason where not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.reading import read_pages
from classifier.types import Page
from classifier.vietnamese.dates import LONGEST, NotADate, day_of, page_dates, read_date, read_dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-04-14", "2018-04-14"),
        ("2018-4-14", "2018-04-14"),
        (" 2018-04-14 07:30 ", "2018-04-14"),
        ("2018-04-14T07:30:00", "2018-04-14"),
        ("2018-04-14T07:30:00Z", "2018-04-14"),
        ("2018-04-14T23:59:00.123+07:00", "2018-04-14"),
        ("2018-04-14T23:59:00+0700", "2018-04-14"),
        ("2018/04/14", "2018-04-14"),
        ("20180414", "2018-04-14"),
        ("20180414T073000Z", "2018-04-14"),
        ("20180414073000", "2018-04-14"),
        ("20180414.0", "2018-04-14"),
        ("14/4/2018", "2018-04-14"),
        ("14-4-2018", "2018-04-14"),
        ("14.4.2018", "2018-04-14"),
        ("14 / 4 / 2018", "2018-04-14"),
        ("3/2/2026", "2026-02-03"),
        ("14-04-2018 07:30", "2018-04-14"),
        ("07:30 14/04/2018", "2018-04-14"),
        ("Thứ Hai, 14/04/2018 | 07:30 GMT+7", "2018-04-14"),
        ("Thứ Ba, 3/2/2026, 10:00 (GMT+7)", "2026-02-03"),
        ("Ngày đăng: 2018-04-14 07:30", "2018-04-14"),
        ("- 14/4/2018", "2018-04-14"),
        ("ngày 14 tháng 4 năm 2018", "2018-04-14"),
        ("Thứ bảy, ngày 14 tháng 04 năm 2018, 07:30", "2018-04-14"),
        ("14 tháng 4, 2018", "2018-04-14"),
        ("14 tháng 4/2018", "2018-04-14"),
        ("14 Tháng Tư, 2018", "2018-04-14"),
        ("14 tháng mười một năm 2018", "2018-11-14"),
        ("14 thg 4, 2018", "2018-04-14"),
        ("Tháng Tư 14, 2018", "2018-04-14"),
        ("ngày 14 tháng năm năm 2018", "2018-05-14"),
        ("Sat, 14 Apr 2018 07:30:00 +0700", "2018-04-14"),
        ("Sat, 14 Apr 2018 23:30:00 GMT", "2018-04-14"),
        ("Sat, 14 Apr 18 07:30:00 +0700", "2018-04-14"),
        ("14 Apr 2018", "2018-04-14"),
        ("14-Apr-2018", "2018-04-14"),
        ("April 14, 2018", "2018-04-14"),
        ("Sat Apr 14 2018 07:30:00 GMT+0700", "2018-04-14"),
        ("Sat Apr 14 07:30:00 GMT+07:00 2018", "2018-04-14"),
        ("1523666400", "2018-04-14"),
        ("1523666400.0", "2018-04-14"),
        ("1523666400000", "2018-04-14"),
        ("1523638800", "2018-04-14"),  # midnight in Vietnam, the 13th in Greenwich
        ("2018-04", "2018-04"),
        ("tháng 4 năm 2018", "2018-04"),
        ("04/2018", "2018-04"),
        ("2018", "2018"),
    ],
)
def test_a_date_is_read_however_it_is_written(text, day):
    """The same day from each form, with composed and decomposed accents, in either case."""
    import unicodedata

    assert read_date(text) == day
    assert read_date(unicodedata.normalize("NFD", text)) == day
    assert read_date(text.upper()) == day
    assert str(day_of(text)) == (day if day.count("-") == 2 else "None")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30/2/2020", "no such day"),
        ("2020-13-01", "no such day"),
        ("32/13/2026", "no such day"),
        ("4/14/2018", "no such day"),
        ("2020-13", "no such month"),
        ("0/4/2018", "no such day"),
        ("3/2/26", "its year has two digits"),
        ("0001-01-01", "the year is 1"),
        ("9999-12-31", "the year is 9999"),
        ("9999999999", "the year is 2286"),
        ("0912345678", "not written as a date"),
        ("20200", "not written as a date"),
        ("43204", "not written as a date"),
        ("2020 người", "not written as a date"),
        ("192.168.10.2018", "not written as a date"),
        ("hôm qua", "not written as a date"),
        ("٣/٤/٢٠١٨", "not written as a date"),
        ("1" * 30, "not written as a date"),
        ("14/4/2018" + " " * LONGEST, f"longer than {LONGEST} characters"),
        ("9" * 1_000_000, f"longer than {LONGEST} characters"),
        ("", "blank"),
    ],
)
def test_what_is_no_date_is_said_with_the_reason(text, why):
    """Nothing is guessed at, however near to a date it comes."""
    with pytest.raises(NotADate) as caught:
        read_date(text)
    assert str(caught.value) == why
    assert day_of(text) is None


@given(st.one_of(st.text(max_size=LONGEST), st.from_regex(r"[\d/., :+-]{1,40}", fullmatch=True)))
def test_any_text_is_a_date_or_said_not_to_be(text):
    """Whatever it is, nothing else happens; and a date that was read is read again as the same."""
    try:
        day = read_date(text)
    except NotADate:
        assert day_of(text) is None
    else:
        assert read_date(day) == day


def test_the_order_of_day_and_month_is_told_by_the_column():
    """4/14/2018 in a column without a first number above 12 makes its 3/2/2018 the second of March."""
    american = read_dates(["3/2/2018", "4/14/2018", "", "2018-05-06", "12/31/2018"])
    assert (american.days, american.month_first) == (["2018-03-02", "2018-04-14", "", "2018-05-06", "2018-12-31"], True)
    assert american.unread == {}
    assert american.remarks() == ["Dates are read with the month first, as 4/14/2018: some cannot be otherwise."]
    vietnamese = read_dates(["3/2/2018", "14/4/2018"])
    assert (vietnamese.days, vietnamese.month_first) == (["2018-02-03", "2018-04-14"], False)


def test_a_slip_of_the_pen_does_not_turn_a_column():
    """One impossible date among many is what is unread, whichever way the others go."""
    days = [f"{n}/4/2018" for n in range(1, 31)]
    assert read_dates([*days, "4/31/2018", "5/20/2018"]).unread == {
        "4/31/2018": "no such day",
        "5/20/2018": "no such day",
    }
    months = [f"4/{n}/2018" for n in range(1, 31)]
    found = read_dates([*months, "20/5/2018"])
    assert (found.month_first, found.unread) == (True, {"20/5/2018": "no such day"})


def test_a_column_of_both_orders_is_read_only_where_it_can_be_read_in_one_way():
    """14/4/2018 and 4/15/2018 are days; what 3/2/2018 is between them nobody knows."""
    found = read_dates(["14/4/2018", "4/15/2018", "3/2/2018", "2018-03-02"])
    assert found.days == ["2018-04-14", "2018-04-15", "", "2018-03-02"]
    assert found.unread == {"3/2/2018": "in this column the day comes first here and the month there"}
    assert not found.month_first


def test_what_cannot_be_read_is_counted_with_three_examples():
    """Each text once, in the order of the column, cut where it is long."""
    found = read_dates(["hôm qua", "30/2/2020", "hôm qua", "3/2/26", "x" * 500, "2020-01-01"])
    examples = "'hôm qua': not written as a date; '30/2/2020': no such day; '3/2/26': its year has two digits; …"
    assert found.remarks() == [f"4 dates cannot be read ({examples})."]


def test_each_file_is_a_column_of_its_own(tmp_path):
    """An American table beside a Vietnamese one: each is read its own way; pages by themselves are one column."""
    for name, dates in (("us.jsonl", ("3/2/2018", "4/14/2018")), ("vn.jsonl", ("3/2/2018", "14/4/2018"))):
        rows = [{"title": "Tin", "date": date} for date in dates]
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pages = [*read_pages([tmp_path / "us.jsonl", tmp_path / "vn.jsonl"]), Page("a", date="3/2/2018"), Page("b")]
    american, vietnamese = ["2018-03-02", "2018-04-14"], ["2018-02-03", "2018-04-14"]
    assert page_dates(pages).days == [*american, *vietnamese, "2018-02-03", ""]
