"""The service's paths: what is asked, who works it out, what is answered."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from classifier import __version__
from classifier.errors import ChudeError
from classifier.service import workers
from classifier.service.bodies import Cluster, Extract, Predict, Segment
from classifier.service.guard import Guard, Limits
from classifier.service.problems import MEDIA_TYPE, SCHEMA, problem
from classifier.service.workers import BusyError, RefusedError, Workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from classifier.service.models import Models

B = TypeVar("B", bound=BaseModel)
HERE = Path(__file__).parent
RAW = ("text/html", "text/plain", "application/octet-stream")
"""Media types of a body that is one page as it was saved."""
LOOK_SECONDS = 2.0
"""How often it is looked whether a model's folder holds another."""


class Service:
    """The answers, a method each."""

    def __init__(self, models: Models, working: Workers) -> None:
        self._models, self._workers = models, working
        self.look = asyncio.Event()

    async def predict(self, request: Request) -> Response:
        """Label pages, with the fields of `chude predict --format jsonl`."""
        body = await request.body()
        if _is_raw(request):
            name, labeller = self._models.named(request.query_params.get("model"))
            rows = await self._workers.do(workers.label_page, len(body), labeller, body)
        else:
            asked = Predict.model_validate_json(body)
            name, labeller = self._models.named(asked.model)
            labeller = replace(labeller, threshold=asked.threshold, explain=asked.explain, cover=asked.set)
            rows = await self._workers.do(workers.label, len(body), labeller, [page.row() for page in asked.pages])
        model = {"name": name, "digest": labeller.digest}
        return _json({"model": model, "predictions": _used(rows), "skipped": _skipped(rows)})

    async def extract(self, request: Request) -> Response:
        """Read saved pages, with the fields of `chude extract --format jsonl`."""
        body = await request.body()
        if _is_raw(request):
            rows = await self._workers.do(workers.extract_page, len(body), body)
        else:
            asked = Extract.model_validate_json(body)
            rows = await self._workers.do(workers.extract, len(body), [page.row() for page in asked.pages])
        return _json({"pages": _used(rows), "skipped": _skipped(rows)})

    async def cluster(self, request: Request) -> Response:
        """Group headlines, with the fields of `chude cluster --format jsonl`."""
        body = await request.body()
        asked = Cluster.model_validate_json(body)
        _, labeller = self._models.named(asked.model)
        given = [(one, "") if isinstance(one, str) else (one.headline, one.blurb) for one in asked.headlines]
        return _json({"clusters": await self._workers.do(workers.cluster, len(body), labeller, given, asked.k)})

    async def segment(self, request: Request) -> Response:
        """Join the syllables of words, as pyvi does."""
        body = await request.body()
        asked = Segment.model_validate_json(body)
        return _json({"segmented": await self._workers.do(workers.segment, len(body), asked.texts)})

    async def models(self) -> Response:
        """List the models; the first one speaks where none is named."""
        return _json({"models": self._models.listed()})

    async def healthz(self) -> Response:
        """Answer, so that it is seen to live."""
        return _json({"status": "ok", "version": __version__})

    async def keep_up(self) -> None:
        """Take over models whose folders hold others; every process has loaded one before it is asked for it."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.look.wait(), LOOK_SECONDS)
            self.look.clear()
            new = await asyncio.to_thread(self._models.changed)
            if new:
                await self.warm(new.values())
                self._models.take(new)

    async def warm(self, labellers: Any) -> None:
        """Have each process load these models."""
        for labeller in labellers:
            for _ in range(self._workers.jobs * 2):  # which process takes which is not known
                with suppress(BusyError, RefusedError):
                    await self._workers.do(workers.warm, 0, labeller)


def application(
    models: Models,
    working: Workers,
    *,
    hosts: frozenset[str] | None = None,
    token: str | None = None,
    limits: Limits | None = None,
) -> tuple[Guard, Service]:
    """Return the service as an ASGI application behind its guard, and what answers in it."""
    service = Service(models, working)

    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncIterator[None]:
        await service.warm(models)
        task = asyncio.create_task(service.keep_up())
        yield
        task.cancel()

    app = FastAPI(
        title="chude",
        version=__version__,
        description="Topics of Vietnamese news: labels, pages, clusters and words.",
        docs_url=None,  # its page takes script from the network; ours is below
        redoc_url=None,
        lifespan=alive,
    )
    content = {MEDIA_TYPE: {"schema": SCHEMA}}
    problems: dict[int | str, dict[str, Any]] = {one: {"content": content, "description": "why not"} for one in _FAILS}
    for name, body in (("predict", Predict), ("extract", Extract), ("cluster", Cluster), ("segment", Segment)):
        described = _described(body, raw=name in ("predict", "extract"))
        extra = {"requestBody": described, "parameters": _PARAMETERS.get(name, [])}
        add = app.post(f"/v1/{name}", responses=problems, openapi_extra=extra, response_class=JSONResponse)
        add(getattr(service, name))
    app.get("/v1/models", response_class=JSONResponse)(service.models)
    app.get("/healthz", response_class=JSONResponse)(service.healthz)
    app.get("/", include_in_schema=False)(_page(app))
    app.get("/service.css", include_in_schema=False)(_style)
    _say_problems(app)
    return Guard(app, hosts=hosts, token=token, limits=limits or Limits()), service


_FAILS = (400, 401, 413, 415, 422, 503)
_PARAMETERS = {
    "predict": [{"name": "model", "in": "query", "required": False, "schema": {"type": "string"}}],
}


def _described(body: type[BaseModel], *, raw: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": _schema(body)}}
    if raw:
        content |= {kind: {"schema": {"type": "string"}} for kind in RAW[:2]}
    return {"required": True, "content": content}


def _schema(body: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body with what it refers to in place: FastAPI collects none of a body that it does not read."""
    schema = body.model_json_schema()
    parts = schema.pop("$defs", {})

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return whole(parts[part["$ref"].rpartition("/")[2]])
        return {name: whole(one) for name, one in part.items()}

    found: dict[str, Any] = whole(schema)
    return found


