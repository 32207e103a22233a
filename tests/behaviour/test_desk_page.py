"""Guards the desk as a person has it: a whole session in a real browser, kills, nobody shut out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from conftest import PROJECT, built_in_rows
from served import served
from test_hostile_output import ESCAPES, FORMULAS, PAYLOADS

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
WAIT = 60
AXE = "axe.run().then(found => JSON.stringify(found.violations.map(one => [one.id, one.nodes[0].html])))"
TOPICS = """
[[topic]]
name = "Syria"
words = ["Syria", "Damascus", "Idlib"]

[[topic]]
name = "Vũ khí"
words = ["đầu đạn", "hiệp ước", "tên lửa"]
"""
NAMES = {"syria": "1", "arms_control": "2"}
"""The key of each label's topic; everything else is "other"."""


@pytest.fixture(scope="module")
def articles():
    """Articles of the built-in corpus by their titles, with their labels; near-duplicates are none."""
    rows = [row for row in built_in_rows() if row["label"] in ("syria", "arms_control", "alliances")]
    by_label = {
        label: [row for row in rows if row["label"] == label][:40] for label in ("syria", "arms_control", "alliances")
    }
    return {row["title"]: row for rows in zip(*by_label.values(), strict=True) for row in rows}


@pytest.fixture
def folder(tmp_path, articles):
    """A folder with the articles, without labels, and the topics."""
    kept = [{name: row[name] for name in ("id", "title", "text")} for row in articles.values()]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    (tmp_path / "topics.toml").write_text(TOPICS, encoding="utf-8")
    return tmp_path


def desk(folder, *more):
    """`chude label` in a process of its own: it and the address that it prints."""
    return served("label", "news.jsonl", "-s", "desk.db", "--no-browser", *more, cwd=folder)


class Page:
    """The desk's page in Chromium, with what a person does there."""

    def __init__(self, address):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,900", "--lang=en"):
            options.add_argument(flag)
        self.browser = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.open(address)

    def open(self, address):
        self.browser.get(address)
        self.until(lambda: self.text("title"))

    def script(self, code, *given):
        return self.browser.execute_script(code, *given)

    def text(self, element):
        return self.script(
            "const one = document.getElementById(arguments[0]); return one ? one.innerText : ''", element
        )

    def until(self, holds):
        end = time.monotonic() + WAIT
        while not (found := holds()):
            assert time.monotonic() < end, self.text("error") or self.script("return document.body.innerText")
            time.sleep(0.01)
        return found

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def decide(self, key):
        """Presses a key, and waits for the article after it."""
        before = self.text("title")
        self.press(key)
        self.until(lambda: self.text("title") != before)
        return before

    def see(self, theme, width):
        self.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        )
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def evaluate(self, code):
        """The value of a promise in the page, past its policy, as a developer's console is."""
        asked = {"expression": code, "awaitPromise": True, "returnByValue": True}
        return self.browser.execute_cdp_cmd("Runtime.evaluate", asked)["result"].get("value")


@pytest.fixture
def page():
    """Opens pages, and closes them."""
    if not BROWSER or not DRIVER:
        pytest.skip("needs Debian's chromium and chromium-driver")
    opened = []

    def make(address):
        opened.append(Page(address))
        return opened[-1]

    yield make
    for one in opened:
        one.browser.quit()


def in_desk(folder):
    return json.loads(
        subprocess.run(
            [sys.executable, "-c", _STANDING, str(folder / "desk.db")],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        ).stdout
    )


_STANDING = """
import json, sys
from classifier.desk.schema import desk_file
from classifier.desk.store import Desk
with desk_file(sys.argv[1], write=False) as connection:
    desk = Desk(connection)
    names = {topic.topic: topic.name for topic in desk.topics()}
    pages = dict(desk.pages())
    print(json.dumps({pages[one.article].title: [one.kind, [names[topic] for topic in one.topics], one.note]
        for one in desk.decisions()}))
"""


