"""`chude cluster`: the related headlines of many pages in groups, with names."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli import common
from classifier.cli.cluster_dates import all_weeks, as_day, days_of, weeks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO

    from classifier.clustering import Cluster, ClusterResult, MergedHeadline
    from classifier.types import Page

FORMATS = ("table", "jsonl", "csv")
_SHOWN = 5
_MOST_CHARTED, _MOST_TIMELINES = 40, 16


def _number(_context: click.Context, _option: click.Parameter, value: str) -> int | str:
    """A whole number from 1 on, or "auto"."""
    if value == "auto":
        return value
    if not value.isascii() or not value.isdigit() or len(value) > 9 or int(value) < 1:
        raise click.BadParameter(f"{value!r} is not a number from 1 on, nor auto")
    return int(value)


@click.command("cluster")
@common.paths_argument
@click.option("--k", metavar="auto|N", default="auto", callback=_number, help="How many clusters. [default: auto]")
@click.option(
    "--max-outliers",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Set at most N headlines apart that fit in no cluster.",
)
@common.model_option
@common.format_option(*FORMATS)
@common.encoding_option
@common.column_options
@click.option(
    "--plot",
    "plot",
    metavar="FILE",
    help="Draw the map of headlines (.png or .svg); a silhouette chart goes beside it.",
)
@click.option(
    "-o", "--output", "target", metavar="DIR|FILE", help="Write here; a folder gets table, plots and an HTML page."
)
def command(
    paths: tuple[str, ...],
    k: Any,
    max_outliers: int,
    model: str | None,
    form: str | None,
    encoding: str | None,
    plot: str | None,
    target: str | None,
    **options: Any,
) -> int:
    """Groups the related headlines of saved pages, or the rows of a JSONL, CSV or TSV file with a `headline` column.

    \b
    Examples:
      $ chude cluster saved/
      $ chude cluster headlines.csv --k 40 --plot map.png
      $ chude cluster saved/ -o clusters/
    """
    from classifier.atomic import check_replaceable
    from classifier.clustering import cluster_merged, merge_headlines
    from classifier.errors import NoInputError
    from classifier.reading import read_pages

    if target is not None and _is_folder(target):
        check_replaceable(Path(target), "clusters.jsonl")  # before the work, not after it
    tally = common.Tally()
    columns = common.columns_from(options)
    loaded = common.load_model(model)
    pages = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    merged = merge_headlines(headline_items(pages, tally))
    if not merged and tally.used:
        raise NoInputError(", ".join(paths), "holds no related headline", "see what `chude extract` reads from it")
    if merged:
        with _progress() as progress:
            result = cluster_merged(merged, k, max_outliers=max_outliers, model=loaded, progress=progress)
        _write(result, target, form)
        if plot:
            draw(result, Path(plot))
    code = tally.finish("read", asked=paths)
    news = sum(cluster.kind == "news" for cluster in result.clusters)
    common.say(
        f"chude: {common.number(len(merged), 'different headline')} in {common.number(news, 'cluster')}{_apart(result)}"
    )
    _say_undated(merged)
    return code


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None] | None]:
    """A bar on stderr while a terminal is there to see it, None elsewhere."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def headline_items(pages: Iterable[Page], tally: common.Tally) -> Iterator[tuple[str, str, str, str]]:
    """(headline, blurb, page id, date) of each related headline; a row of a table is itself one headline.

    What holds no word, an address for one, is named and counted as skipped.
    """
    from classifier.clustering.merge import headline_key
    from classifier.types import Skipped

    known: dict[str, tuple[str, ...]] = {}
    for page in pages:
        date = str(page.extra.get("date") or "")
        found = [(item.headline, item.blurb) for item in page.related]
        if not found and _is_row(page):
            found = [(page.title or page.lead or page.body, page.lead if page.title else "")]
        wordless = [headline for headline, _ in found if not headline_key(headline, known)]
        for headline in wordless:
            tally.skip(Skipped(page.source, f"the headline {headline[:80]!r} holds no word", "it is in no cluster"))
        tally.used += not (wordless and len(found) == 1)
        yield from ((headline, blurb, page.id, date) for headline, blurb in found if headline not in wordless)


def _is_row(page: Page) -> bool:
    """Whether the page is a table's row without related headlines: then its own headline is what is to be clustered."""
    return page.source.rpartition(":")[2].isdigit() and bool(page.text)


def _apart(result: ClusterResult) -> str:
    alone = sum(cluster.kind == "news" and cluster.size == 1 for cluster in result.clusters)
    tickers = sum(cluster.size for cluster in result.clusters if cluster.kind == "ticker")
    outliers = sum(cluster.size for cluster in result.clusters if cluster.kind == "outliers")
    parts = [f"{alone:,} of these are one headline alone, like nothing else"] if alone else []
    parts += [f"{tickers:,} service items (lottery, weather, prices …) set apart"] if tickers else []
    parts += [f"{outliers:,} that fit nowhere"] if outliers else []
    return "".join(f"; {part}" for part in parts)


def _say_undated(merged: Sequence[MergedHeadline]) -> None:
    """Where there are dates, how many are missing, and how many cannot be read, with the first few of these."""
    if not any(item.dates for item in merged):
        return
    missing = sum(not item.dates for item in merged)
    unread = sorted({text for item in merged for text in item.dates if as_day(text) is None})
    if missing:
        common.say(f"chude: {common.number(missing, 'headline')} without a date, counted as undated")
    if unread:
        some = ", ".join(repr(text[:40]) for text in unread[:3]) + (", …" if len(unread) > 3 else "")
        common.say(
            f"chude: {common.number(len(unread), 'date')} cannot be read ({some}), counted as undated; "
            "write them as 2026-02-03 or 3/2/2026"
        )


