"""The page that `chude stories -o DIR` writes: today's stories first, filters, a view of each, streams through time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from classifier.disk.atomic import Contents, write_whole
from classifier.display import distinct, shown_story
from classifier.stories import STATES, Story, read_stories, read_story
from classifier.types import OTHER
from classifier.wording import number
from eval.pages.cluster_page import bars, headline_line
from eval.pages.html import Html, bullets, figure, foreign, join, own, page, paragraph, section
from eval.pages.template import piece

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

LANGUAGE = "vi"
WEEKS = 4
"""The page shows the stories of so many weeks, and the largest of all."""
MOST_RECENT, MOST_LARGE, MOST_HEADLINES, MOST_STREAMS = 1_500, 200, 40, 7
_DAYS_A_BAR, _DAYS_BY_DAY = 42, 60
CONTENTS = Contents("stories.jsonl", ("stories.html", "stream.png", "stream.svg", "topics.png", "topics.svg"))


def story_page(
    today: Sequence[Story],
    recent: Sequence[Story],
    large: Sequence[Story],
    as_of: date,
    left: str,
    pictures: Sequence[Html],
) -> str:
    """The whole page: stories seen on `as_of`, others of the last weeks, the largest of the time before; what is left
    out is said in `left`.
    """
    every = [*today, *recent, *large]
    states = Counter(story.state for story in (*today, *recent))
    counts = ", ".join(f"{states[state]:,} {state}" for state in STATES if states[state])
    parts: list[str] = [
        paragraph(f"Seen on {as_of}: {len(today):,}. Of the last {WEEKS} weeks: {counts or 'none'}.", "lead"),
        paragraph(left, "soft"),
        _filters(every),
    ]
    if today:
        parts.append(section(f"Seen on {as_of}", *(story_block(story, as_of) for story in today)))
    if recent:
        parts.append(section(f"Before, in the last {WEEKS} weeks", *(story_block(story, as_of) for story in recent)))
    if large:
        parts.append(section("The largest of the time before", *(story_block(story, as_of) for story in large)))
    if pictures:
        parts.append(section("Through time", *pictures))
    return page(f"Stories as of {as_of}", join(parts), script=own("stories.js"), style=own("stories.css"))


def _filters(stories: Sequence[Story]) -> Html:
    sources = Counter(source for story in stories for source in story.sources)
    topics = Counter(story.topic for story in stories if story.topic)
    states = [state for state in STATES if any(story.state == state for story in stories)]
    most_common = [source for source, _ in sources.most_common(60)]
    return piece("stories", "filters", [topic for topic, _ in topics.most_common()], states, most_common)


def story_block(story: Story, as_of: date) -> Html:
    """One story: title, state, what is known of it, a bar a day, and its headlines by day, unfolded on request."""
    ran = str(story.first) if story.first == story.last else f"{story.first} to {story.last}"
    facts = [
        number(story.headlines, "headline"),
        *([f"today {story.days[as_of]:,}"] if as_of in story.days else []),
        ran,
        *([f"topic: {story.topic.replace('_', ' ')} ({story.probability:.2f})"] if story.topic else []),
        *([f"first: {', '.join(story.first_source)}"] if story.first_source else []),
        *([f"id {story.story}"]),
    ]
    data = {
        "state": story.state,
        "topic": story.topic,
        "sources": "|".join(source.replace("|", " ") for source in story.sources),
        "first": story.first.isoformat(),
        "last": story.last.isoformat(),
    }
    words = foreign(", ".join(story.keywords), LANGUAGE) if story.keywords else ""
    title = foreign(story.title, LANGUAGE)
    said = "; ".join(facts)
    return piece("stories", "story", data, title, story.state, said, words, _bars(story, as_of), _timeline(story))


def _bars(story: Story, as_of: date) -> Html:
    """The last weeks of the story, a bar a day, all stories on one axis of time."""
    last = max(story.last, min(as_of, story.last + timedelta(days=_DAYS_A_BAR)))
    days = [last - timedelta(days=_DAYS_A_BAR - 1 - step) for step in range(_DAYS_A_BAR)]
    counts = [story.days.get(day, 0) for day in days]
    most = max(counts)
    if not most:
        return Html("")
    busiest = days[max(range(len(days)), key=lambda at: (counts[at], at))]
    alt = f"Sightings a day, {days[0]} to {days[-1]}; most on {busiest}: {most}"
    return bars("days", counts, most, alt)


def _timeline(story: Story) -> Html:
    """Its headlines by the day they were first seen, newest day first."""
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    shown = sorted(story.items, key=lambda item: item["first"], reverse=True)[:MOST_HEADLINES]
    for item in shown:
        by_day.setdefault(item["first"], []).append(item)
    days = [
        (day, bullets(headline_line(item["headline"], ", ".join(item["sources"])) for item in items))
        for day, items in by_day.items()
    ]
    more = Html("")
    if left := len(story.items) - len(shown):
        more = paragraph(
            f"{number(left, 'older headline')} not shown here; chude stories --story {story.story}", "soft"
        )
    return piece("stories", "timeline", number(len(story.items), "headline"), days, more)


def write_stories(
    connection: sqlite3.Connection, as_of: date, folder: Path, names: Mapping[str, str] | None = None
) -> list[Story]:
    """Writes stories.html, and the pictures as PNG and SVG, into a folder; gives the stories that the page shows.

    `names` of topics stand in the page and the pictures.
    """
    names = names or {}
    since = as_of - timedelta(weeks=WEEKS)
    living = [story for story in read_stories(connection, as_of, since=since) if story.headlines > 1]
    living.sort(key=lambda story: (-story.headlines, story.story))
    kept, ids = living[:MOST_RECENT], {story.story for story in living}
    rest = [name for name in _largest(connection, as_of, MOST_LARGE + len(ids)) if name not in ids]
    large = [_whole(connection, name, as_of) for name in rest[:MOST_LARGE]]
    whole = [_whole(connection, story.story, as_of) for story in kept]
    today = [story for story in whole if story.last == as_of]
    today.sort(key=lambda story: (-story.days[as_of], -story.headlines, story.story))
    recent = [story for story in whole if story.last != as_of]
    query = "SELECT count(*) FROM stories WHERE merged_into = '' AND first_day <= ?"
    (total,) = connection.execute(query, (as_of.isoformat(),)).fetchone()
    left = (
        f"Shown are the stories of two headlines or more that were seen in the last {WEEKS} weeks ({len(kept):,} of "
        f"{len(living):,}) and the {len(large):,} largest of the time before. The archive holds {total:,}, those of "
        "one headline included."
    )
    every = [*today, *recent, *large]
    pictures = _pictures(connection, every, as_of, folder, names)
    today, recent, large = ([shown_story(story, names) for story in some] for some in (today, recent, large))
    write_whole(folder / "stories.html", story_page(today, recent, large, as_of, left, pictures).encode())
    return every


def _largest(connection: sqlite3.Connection, as_of: date, most: int) -> list[str]:
    query = (
        "SELECT story FROM headlines WHERE story != '' AND first_day <= ? GROUP BY story HAVING count(*) > 1"
        " ORDER BY count(*) DESC, story LIMIT ?"
    )
    return [name for (name,) in connection.execute(query, (as_of.isoformat(), most))]


def _whole(connection: sqlite3.Connection, name: str, as_of: date) -> Story:
    story = read_story(connection, name, as_of)
    if story is None:
        raise AssertionError("a story that was listed is there")
    return story


def _pictures(
    connection: sqlite3.Connection, stories: Sequence[Story], as_of: date, folder: Path, names: Mapping[str, str]
) -> list[Html]:
    """Draws the largest stories and the topics through time, and gives both as parts of the page."""
    from eval.plots.figures import render
    from eval.plots.stories import story_stream, topics_over_time

    topics, named = _topics(connection, as_of), distinct(names)
    if not stories or not topics:
        return []
    days = sorted({day for counts in topics.values() for day in counts})
    period = _by_week if (days[-1] - days[0]).days > _DAYS_BY_DAY else date.isoformat
    periods = sorted({period(days[0] + timedelta(days=step)) for step in range((days[-1] - days[0]).days + 1)})
    largest = sorted(stories, key=lambda story: (-sum(story.days.values()), story.story))[:MOST_STREAMS]
    titles = [story.title for story in largest]
    said = "; ".join(f"{place}: {title}" for place, title in enumerate(titles, start=1))
    drawn = {
        "stream": story_stream(periods, _counts([story.days for story in largest], periods, period), titles),
        "topics": topics_over_time(
            periods,
            _counts(list(topics.values()), periods, period),
            [named.get(topic, topic) for topic in topics],
        ),
    }
    for name, picture in drawn.items():
        for kind in ("png", "svg"):
            write_whole(folder / f"{name}.{kind}", render(picture, kind))
    told = {
        "stream": (f"Bands, as broad as a story was seen often. {said}", "The largest stories through time"),
        "topics": ("Lines of how often stories of each topic were seen", "Topics through time"),
    }
    return [figure((folder / f"{name}.png").read_bytes(), *told[name]) for name in drawn]


def _by_week(day: date) -> str:
    """The Monday of its week."""
    return (day - timedelta(days=day.weekday())).isoformat()


def _counts(
    rows: Sequence[Mapping[date, int]], periods: Sequence[str], period: Callable[[date], str]
) -> list[list[int]]:
    found = []
    for row in rows:
        counted: Counter[str] = Counter()
        for day, count in row.items():
            counted[period(day)] += count
        found.append([counted[one] for one in periods])
    return found


def _topics(connection: sqlite3.Connection, as_of: date) -> dict[str, dict[date, int]]:
    """How often stories of each topic were seen, by day; those that are none of the topics only where all are."""
    found: dict[str, dict[date, int]] = {}
    query = (
        "SELECT topic, day, count(*) FROM sightings JOIN headlines USING (headline) JOIN stories USING (story)"
        " WHERE day <= ? GROUP BY topic, day ORDER BY topic, day"
    )
    for topic, day, count in connection.execute(query, (as_of.isoformat(),)):
        found.setdefault(topic or "stories", {})[date.fromisoformat(day)] = count
    named = {topic: counts for topic, counts in found.items() if topic != OTHER}
    return named or found
