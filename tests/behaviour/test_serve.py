"""Guards the service: the same answers as the command line's, problems in words, limits, renewal, a peaceful end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
from conftest import PROJECT
from served import served

WAIT = 60
TOKEN = "thuyen-ve-ben-luc-nua-dem"  # noqa: S105 (a test's)
SAMPLES = PROJECT / "classifier" / "samples"
HTML = (
    "<html><body><h1>Hai bên đàm phán ngừng bắn tại Istanbul</h1><p>Phái đoàn Nga và Ukraine ngồi vào bàn đàm phán lần "
    "thứ hai tại Istanbul, trao đổi bản ghi nhớ về ngừng bắn.</p><p>Ukraine muốn ngừng bắn trước.</p></body></html>"
)


@contextmanager
def service(*more, environment=None):
    """`chude serve` in a process of its own: it, and a client of the address that it prints."""
    with served("serve", "--port", "0", *more, environment=environment) as (process, address):
        yield process, httpx.Client(base_url=address.rstrip("/"), timeout=WAIT)


@pytest.fixture(scope="module")
def client():
    """A client of a service with the model that ships, and small limits."""
    with service("--body", "1", "--waiting", "3") as (_, found):
        yield found


def refused(answer, status):
    """The detail of a problem of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status
    return body["detail"]


def test_pages_are_labelled_as_the_command_labels_them(client, chude):
    """Texts, saved pages in JSON and as they are; what cannot be used is named with its place."""
    page = SAMPLES / "05-khong-kich-syria.txt"
    (row,) = chude("predict", page, "--format", "jsonl", "--explain", "3").rows
    text = page.read_text(encoding="utf-8")
    asked = {"pages": [{"id": "a", "html": text}, {"html": "%PDF-1.4"}, {"title": ""}], "explain": 3}
    answer = client.post("/v1/predict", json=asked).json()
    assert [one["index"] for one in answer["skipped"]] == [1, 2]
    assert "pdftotext" in answer["skipped"][0]["reason"]
    (found,) = answer["predictions"]
    assert found | {"id": row["id"], "source": row["source"]} == row
    raw = client.post("/v1/predict", content=text.encode(), headers={"content-type": "text/plain"}).json()
    assert raw["predictions"][0]["topic"] == row["topic"]
    high = client.post("/v1/predict", json={"pages": [{"text": "Tin vắn"}], "threshold": 1.0}).json()
    assert high["predictions"][0]["topic"] == "other"


def test_pages_words_and_clusters(client):
    """Each path gives the fields of its command."""
    read = client.post("/v1/extract", content=HTML.encode(), headers={"content-type": "text/html"}).json()["pages"][0]
    assert read["title"] == "Hai bên đàm phán ngừng bắn tại Istanbul"
    assert read["kind"] == "article"
    both = client.post("/v1/extract", json={"pages": [{"id": "x", "html": HTML}, {"html": " "}]}).json()
    assert [page["id"] for page in both["pages"]] == ["x"]
    assert both["skipped"][0]["index"] == 1
    assert client.post("/v1/segment", json={"texts": ["Mỹ sẵn sàng đối thoại"]}).json() == {
        "segmented": ["Mỹ sẵn_sàng đối_thoại"]
    }
    again = {"headline": "Ukraine, Nga đàm phán vòng hai ở Istanbul"}
    headlines = ["Nga và Ukraine đàm phán ở Istanbul", again, "Giá cà phê lập đỉnh"]
    clusters = client.post("/v1/cluster", json={"headlines": headlines}).json()["clusters"]
    assert clusters[0]["size"] == 2
    (model,) = client.get("/v1/models").json()["models"]
    assert model["name"] == "world-news"
    assert "syria" in model["labels"]
    assert client.get("/healthz").json()["status"] == "ok"


