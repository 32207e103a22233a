"""Guards `chude stories` as a user meets it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from conftest import PROJECT

SAMPLES = PROJECT / "classifier" / "samples"
ROWS = [
    {"id": "1", "headline": "Bão Sao La giật cấp 13 áp sát vịnh Bắc Bộ", "date": "2025-03-01", "site": "a.example"},
    {"id": "2", "headline": "Tàu thuyền về bến tránh bão Sao La", "date": "2025-03-01", "site": "b.example"},
    {
        "id": "3",
        "headline": "Bão Sao La đổ bộ Quảng Ninh, nhiều nơi mất điện",
        "date": "2025-03-02",
        "site": "a.example",
    },
    {"id": "4", "headline": "Giá cà phê xuất khẩu lập kỷ lục ở Đắk Lắk", "date": "2025-03-02", "site": "b.example"},
]


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return file


def test_stories_are_kept_told_and_shown(chude, table, tmp_path):
    """What is new is told once; a story is shown by its id; a page and an export are written."""
    store = tmp_path / "archive.db"
    first = chude("stories", table, "-s", store, "--format", "jsonl")
    assert first.code == 0
    storm = next(row for row in first.rows if row["headlines"] == 3)
    assert storm["state"] == "new"
    assert storm["changes"] == ["growing", "new"]
    assert storm["days"] == {"2025-03-01": 2, "2025-03-02": 1}
    assert storm["first_source"] == ["a.example", "b.example"]
    assert "stories: 2 new, 1 growing" in first.err
    again = chude("stories", table, "-s", store, "--format", "jsonl")
    assert (again.code, again.out) == (0, "")
    assert "0 new headlines, 0 new sightings; stories: none changed" in again.err
    shown = chude("stories", "-s", store, "--story", storm["story"])
    assert all(row["headline"] in shown.out for row in ROWS[:3])
    page, export = tmp_path / "web", tmp_path / "all.jsonl"
    written = chude("stories", "-s", store, "-o", page, "--export", export)
    assert written.code == 0
    assert {path.name for path in page.iterdir()} == {
        "stories.html",
        "stories.jsonl",
        "stream.png",
        "stream.svg",
        "topics.png",
        "topics.svg",
    }
    markup = (page / "stories.html").read_text(encoding="utf-8")
    assert "&lt;" not in markup  # no markup of its own shown as text: the headlines have none
    assert "<h4>" in markup
    assert {row["story"] for row in map(json.loads, export.read_text().splitlines())} == {
        r["story"] for r in first.rows
    }


def test_pages_tell_their_related_headlines(chude, tmp_path):
    """Saved pages are taken in as they are; the second time nothing is new."""
    store = tmp_path / "archive.db"
    assert chude("stories", SAMPLES, "-s", store).code == 0
    assert "0 new headlines, 0 new sightings" in chude("stories", SAMPLES, "-s", store).err


def test_hostile_headlines_stay_text_on_the_page(chude, tmp_path):
    """No markup of a newspaper's reaches the page."""
    nasty = "<script>alert(1)</script> Bão \"onmouseover='x' số 3 & </details></article> 1 < 2"
    rows = [{**ROWS[0], "headline": f"{nasty} {end}", "id": end, "site": "<b>|x"} for end in ("miền Trung", "miền Bắc")]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert chude("stories", tmp_path / "r.jsonl", "-s", tmp_path / "a.db", "-o", tmp_path / "web").code == 0
    html = (tmp_path / "web" / "stories.html").read_text(encoding="utf-8")
    assert "&#34;onmouseover=&#39;x&#39;" in html
    assert "1 &lt; 2" in html
    assert "<script>alert" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-s", "ARCHIVE", "--as-of", "khi nào đó"], "is no day"),
        (["-s", "ARCHIVE", "--since", "bảy ngày"], "neither a time"),
        (["-s", "ARCHIVE", "--story", "20250101-abcdef"], "is no story of this archive"),
        (["-s", "nowhere.db"], "does not exist"),
    ],
)
def test_wrong_calls_are_one_line(chude, table, tmp_path, arguments, said):
    """What is wrong and what to do."""
    store = tmp_path / "archive.db"
    chude("stories", table, "-s", store)
    found = chude("stories", *[str(store) if one == "ARCHIVE" else one for one in arguments])
    assert found.code == 2
    assert said in found.err
    assert "Traceback" not in found.err


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing(table, tmp_path):
    """Killed twenty times while it works, the archive ends as that of an undisturbed run."""
    rows = [
        {**row, "id": f"{row['id']}-{day}", "date": f"2025-03-{day:02}", "headline": f"{row['headline']} ngày {day}"}
        for day in range(1, 29)
        for row in ROWS
    ]
    table.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

    def command(store):
        return [sys.executable, "-m", "classifier", "stories", str(table), "-s", str(store), "--format", "jsonl"]

    for number in range(20):
        process = subprocess.Popen(command(tmp_path / "killed.db"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.2 + 0.1 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    subprocess.run(command(tmp_path / "killed.db"), check=True, capture_output=True)
    subprocess.run(command(tmp_path / "whole.db"), check=True, capture_output=True)
    exports = []
    for store in ("killed.db", "whole.db"):
        target = tmp_path / f"{store}.jsonl"
        shown = [*command(tmp_path / store)[:4], "-s", str(tmp_path / store), "--export", str(target)]
        subprocess.run(shown, check=True, capture_output=True)
        exports.append(target.read_text(encoding="utf-8"))
    assert exports[0] == exports[1]
