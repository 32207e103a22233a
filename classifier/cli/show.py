"""`chude show`: what a model folder holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from classifier import wording
from classifier.cli import common, writers

if TYPE_CHECKING:
    from classifier.model.model import Model


@click.command("show", short_help="Shows what is in a model.")
@click.argument("artifact", metavar="[ARTIFACT]", required=False, type=common.ModelPath())
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", help="Output format. [default: table]"
)
def command(artifact: str | None, form: str) -> int:
    """Shows a model's labels, what it was trained on, its scores and the terms that carry each topic.

    \b
    Examples:
      $ chude show
      $ chude show artifacts/world-news --format jsonl
    """
    from classifier.errors import ArtifactError

    model = common.load_model(artifact)
    if form == "jsonl":
        click.echo(
            writers.json_line({"labels": model.labels, "features": model.features.to_json(), **model.info}), nl=False
        )
        return 0
    try:
        text = as_text(model)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # a model may come from anybody
        what = "what it says of its making is not in the form that chude writes"
        raise ArtifactError(str(artifact), what, "train it again") from error
    click.echo(text, nl=False)
    return 0


def as_text(model: Model) -> str:
    """What is known of the model, for reading; one saved without facts about its making has less to show."""
    from classifier.cli.train import scores_table

    info = model.info
    articles = f"{info['articles']:,} articles" if "articles" in info else "articles unknown"
    lines = [f"{info.get('name', 'model')}: {articles}, {model.hashes.size:,} terms, labels {', '.join(model.labels)}"]
    if "made_with" in info:
        made = ", ".join(f"{key} {value}" for key, value in info["made_with"].items())
        lines.append(f"made with {made}; seed {info['training']['seed']}")
    if isinstance(card := info.get("card"), dict):
        lines.append(", ".join(str(card[key]) for key in ("pipeline_tag", "language", "license") if key in card))
    if "cross_validated" in info:
        lines += scores_table(info, model.display_names).splitlines()
    least = model.calibration.threshold
    lines += ["a topic is named " + (f"from probability {least:.2f} on" if least else "where it is likeliest"), ""]
    lines += [f"{label}: {', '.join(terms)}" for label, terms in info.get("top_terms", {}).items()]
    return "".join(f"{wording.plain(line)}\n" for line in lines)
