"""Guards what the desk answers to whom: its own page with its cookie, and nobody else; hostile bodies are one line."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from patience import settle

from training.desk.guard import MOST_BODY
from training.desk.server import ANSWERS, application

pytest_plugins = ("analyst",)


HOST = "127.0.0.1:8765"
TOKEN = "t" * 32
OWN = {"origin": f"http://{HOST}", "content-type": "application/json", "sec-fetch-site": "same-origin"}


class Client:
    """A browser with a cookie jar, in the thread of the desk's file."""

    def __init__(self, guarded):
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url=f"http://{HOST}")

    def get(self, address, **given):
        return asyncio.run(self._client.get(address, **given))

    def post(self, address, **given):
        return asyncio.run(self._client.post(address, **given))


@pytest.fixture
def stranger(session):
    """A client without the cookie."""
    return Client(application(session, "desk.db", hosts=(HOST, "localhost:8765"), token=TOKEN))


@pytest.fixture
def page(stranger):
    """The desk's own page: it has been given the cookie."""
    given = stranger.get(f"/?token={TOKEN}")
    assert given.status_code == 303
    assert given.headers["location"] == "/"
    cookie = given.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    return stranger


def post(client, what, body=None, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return client.post(f"/api/{what}", content=data, headers=OWN | headers)


def test_the_page_decides_and_gets_the_next(page, session, answer):
    """One round: the next article, a decision, the state; the words of the page are text and numbers alone."""
    first = post(page, "next").json()["article"]
    done = post(
        page, "decide", {"article": first["article"], "kind": "label", "topics": [1], "queue": "uncertain"}
    ).json()
    assert done["article"]["article"] != first["article"]
    assert done["state"]["decided"] == {"label": 1, "unsure": 0, "skip": 0}
    assert session.standing[first["article"]].topics == (1,)
    assert post(page, "undo").json()["article"]["article"] == first["article"]
    settle(session)
    assert post(page, "state").json()["state"]["speaker"] == "words"


def test_nobody_without_the_cookie_is_answered(stranger):
    """Neither page, nor file, nor any question; a wrong token gives no cookie."""
    for address in ("/", "/static/desk.js", "/api/state"):
        assert stranger.get(address).status_code == 401
    for what in ANSWERS:
        assert post(stranger, what).status_code == 401
    wrong = stranger.get("/?token=guessed")
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    assert post(stranger, "state", cookie="chude-desk-8765=x; a=b").status_code == 401
    assert post(stranger, "state", cookie='"\\;;=,chude-desk-8765').status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "[::1]:8765", ""])
