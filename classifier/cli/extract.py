"""`chude extract`: what chude reads from a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers

if TYPE_CHECKING:
    from classifier.types import Page

_SHAPE: dict[str, Any] = {
    **dict.fromkeys(("id", "source", "kind", "title", "byline"), str),
    "authors": [str],
    **dict.fromkeys(("date", "url", "site", "section"), str),
    "keywords": [str],
    **dict.fromkeys(("image", "lead", "body"), str),
    "related": [{"headline": str, "blurb": str, "url": str}],
}
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


def as_json(page: Page) -> dict[str, Any]:
    """The page as the contract's JSON object."""
    return {
        "id": page.id,
        "source": page.source,
        "kind": page.kind,
        "title": page.title,
        "byline": page.byline,
        "authors": list(page.authors),
        "date": page.date,
        "url": page.url,
        "site": page.site,
        "section": page.section,
        "keywords": list(page.keywords),
        "image": page.image,
        "lead": page.lead,
        "body": page.body,
        "related": [{"headline": item.headline, "blurb": item.blurb, "url": item.url} for item in page.related],
    }


def as_text(page: Page) -> str:
    """The page for reading: nothing cut."""
    lines = [f"── {wording.plain(page.id)}"]
    facts = {"kind": page.kind, "title": page.title, "byline": page.byline, "authors": ", ".join(page.authors)}
    facts |= {name: getattr(page, name) for name in ("date", "url", "site", "section")}
    facts |= {"keywords": ", ".join(page.keywords), "image": page.image, "lead": page.lead}
    lines += [f"{name:8} {wording.plain(text) or '—'}" for name, text in facts.items() if text or name in _ALWAYS]
    lines.append("body")
    lines += [f"         {wording.plain(paragraph)}" for paragraph in page.body.split("\n")]
    lines.append(f"related  {wording.number(len(page.related), 'headline')}")
    for item in page.related:
        lines.append(f"  • {wording.plain(item.headline)}")
        lines += [f"      {wording.plain(text)}" for text in (item.blurb, item.url) if text]
    return "\n".join(lines) + "\n\n"


PAGES: writers.RowForm[Page] = writers.RowForm(as_json, _SHAPE, as_text)
