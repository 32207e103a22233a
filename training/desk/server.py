"""The desk's page and what it asks, over HTTP on this machine alone."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from classifier import __version__
from classifier.errors import ChudeError, UsageError
from training.desk import view
from training.desk.guard import Guard
from training.desk.session import QUEUES, Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.requests import Request

    from training.desk.session import Session

PAGES = Path(__file__).resolve().parents[2] / "eval" / "pages"
FILES = {
    "desk.css": "text/css",
    "desk.svg": "image/svg+xml",
    **dict.fromkeys(("desk.js", "desk_draw.js", "desk_words.js"), "text/javascript"),
}
MOST_NOTE, MOST_TEXT, MOST_TOPICS = 2_000, 500, 20
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Asked:
    """The fields of a request, each taken out by its kind. Raises UsageError for what is none."""

    values: dict[str, Any]

    def text(self, name: str, most: int = MOST_TEXT, default: str = "") -> str:
        """A text of at most so many characters."""
        found = self.values.get(name, default)
        if not isinstance(found, str) or len(found) > most:
            raise UsageError(name, f"is no text of at most {most:,} characters")
        return found

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        found = self.values.get(name, default)
        if type(found) is not int or abs(found) > 1 << 53:
            raise UsageError(name, "is no whole number")
        return found

    def share(self, name: str) -> float:
        """A number from 0 to 1."""
        found = self.values.get(name)
        if type(found) not in (int, float) or not 0 <= found <= 1:  # type: ignore[operator]
            raise UsageError(name, "is no number from 0 to 1")
        return float(found)  # type: ignore[arg-type]

    def numbers(self, name: str) -> list[int]:
        """A short list of whole numbers."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or len(found) > MOST_TOPICS or not all(type(one) is int for one in found):
            raise UsageError(name, "is no short list of whole numbers")
        return found

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and len(one) <= MOST_TEXT for one in found):
            raise UsageError(name, "is no list of texts")
        return [" ".join(one.split()) for one in found[:MOST_TEXT] if one.strip()]

    def wanted(self) -> Wanted:
        """The queue that is asked for."""
        queue = self.text("wanted", default=QUEUES[0])
        if queue not in QUEUES:
            raise UsageError(queue, "is no queue", f"ask for one of {', '.join(QUEUES)}")
        return Wanted(queue, self.text("text"), self.number("cluster", -1))


