"""`chude check`: what is wrong with a corpus, before a model learns it or is measured on it."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, drift, writers

if TYPE_CHECKING:
    from training.findings import Finding

_TITLE = 80
"""Characters of a title in the table: enough to know the article by; JSON lines have all of it."""


@click.command("check", short_help="Finds what is wrong with a labelled corpus.")
@click.argument("corpora", metavar="CORPUS…", nargs=-1, required=True)
@click.option(
    "--against",
    metavar="CORPUS|MODEL",
    multiple=True,
    help="Test corpus that must not share articles with CORPUS; or a model that is to label it.",
)
@click.option(
    "--drift", "drifted", is_flag=True, help="Tell how far CORPUS is from --against, by a model trained on that."
)
@click.option("--plot", metavar="FILE", help="With a model or --drift: draw topics over time (PNG or SVG).")
@click.option(
    "--label-errors/--no-label-errors",
    default=None,
    help="Look for CH501, which trains models. [default: up to 10,000 articles; with more it takes minutes]",
)
@click.option("--ignore", metavar="CODE", multiple=True, help="Leave out findings of this code; may be given again.")
@click.option(
    "--similarity",
    type=common.FiniteRange(0.5, 1),
    default=0.7,
    metavar="S",
    help="Share of 5-syllable sequences in common that makes a near-duplicate. [default: 0.7]",
)
@click.option("--seed", type=common.Whole(0), default=13, metavar="N", help="Seed of the folds. [default: 13]")
@writers.format_option(*writers.FORMATS)
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
def command(
    corpora: tuple[str, ...],
    against: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str | None,
    encoding: str | None,
    target: str | None,
    plot: str | None,
    drifted: bool,
    **options: Any,
) -> int:
    """Looks a labelled corpus over and names what a person should see, worst first, with file and line.

    \b
    CH101 exact-duplicate             CH301 empty-text      CH401 rare-label
    CH102 near-duplicate              CH302 tiny-text       CH402 imbalance
    CH103 duplicate-with-other-label  CH303 not-vietnamese  CH403 one-label
    CH201 leak-exact                  CH304 mojibake        CH404 label-spelt-twice
    CH202 leak-near                   CH305 lost-letters    CH501 likely-label-error
    CH203 leak-other-label            CH306 markup          CH308 no-accents
                                      CH307 segmented       CH309 odd-characters

    CH2xx are articles of --against that stand in CORPUS. A row whose column `checked` names codes (["CH501"]) is not
    reported under them again. With a model as --against, CORPUS needs no labels: it is told how far it is from what the
    model knows (unknown words, topics' shares and words, the accuracy to be expected); with --drift likewise from what
    a model of the other corpus would know. Exit code 0: clean; 1: findings, or inputs skipped; 3: no input.

    \b
    Examples:
      $ chude check my-news.csv --label-column section
      $ chude check train.jsonl --against test.jsonl
      $ chude check saved/ --against my-model --plot topics.png
      $ chude check this-year.jsonl --against last-year.jsonl --drift
      $ chude check corpus/ --format jsonl -o findings.jsonl
    """
    from training import check, read_corpus
    from training.findings import RULES
    from training.label_errors import QUICK

    unknown = [code for code in ignore if code not in RULES]
    if unknown:
        raise click.BadParameter(f"unknown code {unknown[0]!r}; known are {', '.join(RULES)}", param_hint="--ignore")
    tally = common.Tally()
    columns = common.columns_from(options)
    if drifted and not against:
        raise click.UsageError("--drift needs --against: a labelled corpus, or a model")
    if drifted or any(map(drift.is_model, against)):
        common.check_target(plot, corpora)
        if any(map(drift.is_model, against)) and len(against) > 1:
            raise click.UsageError("--against takes one model, or corpora")
        learnt = not drift.is_model(against[0])
        known = drift.trained_on(against, columns, encoding, tally) if learnt else common.load_model(against[0])
        return drift.run(corpora, known, form or "table", columns, encoding, target, plot)
    if plot:
        raise click.UsageError("--plot goes with a model as --against, or with --drift")
    form = writers.form_for(form, target)
    common.check_target(target, (*corpora, *against))
    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip)
    tested = read_corpus(against, columns=columns, encoding=encoding, on_skip=tally.skip) if against else None
    tally.used = len(corpus.articles) + (len(tested.articles) if tested else 0)
    if options["label_errors"] is None and len(corpus.articles) > QUICK:
        wording.say(f"chude: not looking for label errors in over {QUICK:,} articles; --label-errors asks for it")
    findings = check(corpus, tested, ignore=ignore, **options)
    with writers.output(target, form) as stream:
        writers.write_things(findings, form, stream, FINDINGS)
    code = tally.finish("checked", what="article")
    summarise(findings)
    return 1 if findings else code


def as_json(finding: Finding) -> dict[str, Any]:
    """The finding as a JSON object; fields that do not apply are null."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "source": finding.source,
        "id": finding.id,
        "title": finding.title,
        "message": finding.message,
        "other_source": finding.other_source or None,
        "other_id": finding.other_id or None,
        "score": None if finding.score is None else round(finding.score, 4),
    }


def _table_row(finding: Finding) -> list[str]:
    title = shorten(finding.title, _TITLE, placeholder=" …")
    return [
        f"{finding.code} {finding.name}",
        "" if finding.score is None else f"{finding.score:.2f}",
        finding.source,
        f"{finding.message}: “{title}”" if title else finding.message,
        finding.other_source,
    ]


FINDINGS: writers.RowForm[Finding] = writers.RowForm(
    as_json,
    {
        **dict.fromkeys(("code", "name", "severity", "source", "id", "title", "message"), str),
        **dict.fromkeys(("other_source", "other_id"), str),
        "score": float,
    },
    _table_row,
    ("code", "score", "where", "what", "other"),
)


def summarise(findings: list[Finding]) -> None:
    """How many findings of which code, on stderr."""
    counts = Counter((finding.code, finding.name) for finding in findings)
    for (code, name), count in sorted(counts.items()):
        wording.say(f"chude: {code} {name}: {count:,}")
    wording.say(f"chude: {wording.number(len(findings), 'finding')}" if findings else "chude: clean, no findings")
