"""`chude stories`: headlines of weeks and months in stories that keep their names while they grow."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers
from classifier.display import shown_story

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from classifier.stories import Story, Taken

FORMATS = ("table", "jsonl")
_SPAN = re.compile(r"(\d{1,5})([dw])")
_SHOWN = 40


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    """A day, in any form that dates are read in, or "today"."""
    from classifier.vietnamese.dates import day_of

    if value is None:
        return None
    found = date.today() if value == "today" else day_of(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no day, such as 2026-02-03, nor today")
    return found


def _span(_context: click.Context, _option: click.Parameter, value: str | None) -> timedelta | date | None:
    """So many days or weeks, 7d or 4w, or a day."""
    if value is None:
        return None
    if found := _SPAN.fullmatch(value):
        return timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
    try:
        return _day(_context, _option, value)
    except click.BadParameter as error:
        raise click.BadParameter(
            f"{value!r} is neither a time, such as 7d or 4w, nor a day, such as 2026-02-03"
        ) from error


@click.command("stories", short_help="Keeps stories of headlines, whose ids stay.")
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@click.option("-s", "--store", metavar="FILE", required=True, help="The archive of stories: made, or gone on with.")
@click.option(
    "--as-of", metavar="DATE", callback=_day, help="Tell how it stood on that day. [default: the last day seen]"
)
@click.option(
    "--since", metavar="7d|4w|DATE", callback=_span, help="Show all stories seen since, not only what changed."
)
@click.option("--story", metavar="ID", help="Show this one, with all its headlines.")
@click.option("--export", "export", metavar="FILE", help="Write every story with its headlines to this JSONL file.")
@common.model_option
@writers.format_option(*FORMATS)
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="DIR", help="Write a page with all stories and their plots there.")
def command(
    paths: tuple[str, ...],
    store: str,
    as_of: date | None,
    since: timedelta | date | None,
    story: str | None,
    export: str | None,
    model: str | None,
    form: str | None,
    encoding: str | None,
    target: str | None,
    **options: Any,
) -> int:
    """Takes in what is new of saved pages, or of the rows of a table with `headline` and `date`, gives each headline to
    a story or begins one, and tells what changed. Known things are known again; days may come in any order.

    \b
    Examples:
      $ chude stories saved/ -s archive.db
      $ chude stories -s archive.db --since 7d -o stories/
      $ chude stories -s archive.db --story 20260203-3f9a1c
    """
    from classifier.disk.atomic import check_replaceable
    from classifier.stories import archive
    from eval.pages.stories import CONTENTS

    for written in (target, export):
        common.check_target(written, (*paths, store))
    if target is not None:
        check_replaceable(Path(target), CONTENTS)
    columns = common.columns_from(options)
    with archive(store, write=bool(paths)) as connection:
        code, taken = 0, None
        if paths:
            code, taken = _take_in(connection, paths, as_of, model, encoding, columns)
        day = as_of or _last_day(connection)
        if day is None:
            wording.say(f"chude: {store} holds no story yet")
            return code
        names = common.load_model(model).display_names
        _show(connection, day, since, story, form or FORMATS[0], taken, names)
        if export:
            _export(connection, day, export)
        if target:
            _write_folder(connection, day, Path(target), names)
    return code


def _take_in(
    connection: sqlite3.Connection,
    paths: Sequence[str],
    as_of: date | None,
    model: str | None,
    encoding: str | None,
    columns: Any,
) -> tuple[int, Taken | None]:
    from classifier.reading import read_pages
    from classifier.stories import sightings, take_in
    from classifier.stories.story import describe

    tally = common.Tally()
    loaded = common.load_model(model)
    pages = list(read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip))
    found, remarks = sightings(pages, tally.skip)
    tally.used = len(pages)
    for remark in remarks:
        wording.say(f"chude: {remark}")
    day = as_of or max((one.day for one in found if one.day), default=None) or _last_day(connection)
    if day is None:
        day = date.today()
    undated = sum(one.day is None for one in found)
    if undated:
        wording.say(f"chude: {wording.number(undated, 'headline')} without a date, taken as seen on {day}")
    with common.progress() as tell:
        taken = take_in(connection, found, day, progress=lambda share: tell("joining", 0.8 * share))
        describe(connection, loaded, progress=lambda share: tell("naming", 0.8 + 0.2 * share))
    code = tally.finish("read", asked=paths)
    parts = ", ".join(f"{count:,} {kind}" for kind, count in taken.changed.items())
    new = wording.number(taken.headlines, "new headline")
    wording.say(f"chude: {new}, {wording.number(taken.sightings, 'new sighting')}; stories: {parts or 'none changed'}")
    return code, taken


def _last_day(connection: sqlite3.Connection) -> date | None:
    (last,) = connection.execute("SELECT max(day) FROM sightings").fetchone()
    return None if last is None else date.fromisoformat(last)


def _show(
    connection: sqlite3.Connection,
    day: date,
    since: timedelta | date | None,
    story: str | None,
    form: str,
    taken: Taken | None,
    names: Mapping[str, str],
) -> None:
    """One story; or those that this run changed; or all that were seen since."""
    import sys

    from classifier.stories import read_stories, read_story

    if story is not None:
        found = read_story(connection, story, day)
        stories = [found] if found else []
    elif since is not None or taken is None:
        begin = day - since if isinstance(since, timedelta) else since or day - timedelta(days=7)
        stories = sorted(read_stories(connection, day, since=begin), key=_order)
    else:
        stories = sorted(read_stories(connection, day, run=taken.run), key=_order)
    if form == "jsonl":
        sys.stdout.writelines(writers.json_line(one.as_json()) for one in stories)
        return
    stories = [shown_story(one, names) for one in stories]
    if story is not None:
        for one in stories:
            _print_story(one)
        return
    several = [one for one in stories if one.headlines > 1]
    shown = several[:_SHOWN]
    writers.console_table(
        ["story", "state", "topic", "headlines", "ran", "title", "key words"], [_row(one) for one in shown], sys.stdout
    )
    alone = len(stories) - len(several)
    left = [f"{len(several) - len(shown):,} smaller ones are not shown"] if len(several) > len(shown) else []
    left += [f"{wording.number(alone, 'headline')} alone, like nothing else"] if alone else []
    states = {
        state: sum(one.state == state for one in several) for state in ("new", "growing", "steady", "fading", "over")
    }
    counts = ", ".join(f"{count:,} {state}" for state, count in states.items() if count)
    wording.say(
        f"chude: as of {day}: {counts or 'no story of two headlines or more'}" + "".join(f"; {one}" for one in left)
    )


def _order(story: Story) -> tuple[int, int, str]:
    """Today's first: what is new or growing, then by size."""
    return {"new": 0, "growing": 0, "steady": 1, "fading": 2, "over": 3}[story.state], -story.headlines, story.story