class Desk:
    """The answers of a desk's page, a method each."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name = session, name
        pages = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
        self._page = pages.get_template("desk.html.j2").render(name=name, version=__version__)

    async def page(self, _request: Request) -> Response:
        """The page itself."""
        return HTMLResponse(self._page)

    async def file(self, request: Request) -> Response:
        """Its style and script."""
        name = request.path_params["name"]
        if name not in FILES:
            return Response(status_code=404)
        return Response((PAGES / name).read_bytes(), media_type=FILES[name])

    def state(self, _asked: Asked) -> dict[str, Any]:
        """What is known by now."""
        return {}

    def next(self, asked: Asked) -> dict[str, Any]:
        """The next article of a queue."""
        return self._shown(asked.wanted())

    def article(self, asked: Asked) -> dict[str, Any]:
        """One article that is named."""
        return {"article": view.article(self.session, self._known(asked.number("article")))}

    def decide(self, asked: Asked) -> dict[str, Any]:
        """Keeps a decision; answers with the next article."""
        number = self._known(asked.number("article"))
        kind, topics = asked.text("kind"), asked.numbers("topics")
        note, queue = asked.text("note", MOST_NOTE), asked.text("queue")
        if queue and queue not in QUEUES:
            raise UsageError(queue, "is no queue")
        self.session.decide(number, kind, topics, note=note, queue=queue or "again")
        return self._shown(asked.wanted())

    def undo(self, _asked: Asked) -> dict[str, Any]:
        """Takes back what was decided last; answers with that article."""
        taken = self.session.undo()
        shown = [one for one in taken if one.article in self.session.features.row_of]
        if not shown:
            return {"undone": len(taken)}
        queue = shown[-1].queue if shown[-1].queue in QUEUES else ""
        return {"undone": len(taken), "article": view.article(self.session, shown[-1].article, queue)}

    def listed(self, asked: Asked) -> dict[str, Any]:
        """What was decided."""
        filters = {"kind": asked.text("kind"), "topic": asked.number("topic", -1), "text": asked.text("text")}
        return {"list": view.listed(self.session, **filters, start=max(0, asked.number("start", 0)))}  # type: ignore[arg-type]

    def topics(self, asked: Asked) -> dict[str, Any]:
        """Adds, changes, merges or splits topics."""
        what, desk = asked.text("what"), self.session.desk
        if what in ("add", "split"):
            of = asked.number("topic") if what == "split" else 0
            words, against = asked.texts("words"), asked.texts("not")
            desk.add_topic(asked.text("name"), key=asked.text("key"), words=words, against=against, split_from=of)
        elif what == "change":
            words, against = asked.texts("words"), asked.texts("not")
            desk.change_topic(asked.number("topic"), name=asked.text("name"), words=words, against=against)
        elif what == "merge":
            desk.merge_topic(asked.number("topic"), asked.number("into"))
        else:
            raise UsageError(what, "is nothing to do with a topic")
        self.session.reload()
        return {}

    def clusters(self, _asked: Asked) -> dict[str, Any]:
        """The clusters, as soon as they are known."""
        self.session.ask("cluster")
        return {"clusters": view.groups(self.session)}

    def look(self, asked: Asked) -> dict[str, Any]:
        """Ten of the guesses that would be accepted."""
        topic = asked.number("topic", -1)
        return {"look": view.look(self.session, asked.wanted(), asked.share("least"), None if topic < 0 else topic)}

    def accept(self, asked: Asked) -> dict[str, Any]:
        """Accepts them."""
        return {"accepted": self.session.accept(asked.text("ticket"))} | self._shown(asked.wanted())

    def _known(self, number: int) -> int:
        if number not in self.session.features.row_of:
            raise UsageError(str(number), "is no article of this desk")
        return number

    def _shown(self, wanted: Wanted) -> dict[str, Any]:
        number, queue = self.session.next(wanted)
        return {"article": view.article(self.session, number, queue) if number else None}

    def answering(self, answer: Callable[[Asked], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        """One of the answers as JSON, with the state of the desk; what is wrong is said in a line."""

        async def answered(request: Request) -> Response:
            try:
                given = json.loads(await request.body() or b"{}")
                if not isinstance(given, dict):
                    raise UsageError("request", "is no object")
                found = answer(Asked(given))
                self.session.poll()
            except (ValueError, RecursionError):
                return JSONResponse({"error": "the request is no JSON"}, 400)
            except ChudeError as error:
                return JSONResponse({"error": str(error)}, 400)
            return JSONResponse(found | {"state": view.state(self.session)})

        return answered


ANSWERS = ("state", "next", "article", "decide", "undo", "listed", "topics", "clusters", "look", "accept")


def application(session: Session, name: str, *, hosts: Sequence[str], token: str) -> Guard:
    """The desk as an ASGI application behind its guard."""
    desk = Desk(session, name)
    routes = [Route("/", desk.page), Route("/static/{name}", desk.file)]
    routes += [Route(f"/api/{one}", desk.answering(getattr(desk, one)), methods=["POST"]) for one in ANSWERS]

    @asynccontextmanager
    async def working(_app: Starlette) -> AsyncIterator[None]:
        """Models are taken over as they come, also while nobody clicks."""

        async def forever() -> None:
            while True:
                session.poll()
                await asyncio.sleep(POLL_SECONDS)

        task = asyncio.create_task(forever())
        yield
        task.cancel()

    return Guard(Starlette(routes=routes, lifespan=working), hosts=hosts, token=token)
