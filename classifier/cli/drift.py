"""`chude check NEW --against MODEL`, or `--against CORPUS --drift`: how far new articles are from what is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classifier import wording
from classifier.cli import common, writers
from classifier.display import distinct, name_of
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.model.model import Model
    from classifier.reading import Columns
    from training.drift import Drift, Share

FORMS = ("table", "jsonl")
_FEWEST_MONTHS, _MOST_MONTHS = 2, 600


def is_model(path: str) -> bool:
    """Whether a path is a model's folder, and no corpus."""
    return Path(path, "model.json").is_file()


def trained_on(corpora: Sequence[str], columns: Columns, encoding: str | None, tally: common.Tally) -> Model:
    """A model of labelled corpora, as `chude train` makes it without options, for this comparison alone.

    Raises UsageError where they do not make one.
    """
    from training import read_corpus
    from training.learn import train

    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip)
    wording.say(f"chude: training on {wording.number(len(corpus.articles), 'article')} of {', '.join(corpora)} …")
    return train(corpus).model


def run(
    paths: Sequence[str],
    loaded: Model,
    form: str,
    columns: Columns,
    encoding: str | None,
    target: str | None,
    plot: str | None,
) -> int:
    """Tells how far articles are from what a model knows, and gives the exit code: 1 with something to see."""
    from classifier.reading import read_pages
    from classifier.reading.articles import with_article
    from training.drift import drift

    if form not in FORMS:
        raise UsageError("--format", f"{form} has rows, and this is no table of rows", f"take {' or '.join(FORMS)}")
    tally = common.Tally()
    read = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    pages = list(tally.counted(with_article(read, tally.skip)))
    if not pages:
        return tally.finish("compared", what="article", asked=paths)
    found = drift(pages, loaded)
    names = distinct(loaded.display_names)
    with writers.output(target) as stream:
        stream.write(writers.json_line(found.as_json()) if form == "jsonl" else as_text(found, names))
    if plot:
        _draw(found, names, plot)
    code = tally.finish("compared", what="article")
    told = found.findings(names)
    for one in told or ["nothing that the model should not expect"]:
        wording.say(f"chude: {one}")
    return 1 if told else code


def as_text(found: Drift, names: dict[str, str]) -> str:
    """The comparison for people."""
    lines = [
        f"{'':24}{'here':>22}   where the model learned",
        f"{'unknown words':24}{found.unknown:22.1%}",
        _line("mostly unknown articles", found.strange),
        _line("expected accuracy", found.expected),
        "",
    ]
    for label, share in found.topics.items():
        lines.append(_line(name_of(label, names), share) + ("   shifted" if share.shifted else ""))
        words = ", ".join(f"{word.term}{'' if word.usual else '*'}" for word in found.words[label])
        lines += [f"  {words}"] if words else []
    lines += ["", "(share [95 % interval]; a word with * is not among the model's heaviest for the topic)", ""]
    return "\n".join(lines)


def _line(name: str, share: Share) -> str:
    value = f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"
    return f"{name:24}{value:>22}" + ("" if share.usual is None else f"   {share.usual:.3f}")


def _draw(found: Drift, names: dict[str, str], plot: str) -> None:
    """Topics by month, as a picture."""
    from eval.plots.figures import save
    from eval.plots.stories import topics_over_time

    months = [month for month in found.months if month]
    if len(months) < _FEWEST_MONTHS:
        wording.say("chude: the articles are not of two months, so there is no picture of topics over time")
        return
    months = _without_gaps(months)
    labels = [label for label in found.topics if any(label in counts for counts in found.months.values())]
    counts = [[found.months.get(month, {}).get(label, 0) for month in months] for label in labels]
    figure = topics_over_time(months, counts, [name_of(label, names) for label in labels], "articles")
    Path(plot).parent.mkdir(parents=True, exist_ok=True)
    save(figure, plot)
    wording.say(f"chude: wrote {plot}")


def _without_gaps(months: list[str]) -> list[str]:
    """All months from the first to the last, unless these are far more than a picture can show."""
    first, last = (12 * int(month[:4]) + int(month[5:]) - 1 for month in (months[0], months[-1]))
    if last - first >= _MOST_MONTHS:
        return months
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
