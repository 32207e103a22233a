"""Pages of the site that lie elsewhere: the commands as the program tells them, the model card, the project's own."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PROJECT = Path(__file__).resolve().parents[2]
BROUGHT = {
    "card.md": "artifacts/world-news/card.md",
    "changes.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
}
"""Pages of the site and the files of the project that they are."""
INTRODUCTION = """# Commands

As the program prints them: `chude COMMAND -h`. Exit codes: 0 done, 1 done with findings or with inputs skipped (each
named in one line), 2 wrong usage, 3 nothing could be read, 4 the model cannot be used.
"""
_LINKS = {source: page for page, source in BROUGHT.items()} | {"README.md": "index.md", "README.vi.md": "index.md"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are not in docs/."""
    for page, source in BROUGHT.items():
        files.append(File.generated(config, page, content=(PROJECT / source).read_text(encoding="utf-8")))
    files.append(File.generated(config, "commands.md", content=commands()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leads links that are right in the project to where their page is in the site."""
    del page, config, files
    link = re.compile(r"\]\((?:\.\./)?([\w./-]+\.md)(#[\w-]+)?\)")
    return link.sub(lambda found: f"]({_target(found[1])}{found[2] or ''})", markdown)


def _target(path: str) -> str:
    return _LINKS.get(path, path.removeprefix("docs/"))


def commands() -> str:
    """Every command with its help as `chude COMMAND -h` prints it."""
    sys.path.insert(0, str(PROJECT))
    import click

    from classifier.cli import COMMANDS, CONTEXT, cli

    top = click.Context(cli, info_name="chude", **CONTEXT)
    parts = [INTRODUCTION]
    for name in COMMANDS:
        command = cli.get_command(top, name)
        if command is None:
            raise LookupError(name)
        context = click.Context(command, parent=top, info_name=name, terminal_width=100)
        parts.append(f"## chude {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)