def test_another_name_for_this_machine_is_refused(page, host):
    """DNS rebinding: a stranger's name that leads here has the stranger's name in Host."""
    assert page.get("/", headers={"host": host}).status_code == 421
    assert post(page, "state", host=host, origin=f"http://{host}").status_code == 421
    assert page.get(f"/?token={TOKEN}", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8766"},
        {"origin": "http://127.0.0.1:8765.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_strangers_page_cannot_post(page, session, headers):
    """Even with the cookie; nothing is decided."""
    given = {"article": 1, "kind": "label", "topics": [1]}
    assert post(page, "decide", given, **headers).status_code == 403
    assert not session.standing


def test_a_post_must_say_whence_and_what(page):
    """Without an Origin, or as a form, none is taken."""
    bare = {"content-type": "application/json"}
    assert page.post("/api/state", content=b"{}", headers=bare).status_code == 403
    assert post(page, "state", **{"content-type": "text/plain"}).status_code == 415
    assert page.get("/api/state").status_code == 405


def test_a_strangers_page_cannot_embed(page):
    """A script or a picture of the desk is none elsewhere; a link may lead to it."""
    away = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert page.get("/static/desk.js", headers=away).status_code == 403
    assert page.get("/", headers=away | {"sec-fetch-mode": "navigate"}).status_code == 200
    for address in ("/", "/static/desk.js", "/static/none.js"):
        headers = page.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_only_the_pages_own_files_are_given(page):
    """No other of its folder, nor of another."""
    for name in ("desk.css", "desk.js", "desk_words.js", "desk_draw.js", "desk.svg"):
        assert page.get(f"/static/{name}").status_code == 200
    for name in ("desk.html.j2", "html.py", "..%2fhtml.py", "%2e%2e/html.py", "desk.js%00.png"):
        assert page.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("decide", {}),
        ("decide", {"article": 10**9, "kind": "skip"}),
        ("decide", {"article": 1, "kind": "delete"}),
        ("decide", {"article": 1, "kind": "label", "topics": [99]}),
        ("decide", {"article": 1, "kind": "label", "topics": ["1"]}),
        ("decide", {"article": 1, "kind": "skip", "topics": [1]}),
        ("decide", {"article": True, "kind": "skip"}),
        ("decide", {"article": 1, "kind": "skip", "note": "x" * 3000}),
        ("decide", {"article": 1, "kind": "skip", "queue": "bulk"}),
        ("next", {"wanted": "import"}),
        ("next", {"wanted": "search", "text": 7}),
        ("topics", {"what": "drop"}),
        ("topics", {"what": "add", "name": ""}),
        ("topics", {"what": "add", "name": "other"}),
        ("topics", {"what": "merge", "topic": 1, "into": 1}),
        ("topics", {"what": "merge", "topic": 1, "into": 77}),
        ("topics", {"what": "change", "topic": 1, "name": "Syria"}),
        ("topics", {"what": "add", "name": "x", "words": [7]}),
        ("topics", {"what": "split", "topic": 99, "name": "x"}),
        ("look", {"wanted": "search", "text": "Syria", "least": 2}),
        ("look", {"wanted": "uncertain", "least": 0.5}),
        ("accept", {"ticket": "guessed"}),
        ("state", b"[1"),
        ("state", b"[]"),
        ("state", b"[" * 100_000),
        ("state", b"\xff\xfe"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(page, session, what, body):
    """With status 400, and nothing changes."""
    found = post(page, what, body)
    assert found.status_code == 400, found.text
    assert "\n" not in found.json()["error"]
    assert not session.standing
    assert [one.name for one in session.topics] == ["Vũ khí", "Syria"]


def test_too_much_is_refused(page):
    """A body, an address."""
    assert post(page, "state", b" " * (MOST_BODY + 1)).status_code == 413
    assert page.get("/?" + "x" * 10_000).status_code == 414


def test_topics_are_changed_from_the_page(page, session):
    """Added, renamed, split, merged; the answer has them."""
    assert post(page, "topics", {"what": "add", "name": "Cá", "words": ["tàu cá"]}).status_code == 200
    assert post(page, "topics", {"what": "split", "topic": 2, "name": "Syria 2"}).status_code == 200
    assert post(page, "topics", {"what": "change", "topic": 3, "name": "Tôm"}).status_code == 200
    state = post(page, "topics", {"what": "merge", "topic": 4, "into": 2}).json()["state"]
    assert [one["name"] for one in state["topics"]] == ["Vũ khí", "Syria", "Tôm"]
    assert session.desk.topics()[2].words == ()


def test_lists_clusters_and_many_at_once(page, session, answer):
    """As the page asks for them."""
    for _ in range(12):
        shown = post(page, "next").json()["article"]
        topics = list(answer(shown["article"]))
        post(page, "decide", {"article": shown["article"], "kind": "label", "topics": topics, "queue": shown["queue"]})
        settle(session)
    assert post(page, "listed", {"topic": 0}).json()["list"]["count"] == session.labels().counts().get(0, 0)
    assert post(page, "clusters").json()["clusters"] is None
    settle(session)
    groups = post(page, "clusters").json()["clusters"]
    assert sum(one["size"] for one in groups) == len(session.heads)
    given = {"wanted": "search", "text": "Syria", "least": 0.3}
    look = post(page, "look", given).json()["look"]
    assert len(look["shown"]) == min(10, look["count"])
    done = post(page, "accept", {"ticket": look["ticket"], **given}).json()
    assert done["accepted"] == look["count"]
    assert post(page, "undo").json()["undone"] == look["count"]
