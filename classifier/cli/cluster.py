"""`chude cluster`: the related headlines of many pages in groups, with names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers
from classifier.cli.cluster_files import CONTENTS, draw, write, write_folder
from classifier.display import shown_clusters
from classifier.types import CLUSTER_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifier.clustering import ClusterResult, MergedHeadline
    from classifier.vietnamese.dates import Dates

PICTURES = (".png", ".svg")


def _number(_context: click.Context, _option: click.Parameter, value: str) -> int | str:
    """A whole number from 1 on, or "auto"."""
    if value == "auto":
        return value
    if not value.isascii() or not value.isdigit() or len(value) > 9 or int(value) < 1:
        raise click.BadParameter(f"{value!r} is not a number from 1 on, nor auto")
    return int(value)


def _picture(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A name that a picture can have."""
    if value is not None and Path(value).suffix.lower() not in PICTURES:
        raise click.BadParameter(f"{value!r} ends in neither {' nor '.join(PICTURES)}")
    return value


@click.command("cluster", short_help="Groups the related headlines of pages.")
@common.paths_argument
@click.option("--k", metavar="auto|N", default="auto", callback=_number, help="How many clusters. [default: auto]")
@click.option(
    "--method",
    type=click.Choice(CLUSTER_METHODS),
    default=CLUSTER_METHODS[0],
    help=f"How to cluster; hdbscan sets apart what lies close to nothing. [default: {CLUSTER_METHODS[0]}]",
)
@click.option(
    "--max-outliers",
    type=common.Whole(0),
    default=0,
    metavar="N",
    help="Set at most N headlines apart that fit in no cluster.",
)
@common.model_option
@writers.format_option(*writers.FORMATS)
@common.encoding_option
@common.column_options
@click.option(
    "--plot",
    "plot",
    metavar="FILE",
    callback=_picture,
    help="Draw the map of headlines (.png or .svg); a silhouette chart goes beside it.",
)
@click.option(
    "-o", "--output", "target", metavar="DIR|FILE", help="Write here; a folder gets table, plots and an HTML page."
)
def command(
    paths: tuple[str, ...],
    k: Any,
    method: str,
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
      $ chude cluster saved/ --method hdbscan -o clusters/
    """
    from classifier.clustering import cluster_pages
    from classifier.disk.atomic import check_replaceable
    from classifier.errors import NoInputError
    from classifier.reading import read_pages

    # All before the work, not after it.
    common.check_target(target, paths)
    common.check_target(plot, paths)
    if target is not None and _is_folder(target):
        check_replaceable(Path(target), CONTENTS)
    else:
        form = writers.form_for(form, target)
    tally = common.Tally()
    columns = common.columns_from(options)
    loaded = common.load_model(model)
    pages = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    with common.progress() as progress:
        found = cluster_pages(
            pages, k, max_outliers=max_outliers, method=method, model=loaded, on_skip=tally.skip, progress=progress
        )
    tally.used = found.used
    if not found.headlines and found.used:
        raise NoInputError(", ".join(paths), "holds no related headline", "see what `chude extract` reads from it")
    if found.headlines:
        _write(found.result, target, form, loaded.display_names)
        if plot:
            Path(plot).parent.mkdir(parents=True, exist_ok=True)  # as -o does
            draw(found.result, Path(plot))
    code = tally.finish("read", asked=paths)
    _say_counts(found.headlines, found.result)
    _say_undated(found.headlines, found.dates)
    return code


def _say_counts(merged: Sequence[MergedHeadline], result: ClusterResult) -> None:
    news = wording.number(sum(cluster.kind == "news" for cluster in result.clusters), "cluster")
    wording.say(f"chude: {wording.number(len(merged), 'different headline')} in {news}{_apart(result)}")


def _apart(result: ClusterResult) -> str:
    alone = sum(cluster.kind == "news" and cluster.size == 1 for cluster in result.clusters)
    tickers = sum(cluster.size for cluster in result.clusters if cluster.kind == "ticker")
    outliers = sum(cluster.size for cluster in result.clusters if cluster.kind == "outliers")
    parts = [f"{alone:,} of these are one headline alone, like nothing else"] if alone else []
    parts += [f"{tickers:,} service items (lottery, weather, prices …) set apart"] if tickers else []
    parts += [f"{outliers:,} that fit nowhere"] if outliers else []
    return "".join(f"; {part}" for part in parts)


def _say_undated(merged: Sequence[MergedHeadline], dates: Dates) -> None:
    """Where there are dates, how many are missing, and how many cannot be read, with the first few of these."""
    missing = sum(not item.dates for item in merged)
    if missing and missing < len(merged):
        wording.say(f"chude: {wording.number(missing, 'headline')} without a date, counted as undated")
    for remark in dates.remarks():
        wording.say(f"chude: {remark.rstrip('.')}")


def _is_folder(target: str) -> bool:
    """Whether `-o` names a folder: one that is there, or a name without an ending."""
    return target != "-" and (Path(target).is_dir() or not Path(target).suffix)


def _write(result: ClusterResult, target: str | None, form: str | None, names: Mapping[str, str]) -> None:
    if target is not None and _is_folder(target):
        from classifier.disk.atomic import replacing_folder

        with replacing_folder(Path(target), CONTENTS) as folder:
            write_folder(result, folder, names)
        wording.say(f"chude: wrote {target}; open {target}/clusters.html")
        return
    form = form or writers.FORMATS[0]
    with writers.output(target, form) as stream:
        write((shown_clusters(result, names) if form == "table" else result).clusters, form, stream)