def as_json(cluster: Cluster) -> dict[str, Any]:
    """The cluster as the contract's JSON object; `kind` tells news from service items and outliers."""
    row: dict[str, Any] = {
        "cluster": cluster.number,
        "kind": cluster.kind,
        "size": cluster.size,
        "topic": cluster.topic,
        "keywords": list(cluster.keywords),
        "representative": cluster.representative,
        "silhouette": round(cluster.silhouette, 4),
        "headlines": [
            {"headline": item.headline, "blurb": item.blurb, "pages": list(item.pages)}
            | ({"dates": list(item.dates)} if item.dates else {})
            for item in cluster.headlines
        ],
    }
    if days := days_of(cluster):
        row |= {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    if any(item.dates for item in cluster.headlines):
        row["weeks"] = weeks(cluster)
    return row


def _is_folder(target: str) -> bool:
    """Whether `-o` names a folder: one that is there, or a name without an ending."""
    return target != "-" and (Path(target).is_dir() or not Path(target).suffix)


def _write(result: ClusterResult, target: str | None, form: str | None) -> None:
    if target is not None and _is_folder(target):
        from classifier.atomic import replacing_folder

        with replacing_folder(Path(target), marker="clusters.jsonl") as folder:
            write_folder(result, folder)
        common.say(f"chude: wrote {target}; open {target}/clusters.html")
        return
    chosen = common.form_for(form, target, FORMATS)
    with common.output(target) as stream:
        write(result.clusters, chosen, stream)


def write_folder(result: ClusterResult, folder: Path) -> None:
    """clusters.jsonl, clusters.csv, clusters.html, map.png and silhouette.png."""
    from classifier.cli.cluster_page import cluster_page

    for form in ("jsonl", "csv"):
        with (folder / f"clusters.{form}").open("w", encoding="utf-8", newline="") as stream:
            write(result.clusters, form, stream)
    draw(result, folder / "map.png")
    drawn = {
        name: folder / f"map{end}.png"
        for name, end in (("map", ""), ("silhouette", "-silhouette"), ("timeline", "-weeks"))
    }
    pictures = {name: path.read_bytes() for name, path in drawn.items() if path.exists()}
    (folder / "clusters.html").write_text(cluster_page(result, pictures), encoding="utf-8")


def write(clusters: Iterable[Cluster], form: str, stream: IO[str]) -> None:
    """Writes clusters in one of FORMATS."""
    if form == "jsonl":
        stream.writelines(common.json_line(as_json(cluster)) for cluster in clusters)
    elif form == "csv":
        columns = ["cluster", "kind", "topic", "keywords", "headline", "blurb", "pages", "dates"]
        stream.write(common.separated_line(columns, ","))
        for cluster in clusters:
            shared = [cluster.number, cluster.kind, cluster.topic, ", ".join(cluster.keywords)]
            for item in cluster.headlines:
                own = [item.headline, item.blurb, " ".join(item.pages), " ".join(item.dates)]
                stream.write(common.separated_line([*shared, *own], ","))
    else:
        clusters = list(clusters)
        dated = any(days_of(cluster) for cluster in clusters)
        rows = ([cell for cell in _row(cluster, dated=dated) if cell is not None] for cluster in clusters)
        columns = ["#", "size", "topic", "keywords", *(["ran"] if dated else []), "headlines"]
        common.console_table(columns, rows, stream)


def _row(cluster: Cluster, *, dated: bool) -> list[str | None]:
    days = days_of(cluster)
    ran = " – ".join(dict.fromkeys((days[0].isoformat(), days[-1].isoformat()))) if days else ""
    topic = cluster.topic or f"({cluster.kind})"
    words = ", ".join(cluster.keywords)
    return [str(cluster.number), str(cluster.size), topic, words, ran if dated else None, _examples(cluster)]


def _examples(cluster: Cluster) -> str:
    """The representative and a few more; how many are not shown is said."""
    others = [item.headline for item in cluster.headlines if item.headline != cluster.representative]
    first = [cluster.representative] if cluster.representative else []
    shown = [*first, *others][:_SHOWN]
    more = cluster.size - len(shown)
    return " | ".join(shown) + (f" | … and {more} more" if more > 0 else "")


def draw(result: ClusterResult, path: Path) -> None:
    """Draws the map to `path`, the silhouette chart beside it and, where headlines have dates, their weeks.

    Without three news headlines there is nothing to draw. Where there are too many to lay out, the map shows clusters.
    """
    import numpy as np

    from classifier.clustering.layout import MOST, cluster_middles, layout
    from eval.plots import headline_map, save, silhouette_chart, timeline

    several = np.array([cluster.number for cluster in result.clusters if cluster.kind == "news" and cluster.size > 1])
    grouped = np.where(np.isin(result.labels, several), result.labels, -1)  # what is alone has no name on the map
    if len(result.labels) < 3:
        common.say("chude: too few headlines for a map")
        return
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    names = {cluster.number: ", ".join(cluster.keywords[:2]) or cluster.representative for cluster in news}
    points, labels, sizes = result.points, grouped, None
    if len(labels) > MOST:
        points, labels, sizes = cluster_middles(points, labels)
    save(headline_map(layout(points), labels, names, sizes=sizes), path)
    largest = np.where(grouped < _MOST_CHARTED, grouped, -1)  # numbered by size
    save(silhouette_chart(result.silhouettes, largest, names), path.with_name(f"{path.stem}-silhouette{path.suffix}"))
    if periods := all_weeks(news):
        shown = news[:_MOST_TIMELINES]
        counts = [[weeks(cluster).get(period, 0) for period in periods] for cluster in shown]
        chart = timeline(periods, counts, [names[cluster.number] for cluster in shown])
        save(chart, path.with_name(f"{path.stem}-weeks{path.suffix}"))