def _say_problems(app: FastAPI) -> None:
    """Every failure is a problem in words."""

    async def wrong(_request: Request, error: Exception) -> Response:
        if isinstance(error, ValidationError):
            errors = [
                {"where": ".".join(map(str, one["loc"])), "what": one["msg"]}
                for one in error.errors(include_url=False, include_context=False, include_input=False)[:20]
            ]
            first = errors[0]
            return problem(
                422, f"{first['where']}: {first['what']}" if first["where"] else first["what"], errors=errors
            )
        if isinstance(error, BusyError):
            return problem(503, str(error), headers={"retry-after": "1"})
        if isinstance(error, HTTPException):
            return problem(error.status_code, error.detail, headers=dict(error.headers or {}))
        if isinstance(error, ChudeError | RefusedError):
            return problem(422, str(error))
        return problem(500, "see what the service writes to its terminal")

    for kind in (ValidationError, BusyError, RefusedError, ChudeError, HTTPException, Exception):
        app.add_exception_handler(kind, wrong)


def _json(found: dict[str, Any]) -> Response:
    """The answer; orjson writes what the standard library would, several times as fast."""
    try:
        import orjson
    except ImportError:
        return JSONResponse(found)
    try:
        return Response(orjson.dumps(found), media_type="application/json")
    except TypeError:  # half a surrogate pair, which only escapes can hold
        return Response(json.dumps(found), media_type="application/json")


def _is_raw(request: Request) -> bool:
    """Whether a body is a page and no JSON. Raises HTTPException for another media type."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind in RAW:
        return True
    if kind == "application/json" or kind.endswith("+json"):
        return False
    raise HTTPException(415, f"give application/json, {' or '.join(RAW)}")


def _used(rows: workers.Rows) -> list[dict[str, Any]]:
    """The rows that came to something, numbered where they have no id."""
    found = []
    for number, row in enumerate(rows):
        if row.get("skipped") is None:
            kept = {name: value for name, value in row.items() if name != "skipped"}
            found.append(kept | {"id": row.get("id") or str(number)})
    return found


def _skipped(rows: workers.Rows) -> list[dict[str, Any]]:
    return [
        {"index": number, "reason": row["skipped"]} for number, row in enumerate(rows) if row.get("skipped") is not None
    ]


def _page(app: FastAPI) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)

    async def page() -> Response:
        """Show the paths and their bodies."""
        return HTMLResponse(pages.get_template("service.html.j2").render(schema=app.openapi(), version=__version__))

    return page


async def _style() -> Response:
    return Response((HERE / "service.css").read_bytes(), media_type="text/css")
