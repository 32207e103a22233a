"""`chude extract`: what chude reads from a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common

if TYPE_CHECKING:
    from classifier.types import Page


@click.command("extract", short_help="Shows what was read from pages.")
@common.paths_argument
@common.format_option("table", "jsonl")
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
def command(paths: tuple[str, ...], form: str | None, encoding: str | None, target: str | None, **options: Any) -> int:
    """Shows what was read from pages: title, byline, lead, body and the related headlines.

    \b
    Examples:
      $ chude extract saved/page.txt
      $ chude extract saved/ --format jsonl -o pages.jsonl
    """
    from classifier.reading import read_pages

    tally = common.Tally()
    form = common.form_for(form, target, ("table", "jsonl"))
    common.check_target(target, paths)
    columns = common.columns_from(options)
    with common.output(target) as stream:
        for page in read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip):
            tally.used += 1
            stream.write(common.json_line(as_json(page)) if form == "jsonl" else as_text(page))
        return tally.finish("read", asked=paths)  # in here: without any input the old output stays


def as_json(page: Page) -> dict[str, Any]:
    """The page as the contract's JSON object."""
    return {
        "id": page.id,
        "source": page.source,
        "title": page.title,
        "byline": page.byline,
        "lead": page.lead,
        "body": page.body,
        "related": [{"headline": item.headline, "blurb": item.blurb} for item in page.related],
    }


def as_text(page: Page) -> str:
    """The page for reading: nothing cut."""
    lines = [f"── {wording.plain(page.id)}"]
    lines += [f"{name:8} {wording.plain(getattr(page, name)) or '—'}" for name in ("title", "byline", "lead")]
    lines.append("body")
    lines += [f"         {wording.plain(paragraph)}" for paragraph in page.body.split("\n")]
    lines.append(f"related  {wording.number(len(page.related), 'headline')}")
    for item in page.related:
        lines.append(f"  • {wording.plain(item.headline)}")
        if item.blurb:
            lines.append(f"      {wording.plain(item.blurb)}")
    return "\n".join(lines) + "\n\n"