def _row(story: Story) -> list[str]:
    ran = " – ".join(dict.fromkeys((story.first.isoformat(), story.last.isoformat())))
    return [
        story.story,
        story.state,
        f"{story.topic} {story.probability:.2f}" if story.topic else "",
        str(story.headlines),
        ran,
        story.title,
        ", ".join(story.keywords),
    ]


def _print_story(story: Story) -> None:
    lines = [
        f"── {story.story}",
        f"title     {story.title}",
        f"state     {story.state}",
        *([f"topic     {story.topic} ({story.probability:.2f})"] if story.topic else []),
        f"key words {', '.join(story.keywords)}",
        f"ran       {story.first} – {story.last}, {wording.number(story.headlines, 'headline')}",
        *([f"first     {', '.join(story.first_source)}"] if story.first_source else []),
    ]
    days: dict[str, list[str]] = {}
    for item in story.items:
        where = f" ({', '.join(item['sources'])})" if item["sources"] else ""
        days.setdefault(item["first"], []).append(f"  • {item['headline']}{where}")
    for day, items in days.items():
        lines += ["", f"{day}  {wording.number(story.days.get(date.fromisoformat(day), 0), 'sighting')}", *items]
    click.echo("\n".join(wording.plain(line) for line in lines))


def _export(connection: sqlite3.Connection, day: date, path: str) -> None:
    from classifier.stories import read_stories, read_story

    with writers.output(path) as stream:
        for one in read_stories(connection, day):
            whole = read_story(connection, one.story, day)
            if whole is not None:
                stream.write(writers.json_line(whole.as_json()))
    wording.say(f"chude: wrote {path}")


def _write_folder(connection: sqlite3.Connection, day: date, folder: Path, names: Mapping[str, str]) -> None:
    from classifier.disk.atomic import replacing_file, replacing_folder
    from eval.pages.stories import CONTENTS, write_stories

    with replacing_folder(folder, CONTENTS) as temporary:
        stories = write_stories(connection, day, temporary, names)
        with replacing_file(temporary / CONTENTS.marker) as stream:
            stream.writelines(writers.json_line(one.as_json()) for one in stories)
    wording.say(f"chude: wrote {folder}; open {folder}/stories.html")
