"""`--tune [MINUTES]`: its options, and what the terminal shows of a search."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from training.tune.nested import Tuning

UNLIMITED = "0"
METRICS = {
    "accuracy": "accuracy",
    "macro-f1": "macro_f1",
    "weighted-f1": "weighted_f1",
    "micro-f1": "micro_f1",
    "balanced-accuracy": "balanced_accuracy",
}
"""Scores to choose by, as people write them: keys of `eval.scores.registry`."""

options = common.chain(
    click.option(
        "--tune",
        type=common.FiniteRange(0),
        is_flag=False,
        flag_value=UNLIMITED,
        metavar="[MINUTES]",
        help="Search for the terms, weights and machine that suit the corpus best, for so long at most.",
    ),
    click.option(
        "--tune-by",
        type=click.Choice(list(METRICS)),
        help="The score to choose by. [default: accuracy; where labels are sets micro-f1]",
    ),
)


class Tunable(click.Command):
    """A command with `--tune`, whose value may be left out: `--tune corpus.csv` names a corpus, not minutes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Gives a bare `--tune` its value, unless a number follows."""
        found = list(args)
        end = found.index("--") if "--" in found else len(found)
        for at in [at for at in range(end) if found[at] == "--tune"]:
            if at + 1 < end and not _is_number(found[at + 1]):
                found[at] = f"--tune={UNLIMITED}"
        return super().parse_args(ctx, found)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@contextmanager
def tuning_from(options: dict[str, Any], settings: Mapping[str, Any]) -> Iterator[Tuning | None]:
    """Takes the options of tuning out of a command's options: how to search, None where nobody asked for it; shows the
    search on a terminal while the block runs.
    """
    from training.fit.defaults import fixed_by
    from training.tune.budget import ENDLESS
    from training.tune.nested import Tuning

    minutes, metric = options.pop("tune"), options.pop("tune_by")
    if minutes is None:
        if metric:
            raise click.UsageError("--tune-by needs --tune: nothing else chooses")
        yield None
        return
    with common.progress() as tell:
        yield Tuning(
            minutes=minutes or ENDLESS,
            metric=METRICS[metric] if metric else "",
            fixed=fixed_by(settings),
            tell=tell,
            say=lambda line: wording.say(f"chude: {line}"),
        )
