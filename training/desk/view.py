"""What the page is told: an article as a reader sees it, and the state of the desk. Plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.desk.store import OTHER_NUMBER
from classifier.wording import opening
from eval.scores.intervals import Score, plain
from training.desk.marks import marked, strongest

if TYPE_CHECKING:
    from classifier.types import Page
    from training.desk.session import Session, Wanted

LISTED = 50
"""Rows of the list of what was labelled that are given at a time."""


def article(session: Session, number: int, queue: str = "") -> dict[str, Any]:
    """An article with the model's opinion, the words that decided, and what is decided on it."""
    ((_, page),) = session.desk.pages([number])
    shares = session.shares(number)
    best = next(iter(shares), None)
    weights = _reasons(session, page, best)
    one = session.standing.get(number)
    return {
        "article": number,
        "queue": queue,
        "title": marked(page.title, weights),
        "lead": [marked(line, weights) for line in page.lead.split("\n") if line.strip()],
        "body": [marked(line, weights) for line in page.body.split("\n") if line.strip()],
        **{name: getattr(page, name) for name in ("byline", "date", "url", "site", "source")},
        "guess": [{"topic": topic, "share": round(share, 4)} for topic, share in shares.items()],
        "words": [{"term": term, "weight": round(weight, 3)} for term, weight in weights.items()],
        "decided": None if one is None else decision(session, number),
        "doubt": next((topic for row, topic, _ in session.doubts[1] if _is(session, row, number)), None)
        if queue == "doubt"
        else None,
    }


def _is(session: Session, row: int, number: int) -> bool:
    return int(session.features.numbers[row]) == number


def _reasons(session: Session, page: Page, topic: int | None) -> dict[str, float]:
    opinion = session.learned.opinion
    if opinion is None or topic is None:
        return {}
    return strongest(opinion.model.explain(page, opinion.model.labels[opinion.columns.index(topic)]))


def decision(session: Session, number: int) -> dict[str, Any]:
    """What stands for an article."""
    one = session.standing[number]
    return {"kind": one.kind, "topics": list(one.topics), "note": one.note, "queue": one.queue, "at": one.at}


def state(session: Session) -> dict[str, Any]:
    """Topics with their counts, progress, estimate, curve, and which model speaks."""
    labels = session.labels()
    counts = labels.counts()
    kinds = [one.kind for one in session.standing.values()]
    return {
        "topics": [
            {
                "topic": topic.topic,
                "name": topic.name,
                "key": topic.key,
                "words": list(topic.words),
                "not": list(topic.against),
                "count": counts.get(topic.topic, 0),
            }
            for topic in session.topics
        ],
        "other": counts.get(OTHER_NUMBER, 0),
        "articles": len(session.heads),
        "twins": len(session.features.numbers) - len(session.heads),
        "decided": {kind: kinds.count(kind) for kind in ("label", "unsure", "skip")},
        "speaker": session.speaker,
        "behind": session.learned.revision != session.revision,
        "drawn": int(labels.sample.sum()),
        "estimate": _estimate(session),
        "curve": session.desk.estimates(),
        "revision": session.revision,
    }


def _estimate(session: Session) -> dict[str, Any] | None:
    found = session.estimate
    if found is None:
        return None
    scores = {"accuracy": found.accuracy, "macro_f1": found.macro_f1, "gain": found.gain}
    return {"labels": found.labels, "judged": found.judged, **{name: _score(score) for name, score in scores.items()}}


def _score(score: Score | None) -> dict[str, float | None] | None:
    if score is None:
        return None
    return {name: plain(getattr(score, name), 4) for name in ("value", "low", "high")}


def listed(session: Session, *, kind: str = "", topic: int = -1, text: str = "", start: int = 0) -> dict[str, Any]:
    """What was decided, newest first: of a kind, a topic (0: other), with a text in its title or note."""
    found = [
        one
        for one in reversed(session.standing.values())
        if (not kind or one.kind == kind)
        and (topic < 0 or (one.kind == "label" and topic in (one.topics or (OTHER_NUMBER,))))
    ]
    pages = dict(session.desk.pages([one.article for one in found] if text else []))
    if text:
        words = text.casefold()
        found = [one for one in found if words in f"{pages[one.article].title}\n{one.note}".casefold()]
    shown = found[start : start + LISTED]
    pages = dict(session.desk.pages(one.article for one in shown))
    rows = [
        {"article": one.article, "title": brief(pages[one.article]), **decision(session, one.article)} for one in shown
    ]
    return {"rows": rows, "count": len(found), "start": start}


def brief(page: Page) -> str:
    """What a reader knows an article by."""
    return opening(page.title, page.text)


def groups(session: Session) -> list[dict[str, Any]] | None:
    """The clusters with what is open in each; None while they are worked out."""
    if session.clusters is None:
        return None
    return [
        {"cluster": number, "words": list(one.words), "size": int(one.rows.size), "open": session.open_count(one.rows)}
        for number, one in enumerate(session.clusters)
    ]


def look(session: Session, wanted: Wanted, least: float, topic: int | None) -> dict[str, Any]:
    """Ten guesses at random of those that would be accepted."""
    found = session.look(wanted, least, topic)
    numbers = {row: int(session.features.numbers[row]) for row in found.shown}
    pages = dict(session.desk.pages(numbers.values()))
    topics = dict(zip(found.rows, found.topics, strict=True))
    shown = [
        {
            "article": number,
            "title": brief(pages[number]),
            "lead": pages[number].lead or pages[number].body[:300],
            "topic": topics[row],
            "share": round(session.shares(number)[topics[row]], 4),
        }
        for row, number in numbers.items()
    ]
    return {"ticket": found.ticket, "count": len(found.rows), "shown": shown}
