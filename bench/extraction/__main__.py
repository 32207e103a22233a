"""`python -m bench.extraction FOLDER`: scores chude and its peers on saved pages with gold, a table a form of page.

FOLDER holds gold.json, an object with for each page's NAME `title`, `lead`, `body` and `neutral` (lists of lines),
`byline` (any of these), `date` (an ISO day); and the pages: NAME.html, and text copies of them as NAME.FORM.txt.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.extraction import tools
from bench.extraction.scores import FIELDS, Read, interval, score

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--form", "forms", multiple=True, help="Only this form: html, or FORM of NAME.FORM.txt (repeatable).")
@click.option("--only", multiple=True, help="Only this page of gold.json (repeatable).")
@click.option("--tool", "names", multiple=True, help="Only this tool (repeatable).")
@click.option("--pages", "each", is_flag=True, help="Show the scores of each page as well.")
def main(folder: Path, forms: tuple[str, ...], only: tuple[str, ...], names: tuple[str, ...], *, each: bool) -> None:
    """Scores chude and its peers on the pages of FOLDER: mean and 95 % interval of each field."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    gold = {name: gold[name] for name in sorted(gold) if not only or name in only}
    endings = {
        path.name.removeprefix(f"{name}.").removesuffix(".txt") for name in gold for path in folder.glob(f"{name}.*")
    }
    for form in sorted(endings):
        if not forms or form in forms:
            _table(folder, form, gold, names, each=each)


def _table(folder: Path, form: str, gold: dict[str, Any], names: tuple[str, ...], *, each: bool) -> None:
    ending = ".html" if form == "html" else f".{form}.txt"
    pages = {name: path.read_bytes() for name in gold if (path := folder / f"{name}{ending}").exists()}
    click.echo(f"\n{form}: {len(pages)} pages, mean [95 % interval]")
    click.echo(f"{'':24}" + "".join(f"{field:>22}" for field in FIELDS) + f"{'pages/s':>10}")
    for title, read in _tools(form):
        if names and title.split(" ")[0] not in names:
            continue
        rows, start = {}, time.process_time()
        for name, data in pages.items():
            rows[name] = _attempt(read, data, f"{title} on {name}")
        seconds = time.process_time() - start
        scores = {name: score(row, gold[name]) for name, row in rows.items()}
        cells = [_cell([value for row in scores.values() if (value := row[field]) is not None]) for field in FIELDS]
        click.echo(f"{title:24}" + "".join(f"{cell:>22}" for cell in cells) + f"{len(pages) / seconds:>10.1f}")
        for name, row in scores.items() if each else ():
            shown = ("–" if row[field] is None else f"{row[field]:.3f}" for field in FIELDS)
            click.echo(f"  {name:22}" + "".join(f"{cell:>22}" for cell in shown))


def _tools(form: str) -> list[tuple[str, Callable[[bytes], Read]]]:
    """Return the tools that are installed and read this form, with their versions."""
    found: list[tuple[str, Callable[[bytes], Read]]] = [("chude", lambda data: tools.chude(data, html=form == "html"))]
    for module, (package, read) in tools.PEERS.items() if form == "html" else ():
        if importlib.util.find_spec(module):
            found.append((f"{module} {importlib.metadata.version(package)}", read))
        else:
            click.echo(f"{package} is not installed; pip install '.[bench]'", err=True)
    return found


def _attempt(read: Callable[[bytes], Read], data: bytes, where: str) -> Read:
    """Return what a tool reads; where it fails, nothing, which counts as a miss and is said."""
    try:
        return read(data)
    except Exception as error:  # noqa: BLE001  what a peer raises is its own matter, and the others go on
        click.echo(f"{where}: {type(error).__name__}: {error}", err=True)
        return Read()


def _cell(values: list[float]) -> str:
    if not values:
        return "–"
    mean, low, high = interval(values)
    return f"{mean:.3f} [{low:.3f} {high:.3f}]"


if __name__ == "__main__":
    sys.exit(main())
