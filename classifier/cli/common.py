"""What the commands share: options, the count of what was skipped, and which outputs are refused."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from classifier.errors import NoInputError, UsageError
from classifier.skips import Gathered
from classifier.types import READ_AS
from classifier.wording import number, say
from training.fit.solvers import SOLVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from classifier.model.model import Model
    from classifier.reading import Columns
    from classifier.types import Skipped

T = TypeVar("T")
F = TypeVar("F", bound="Callable[..., Any]")

_PACKED = (".gz", ".xz", ".bz2", ".zst", ".zip")


class Whole(click.IntRange):
    """A whole number of a range; click's own name for it means little to people."""

    name = "whole number"


class FiniteRange(click.FloatRange):
    """A number of a range; click's own lets "nan" through, and "inf" where there is no upper end."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; fails where it is none."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return found


def chain(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several click options as one decorator, shown in the help in this order."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _known_encoding(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    from classifier.reading.raw.encoding import check_encoding

    if value is not None:
        try:
            check_encoding(value)
        except UsageError as error:
            raise click.BadParameter(f"{value!r} is no known text encoding; {error.remedy}") from error
    return value


def _delimiter(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None or value in ("tab", "\\t") or (len(value) == 1 and value not in "\"'\r\n \0"):
        return value
    raise click.BadParameter(f"{value!r} is no delimiter; it is one sign (, ; |) or the word tab")


paths_argument = click.argument("paths", metavar="PATH…", nargs=-1, required=True)


class ModelPath(click.ParamType):  # type: ignore[type-arg]  # older versions of click know no argument here
    """A model's folder; of a .zip or an https address with its digest the folder that it was unpacked to."""

    name = "artifact"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 (click's)
        """Return the folder."""
        if "://" not in value and not value.lower().endswith(".zip"):
            return value
        from classifier.model.packed import local_folder

        return str(local_folder(value))


model_option = click.option(
    "-m",
    "--model",
    metavar="ARTIFACT",
    type=ModelPath(),
    help="Model folder, .zip, or https address with #sha256=…. [default: the world-news model]",
)
encoding_option = click.option(
    "--encoding", metavar="NAME", callback=_known_encoding, help="Read texts in this encoding, e.g. windows-1258."
)
column_options = chain(
    click.option("--text-column", metavar="NAME", help="Column with the text."),
    click.option("--title-column", metavar="NAME", help="Column with the headline."),
    click.option("--id-column", metavar="NAME", help="Column with the id."),
    click.option("--label-column", metavar="NAME", help="Column with the topic."),
    click.option("--labels-column", metavar="NAME", help="Column with all topics of an article."),
    click.option("--date-column", metavar="NAME", help="Column with the date."),
    click.option(
        "--form",
        "read_as",
        type=click.Choice(READ_AS),
        help="What files are read as. [default: told by their content and name]",
    ),
    click.option("--delimiter", callback=_delimiter, metavar="SIGN", help="Delimiter of CSV files: one sign, or tab."),
)

training_options = chain(
    click.option("--min-df", type=Whole(1), metavar="N", help="Drop terms that stand in fewer articles."),
    click.option("--max-terms", type=Whole(0), metavar="N", help="Keep the N most frequent terms. [default: all]"),
    click.option(
        "-C",
        "c",
        type=FiniteRange(0, min_open=True),
        metavar="X",
        help="Inverse regularisation of the machine.",
    ),
    click.option(
        "--solver",
        type=click.Choice(list(SOLVERS)),
        help="The linear machine: an SVM or logistic regression. [default: svm]",
    ),
    click.option(
        "--class-weight",
        type=click.Choice(["none", "balanced"]),
        help="Whether rare labels weigh as much as frequent ones. [default: none]",
    ),
    click.option("--folds", type=Whole(2), metavar="K", help="Folds of the cross-validation. [default: 5]"),
    click.option("--seed", type=Whole(0), metavar="N", help="Seed of every random choice."),
)
"""How a model is trained: `train`'s, and those of `eval` where it trains models to judge."""
TRAINING = ("min_df", "max_terms", "c", "solver", "class_weight", "folds", "seed")


def settings_from(options: dict[str, Any]) -> dict[str, Any]:
    """Takes the training options that were given out of a command's options."""
    found = {name: options.pop(name) for name in TRAINING}
    return {name: value for name, value in found.items() if value is not None}


def columns_from(options: dict[str, Any]) -> Columns:
    """Takes the column options out of a command's options."""
    from classifier.reading import Columns

    names = ("text", "title", "id", "label", "labels", "date")
    named = {name: options.pop(f"{name}_column", None) for name in names}
    return Columns(**named, form=options.pop("read_as", None), delimiter=options.pop("delimiter", None))


def load_model(path: str | None) -> Model:
    """The model a user named, or the one that ships with chude."""
    from classifier.model.artifact import default_artifact, load

    return load(path or default_artifact())


@dataclass(slots=True)
class Tally:
    """Counts what was used and names what was not, as it happens."""

    used: int = 0
    skipped: int = 0
    sources: list[str] = field(default_factory=list)
    _gathered: Gathered = field(default_factory=Gathered)

    def __post_init__(self) -> None:
        context = click.get_current_context(silent=True)
        if context is not None:  # also where the command ends in an error, before that is said
            context.call_on_close(self.flush)

    def counted(self, things: Iterable[T]) -> Iterator[T]:
        """The things, each counted as used when it is handed on."""
        for thing in things:
            self.used += 1
            yield thing

    def skip(self, skipped: Skipped) -> None:
        """Names an input that could not be used; rows of one file and one reason together, when all are known."""
        self.skipped += skipped.count
        for one in self._gathered.add(skipped):
            say(f"chude: {'error' if one.count else 'note'}: {one}")

    def flush(self) -> None:
        """Names what rows were held back."""
        for one in self._gathered.rest():
            say(f"chude: error: {one}")

    def finish(self, done: str, *, what: str = "page", asked: Sequence[str] = (), lost: str = "skipped") -> int:
        """Prints the summary and gives the exit code: 0, 1 with inputs skipped; raises NoInputError if nothing was
        used.
        """
        self.flush()
        if not self.used:
            if self.skipped:
                raise NoInputError("", f"no input could be read ({number(self.skipped, 'input')} skipped)", "see above")
            raise NoInputError(", ".join(asked), f"holds no {what}", "give a file, a folder or - for standard input")
        skipped = f", {number(self.skipped, 'input')} {lost} (named above)" if self.skipped else ""
        say(f"chude: {number(self.used, what)} {done}{skipped}")
        return 1 if self.skipped else 0


def check_target(target: str | None, paths: Iterable[str]) -> None:
    """Raises UsageError where `-o` names a packed file, which is not written, or what is to be read, by itself or with
    the folder it lies in: a page would be lost, or the output of the last run be taken for one.
    """
    if target is not None and target.lower().endswith(_PACKED):
        raise UsageError(target, "output is not packed", "leave the ending out, and pack the file afterwards")
    if target is None or not (Path(target).is_file() or Path(target).is_dir()):
        return
    from classifier.disk.atomic import resolved
    from classifier.reading.walk import kind_of

    written = resolved(Path(target))
    for path in paths:
        given = Path(os.path.realpath(path))  # a link that goes round is named when it is read
        if written == given and written.is_file():
            raise UsageError(target, "is to be read as well", "write to another place")
        if given in written.parents and given.is_dir() and (written.is_dir() or kind_of(written.name)[0]):
            raise UsageError(
                target, f"lies in {path}, which is to be read", "write to another place, or remove it first"
            )


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr while a terminal is there to see it, nothing elsewhere; tell it what is being done and the share
    of all done.
    """
    import sys

    if not sys.stderr.isatty():
        yield lambda _what, _share: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(file=sys.stderr), transient=True)
    task = bar.add_task("reading", total=1.0)

    def tell(what: str, share: float) -> None:
        bar.start()  # not before: what is skipped while pages are read is said line by line
        bar.update(task, description=what, completed=share)

    try:
        yield tell
    finally:
        bar.stop()
