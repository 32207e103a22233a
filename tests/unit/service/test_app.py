"""Guards the service's answers, its guard and its models, with the work done in this process."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import Future

import httpx
import pytest

from classifier.errors import UsageError
from classifier.service import workers
from classifier.service.app import application
from classifier.service.guard import Limits
from classifier.service.models import Models

HOST = "127.0.0.1:8768"
TOKEN = "khong-ai-doan-duoc"  # noqa: S105 (a test's)
TEXT = "Quân chính phủ Syria tiến vào Idlib, phe đối lập rút khỏi Damascus."


class Here(workers.Workers):
    """Does the work at once, in this process."""

    def __init__(self):
        self.jobs, self._seconds, self._executor, self.renewed = 1, 5.0, None, 0
        self.fails = None

    def submit(self, work, size, *given):
        done = Future()
        if self.fails:
            done.set_exception(self.fails)
        else:
            done.set_result(workers._done(work, size, given))
        return done

    def _renew(self, _broken):
        self.renewed += 1


class Asked:
    """A service and a way to ask it."""

    def __init__(self, folder, said, **more):
        self.models, self.working = Models([str(folder)], said.append), Here()
        more = {"hosts": frozenset((HOST,))} | more
        self.app, self.service = application(self.models, self.working, **more)

    def __call__(self, method, path, **given):
        async def ask():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=f"http://{HOST}") as client:
                return await client.request(method, path, **given)

        return asyncio.run(ask())


@pytest.fixture
def said():
    """What the service says on its terminal."""
    return []


@pytest.fixture
def ask(small_artifact, tmp_path, said):
    """A service with a model of its own."""
    shutil.copytree(small_artifact, tmp_path / "m")
    return Asked(tmp_path / "m", said)


def test_every_path_answers(ask, small_model):
    """Pages as JSON and as they are, sets and reasons, extraction, words, clusters, models, the page."""
    (expected,) = small_model.predict([TEXT])
    given = {"pages": [{"id": "a", "text": TEXT}, {"html": "%PDF-1"}, {"text": ""}], "explain": 2, "set": 0.9}
    found = ask("POST", "/v1/predict", json=given).json()
    assert (found["predictions"][0]["id"], found["predictions"][0]["topic"]) == ("a", expected.topic)
    assert len(found["predictions"][0]["reasons"]) == 2
    assert found["predictions"][0]["set"][0] == expected.topics[0].topic
    assert [one["index"] for one in found["skipped"]] == [1, 2]
    raw = ask("POST", "/v1/predict", content=TEXT.encode(), headers={"content-type": "text/plain"}).json()
    assert raw["predictions"][0]["probability"] == round(expected.probability, 6)
    page = f"<html><body><h1>Đàm phán ở Istanbul</h1><p>{TEXT}</p></body></html>"
    read = ask("POST", "/v1/extract", content=page.encode(), headers={"content-type": "text/html"}).json()
    assert read["pages"][0]["title"] == "Đàm phán ở Istanbul"
    assert len(ask("POST", "/v1/extract", json={"pages": [{"html": page}, {"html": " "}]}).json()["skipped"]) == 1
    assert ask("POST", "/v1/segment", json={"texts": ["đối thoại"]}).json() == {"segmented": ["đối_thoại"]}
    clusters = ask("POST", "/v1/cluster", json={"headlines": ["Nga, Mỹ họp", {"headline": "Mỹ, Nga họp"}]}).json()
    assert sum(one["size"] for one in clusters["clusters"]) == 2
    (model,) = ask("GET", "/v1/models").json()["models"]
    assert model["labels"] == list(small_model.labels)
    assert ask("GET", "/healthz").json()["status"] == "ok"
    assert "/v1/predict" in ask("GET", "/").text
    assert ask("GET", "/service.css").status_code == 200
    assert "html" in ask("GET", "/openapi.json").text


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("POST", "/v1/predict", {"content": b"{", "headers": {"content-type": "application/json"}}, 422),
        ("POST", "/v1/predict", {"json": {"pages": [], "model": "keiner"}}, 422),
        ("POST", "/v1/predict", {"json": {"pages": [], "set": 1.5}}, 422),
        ("POST", "/v1/predict", {"content": b"x", "headers": {"content-type": "image/png"}}, 415),
        ("POST", "/v1/cluster", {"json": {"headlines": ["a"], "k": 9}}, 422),
        ("GET", "/v1/predict", {}, 405),
        ("GET", "/nothing", {}, 404),
        ("GET", "/healthz", {"headers": {"host": "evil.example"}}, 421),
        ("GET", "/healthz", {"headers": {"origin": "https://evil.example"}}, 403),
    ],
)
def test_what_is_wrong_is_a_problem(ask, method, path, given, status):
    """With a title, and a detail in words."""
    answer = ask(method, path, **given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail"}


def test_limits_and_the_token(small_artifact, said):
    """What is too large or too much is refused; only the sign of life is free."""
    small = Asked(small_artifact, said, hosts=None, token=TOKEN, limits=Limits(body=100, waiting=0))
    assert small("GET", "/healthz").status_code == 503
    small = Asked(small_artifact, said, hosts=None, token=TOKEN, limits=Limits(body=100, waiting=1))
    assert small("GET", "/healthz").status_code == 200
    assert small("GET", "/v1/models").status_code == 401
    mine = {"authorization": f"Bearer {TOKEN}"}
    assert small("GET", "/v1/models", headers=mine).status_code == 200
    assert small("POST", "/v1/segment", content=b"x" * 101, headers=mine).status_code == 413


def test_work_that_cannot_be_done_now_is_told(ask):
    """A worker that died or takes too long: 503, and new workers."""
    from joblib.externals.loky import BrokenProcessPool

    for error, words in ((BrokenProcessPool("gone"), "died"), (TimeoutError(), "seconds")):
        ask.working.fails = error
        answer = ask("POST", "/v1/segment", json={"texts": ["a"]})
        assert answer.status_code == 503
        assert words in answer.json()["detail"]
    assert ask.working.renewed == 2


def test_another_model_in_the_folder_is_taken_over(ask, said, tmp_path):
    """Once it is loaded; one that is broken is said once, and the old one goes on."""
    before = ask.models.named(None)[1].digest
    description = (tmp_path / "m" / "model.json").read_text(encoding="utf-8")
    (tmp_path / "m" / "model.json").write_text("{", encoding="utf-8")
    assert ask.models.changed() == {}
    assert ask.models.changed() == {}
    assert len(said) == 1
    assert "goes on" in said[0]
    (tmp_path / "m" / "model.json").write_text(description, encoding="utf-8")
    assert ask.models.changed() == {}
    from classifier.model.artifact import load, read_vocabulary, save

    model = load(tmp_path / "m")
    save(tmp_path / "m", model, read_vocabulary(tmp_path / "m"), "another card")
    new = ask.models.changed()
    asyncio.run(ask.service.warm(new.values()))
    ask.models.take(new)
    assert ask.models.named(None)[1].digest != before
    assert "is renewed" in said[-1]


def test_two_models_of_one_name_are_refused(small_artifact, said):
    """Nobody could name the second."""
    with pytest.raises(UsageError, match="two models are called"):
        Models([str(small_artifact)] * 2, said.append)


def test_a_page_that_takes_too_long_is_refused(monkeypatch):
    """In words, by the worker."""
    from classifier.budget import OverBudget

    def endless():
        raise OverBudget

    found, why = workers._done(endless, 0, ())
    assert found is None
    assert "seconds of processor time" in why