def test_a_whole_session_by_keyboard(folder, articles, page, chude, monkeypatch):
    """Open, label 30, add a topic, several topics, a note, undo; the server is killed and opened again; export, train,
    predict. What was pressed is what stands.
    """
    monkeypatch.chdir(folder)
    pressed = {}
    with desk(folder, "--topics", "topics.toml") as (process, address):
        shown = page(address)
        assert "token" not in shown.browser.current_url
        shown.until(lambda: "%" in shown.text("guess"))
        for _ in range(30):
            key = NAMES.get(articles[shown.text("title")]["label"], "0")
            pressed[shown.decide(key)] = key
        shown.until(lambda: shown.script("return document.querySelectorAll('#article mark').length") > 0)
        shown.until(lambda: "30" in shown.text("progress"))
        shown.script("document.querySelector('[data-view=topics]').click()")
        shown.script("document.getElementById('new-name').focus()")
        shown.press(*"Alliances", "\ue007")
        shown.until(lambda: shown.text("told") == "Saved.")
        shown.script("document.querySelector('[data-view=label]').click()")
        shown.press("n", *"hai", "\ue00c")
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(shown.browser).key_down("\ue008").send_keys("1").key_up("\ue008").perform()
        shown.until(lambda: shown.script("return document.querySelectorAll('#topics [aria-pressed=true]').length") == 1)
        both = shown.decide("3")
        mistaken = shown.decide("s")
        shown.press("u")
        shown.until(lambda: shown.text("title") == mistaken)
        process.send_signal(signal.SIGKILL)
        process.wait()
        shown.press("1")
        shown.until(lambda: shown.text("error"))
    standing = in_desk(folder)
    words = {"0": [], "1": ["Syria"], "2": ["Vũ khí"]}
    assert standing == {title: ["label", words[key], ""] for title, key in pressed.items()} | {
        both: ["label", ["Syria", "Alliances"], "hai"]
    }
    with desk(folder) as (process, address):
        shown.open(address)
        assert "31" in shown.text("progress")
        shown.decide("a")
        process.send_signal(signal.SIGINT)
        assert "31 labels in desk.db" in process.communicate(timeout=WAIT)[1]
        assert process.returncode == 0
    assert chude("label", "-s", "desk.db", "--export", "gold.jsonl").code == 0
    rows = [json.loads(line) for line in Path("gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 31
    assert chude("train", "desk.db", "-o", "mine").code == 0
    run = chude("predict", "news.jsonl", "-m", "mine", "--format", "jsonl")
    assert len(run.rows) == len(articles)
    right = [row["topic"] == {"1": "Syria", "2": "Vũ khí"}.get(pressed.get(row["title"], "")) for row in run.rows]
    assert sum(right) >= 10


def test_nobody_is_shut_out(folder, page):
    """Axe finds nothing in any view, light or dark, wide or narrow, in either language; nothing is cut at 360 px."""
    axe = pytest.importorskip("axe_core_python")
    (source,) = Path(axe.__file__).parent.rglob("axe.min.js")
    code = source.read_text(encoding="utf-8")
    with desk(folder, "--topics", "topics.toml") as (_, address):
        shown = page(address)
        shown.until(lambda: "%" in shown.text("guess"))
        shown.decide("1")
        for theme in ("light", "dark"):
            for width in (1200, 360):
                shown.see(theme, width)
                for view in ("label", "list", "topics"):
                    shown.script(f"document.querySelector('[data-view={view}]').click()")
                    time.sleep(0.3)
                    shown.evaluate(f"{code};1")
                    assert json.loads(shown.evaluate(AXE)) == [], (theme, width, view)
                    assert shown.script("return document.documentElement.scrollWidth <= innerWidth"), (
                        theme,
                        width,
                        view,
                    )
            shown.script("document.getElementById('language').click()")
        assert shown.script("return document.documentElement.lang") == "en"


def posting(address):
    """A client with the desk's cookie."""
    client = httpx.Client(base_url=address.split("/?")[0], timeout=WAIT)
    client.get(f"/?{address.split('?')[1]}", follow_redirects=True)
    origin = str(client.base_url).rstrip("/")
    client.headers.update({"origin": origin, "sec-fetch-site": "same-origin"})
    return client


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_no_click(folder):
    """Thirty times: clicks as fast as they are answered, a kill in the midst of them; every answered one stands."""
    answered = {}
    for turn in range(30):
        with desk(folder, *(("--topics", "topics.toml") if not turn else ())) as (process, address):
            client = posting(address)
            end = time.monotonic() + 0.05 + 0.04 * (turn % 10)
            number = turn
            try:
                while True:
                    number += 1
                    if time.monotonic() > end:
                        process.send_signal(signal.SIGKILL)
                    given = {
                        "article": number % 120 + 1,
                        "kind": "label",
                        "topics": [number % 2 + 1],
                        "queue": "random",
                    }
                    client.post("/api/decide", json=given).raise_for_status()
                    answered[number % 120 + 1] = number % 2 + 1
            except httpx.HTTPError:
                process.wait()
        found = subprocess.run(
            [sys.executable, "-c", _NUMBERS, str(folder / "desk.db")],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )
        standing = {int(article): topics for article, topics in json.loads(found.stdout).items()}
        late = number % 120 + 1  # was perhaps kept, and not answered
        for article, topic in answered.items():
            assert standing[article] == [topic] or article == late
        answered = {article: topics[0] for article, topics in standing.items()}


_NUMBERS = """
import json, sys
from classifier.desk.schema import desk_file
from classifier.desk.store import Desk
with desk_file(sys.argv[1], write=False) as connection:
    print(json.dumps({one.article: list(one.topics) for one in Desk(connection).decisions()}))
"""


def test_the_second_desk_on_a_file_says_so(folder):
    """And leaves the first in peace."""
    with desk(folder, "--topics", "topics.toml") as (_, address):
        second = subprocess.run(
            [sys.executable, "-m", "classifier", "label", "-s", "desk.db", "--no-browser"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )
        assert second.returncode != 0
        assert "another run" in second.stderr
        assert second.stderr.count("\n") == 1
        assert posting(address).post("/api/state", json={}).status_code == 200


def test_hostile_articles_are_text(tmp_path, page):
    """The 38 strings of the output tests as titles, texts and topics: nothing runs, nothing is asked of anybody."""
    strings = [*PAYLOADS, *FORMULAS, *ESCAPES]
    rows = [{"id": str(number), "title": one, "text": f"{one} {number} chữ"} for number, one in enumerate(strings)]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with desk(tmp_path) as (_, address):
        shown = page(address)
        client = posting(address)
        for number, name in enumerate(PAYLOADS):
            client.post("/api/topics", json={"what": "add", "name": f"{name[:60]} {number}"})
        shown.open(address)
        seen = set()
        for _ in strings[1:]:  # some titles are alike once they are clean, the places of their rows are not
            seen.add(before := shown.text("article"))
            shown.press("0")
            shown.until(lambda before=before: shown.text("article") != before)
        for view in ("list", "topics", "label"):
            shown.script(f"document.querySelector('[data-view={view}]').click()")
            time.sleep(0.3)
        assert len(seen) == len(strings) - 1
        assert shown.browser.title == "chude · desk.db"
        assert shown.script("return document.querySelectorAll('script').length") == 1
        assert (
            shown.script(
                "return document.querySelectorAll('iframe, object, embed, base, img, meta[http-equiv]').length"
            )
            == 0
        )
        asked = shown.script("return performance.getEntriesByType('resource').map(one => new URL(one.name).host)")
        assert set(asked) == {address.split("/")[2]}
