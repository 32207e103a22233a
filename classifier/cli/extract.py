"""`chude extract`: what chude reads from a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers
from classifier.records import PAGE, page_record

if TYPE_CHECKING:
    from classifier.types import Page

_APART = ("id", "source", "body", "related")
"""Shown in a form of their own, or above."""
_ALWAYS = ("title", "byline", "lead")
"""Facts that are shown with a dash where a page lacks them."""


@click.command("extract", short_help="Shows what was read from pages.")
@common.paths_argument
@writers.format_option(*writers.FORMATS)
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
def command(paths: tuple[str, ...], form: str | None, encoding: str | None, target: str | None, **options: Any) -> int:
    """Shows what was read from pages: title, byline, date, lead, body, the related headlines and what else they say.

    \b
    Examples:
      $ chude extract saved/page.txt
      $ chude extract saved/ --format jsonl -o pages.jsonl
    """
    from classifier.reading import read_pages

    tally = common.Tally()
    form = writers.form_for(form, target)
    common.check_target(target, paths)
    columns = common.columns_from(options)
    pages = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    with writers.output(target, form) as stream:
        writers.write_things(tally.counted(pages), form, stream, PAGES)
        return tally.finish("read", asked=paths)  # in here: without any input the old output stays


def as_text(page: Page) -> str:
    """The page for reading: nothing cut."""
    lines = [f"── {wording.plain(page.id)}"]
    fields = {name: getattr(page, name) for name in PAGE if name not in _APART}
    facts = {name: ", ".join(one) if isinstance(one, tuple) else one for name, one in fields.items()}
    lines += [f"{name:8} {wording.plain(text) or '—'}" for name, text in facts.items() if text or name in _ALWAYS]
    lines.append("body")
    lines += [f"         {wording.plain(paragraph)}" for paragraph in page.body.split("\n")]
    lines.append(f"related  {wording.number(len(page.related), 'headline')}")
    for item in page.related:
        lines.append(f"  • {wording.plain(item.headline)}")
        lines += [f"      {wording.plain(text)}" for text in (item.blurb, item.url) if text]
    return "\n".join(lines) + "\n\n"


PAGES: writers.RowForm[Page] = writers.RowForm(page_record, PAGE, as_text)
