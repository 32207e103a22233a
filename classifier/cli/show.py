"""`chude show`: what a model folder holds."""

from __future__ import annotations

import click

from classifier.cli import common


@click.command("show")
@click.argument("artifact", metavar="[ARTIFACT]", required=False)
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
    from classifier.cli.train import scores_table

    model = common.load_model(artifact)
    if form == "jsonl":
        click.echo(
            common.json_line({"labels": model.labels, "features": model.features.to_json(), **model.info}), nl=False
        )
        return 0
    info = model.info
    click.echo(
        common.plain(
            f"{info.get('name', artifact)}: {info.get('articles', '?'):,} articles, {model.hashes.size:,} terms"
        )
    )
    made = ", ".join(f"{key} {value}" for key, value in info.get("made_with", {}).items())
    click.echo(common.plain(f"made with {made}; seed {info.get('training', {}).get('seed', '?')}"))
    if "cross_validated" in info:
        click.echo(scores_table(info), nl=False)
    calibration = model.calibration
    named = f"from probability {calibration.threshold:.2f} on" if calibration.threshold else "where it is likeliest"
    click.echo(f"a topic is named {named}\n")
    for label, terms in info.get("top_terms", {}).items():
        click.echo(common.plain(f"{label}: {', '.join(terms)}"))
    return 0