def test_how_it_is_asked_is_shown_without_the_network(client):
    """As a page and as OpenAPI; nothing in the page comes from elsewhere."""
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/v1/predict", "/v1/extract", "/v1/cluster", "/v1/segment", "/v1/models", "/healthz"}
    assert "pages" in paths["/v1/predict"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    page = client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/v1/predict" in page.text
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    assert client.get("/service.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("path", "given", "status", "said"),
    [
        ("predict", {"content": b"{"}, 422, "Invalid JSON"),
        ("predict", {"json": {"pages": 3}}, 422, "pages"),
        ("predict", {"json": {"pages": [], "pagse": []}}, 422, "pagse"),
        ("predict", {"json": {"pages": [], "threshold": 2}}, 422, "threshold"),
        ("predict", {"json": {"pages": [], "model": "none"}}, 422, "world-news"),
        ("predict", {"content": b"x", "headers": {"content-type": "image/png"}}, 415, "application/json"),
        ("predict", {"content": b"x" * (2**20 + 1)}, 413, "1,048,576 bytes"),
        ("predict", {"content": iter([b"x" * 2**19] * 3)}, 413, "1,048,576 bytes"),
        ("cluster", {"json": {"headlines": ["a"], "k": 5}}, 422, "k"),
        ("segment", {"json": {"texts": [None]}}, 422, "texts.0"),
        ("nothing", {"json": {}}, 404, "Not Found"),
        ("models", {"json": {}}, 405, "Not Allowed"),
    ],
)
def test_what_is_wrong_is_a_problem_in_words(client, path, given, status, said):
    """By RFC 9457, with the place."""
    given = {"headers": {"content-type": "application/json"}} | given
    assert said in refused(client.post(f"/v1/{path}", **given), status)


def test_strangers_names_and_pages_are_refused(client):
    """Another name for this machine (DNS rebinding), and a page of another site."""
    assert refused(client.get("/healthz", headers={"host": "evil.example"}), 421)
    assert refused(client.post("/v1/segment", json={"texts": []}, headers={"origin": "https://evil.example"}), 403)


def test_other_machines_need_a_token():
    """Without one nothing is opened; with one nothing but the sign of life is given away."""
    short = subprocess.run(
        [sys.executable, "-m", "classifier", "serve", "--host", "0.0.0.0", "--port", "0"],  # noqa: S104
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    assert short.returncode == 2
    assert "needs a token" in short.stderr
    with service("--host", "0.0.0.0", environment={"CHUDE_TOKEN": TOKEN}) as (_, found):  # noqa: S104
        assert found.get("/healthz").status_code == 200
        for header in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {TOKEN}"}):
            assert refused(found.get("/v1/models", headers=header), 401)
        assert found.get("/v1/models", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_too_many_at_once_are_told_to_come_again(client):
    """And the others are answered."""
    text = (SAMPLES / "05-khong-kich-syria.txt").read_text(encoding="utf-8")
    asked = {"pages": [{"text": text}] * 150}
    found = []

    def ask():
        own = httpx.Client(base_url=client.base_url, timeout=WAIT)
        found.append(own.post("/v1/predict", json=asked))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in found)
    assert set(statuses) == {200, 503}
    assert all(answer.headers["retry-after"] for answer in found if answer.status_code == 503)


def test_a_model_is_renewed_and_nothing_is_dropped(small_artifact, tmp_path):
    """A folder that holds another model is taken over while requests come in; one that is broken is told, once."""
    folder = tmp_path / "model"
    shutil.copytree(PROJECT / "artifacts" / "world-news", folder)
    with service("-m", folder) as (process, found):
        (before,) = found.get("/v1/models").json()["models"]
        answers, stop = [], threading.Event()

        def ask():
            own = httpx.Client(base_url=found.base_url, timeout=WAIT)
            while not stop.is_set():
                answers.append(own.post("/v1/predict", json={"pages": [{"text": "Mỹ và Nga bàn về đầu đạn."}]}))

        asking = threading.Thread(target=ask)
        asking.start()
        new = tmp_path / "new"
        shutil.copytree(small_artifact, new)
        folder.rename(tmp_path / "old")
        new.rename(folder)
        process.send_signal(signal.SIGHUP)
        end = time.monotonic() + WAIT
        while (now := found.get("/v1/models").json()["models"][0])["digest"] == before["digest"]:
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(0.2)
        stop.set()
        asking.join()
        assert {answer.status_code for answer in answers} == {200}
        digests = [answer.json()["model"]["digest"] for answer in answers]
        assert (digests[0], digests[-1]) == (before["digest"], now["digest"])
        (folder / "model.json").write_text("{", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert found.post("/v1/predict", json={"pages": [{"text": "Mỹ và Nga bàn."}]}).status_code == 200
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=WAIT)[1]
        assert said.count("the model that was there goes on") == 1
        assert "is renewed" in said


def test_the_end_waits_for_what_is_under_way():
    """SIGTERM while a request is worked on: it is answered, and the process ends with 0."""
    text = (SAMPLES / "05-khong-kich-syria.txt").read_text(encoding="utf-8")
    with service() as (process, found):
        answers = []
        asking = threading.Thread(
            target=lambda: answers.append(found.post("/v1/predict", json={"pages": [{"text": text}] * 600}))
        )
        asking.start()
        time.sleep(0.15)
        process.send_signal(signal.SIGTERM)
        asking.join()
        assert len(answers[0].json()["predictions"]) == 600
        assert process.wait(timeout=WAIT) == 0


def test_a_page_that_takes_the_memory_or_kills_its_process_leaves_the_others():
    """The process of the work dies; who asked is told to come again, and the next one is answered."""
    with service() as (process, found):
        assert found.post("/v1/segment", json={"texts": ["a"]}).status_code == 200
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        statuses = [found.post("/v1/segment", json={"texts": ["a"]}).status_code for _ in range(2)]
        assert statuses[-1] == 200
        assert statuses[0] in (200, 503)


@pytest.mark.slow
def test_the_schema_is_kept():
    """Schemathesis finds no server error, and no answer that OpenAPI does not tell of."""
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, given, settings

    with service() as (_, found):
        schema = schemathesis.openapi.from_url(f"{found.base_url}/openapi.json")
        checks = [schemathesis.checks.CHECKS.get_one("not_a_server_error")]
        tried = 0
        quietly = {"max_examples": 60, "deadline": None, "database": None, "derandomize": True}
        quietly["suppress_health_check"] = list(HealthCheck)
        for result in schema.get_all_operations():
            operation = result.ok()

            @given(case=operation.as_strategy())
            @settings(**quietly)
            def ask(case):
                nonlocal tried
                tried += 1
                case.call_and_validate(checks=checks)

            ask()
        assert tried > 200
