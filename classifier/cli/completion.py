"""`chude completion`: what a shell needs to complete commands, options and files with the tab key."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Completion of commands and options by the shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Prints the script that lets a shell complete chude's commands and options.

    \b
    Examples:
      $ source <(chude completion bash)                                  # or this line in ~/.bashrc
      $ chude completion zsh > ~/.zfunc/_chude                           # a folder in fpath
      $ chude completion fish > ~/.config/fish/completions/chude.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click does not complete in {shell}")
    # Not the class's own `source`: bash's asks the bash that is on this machine how old it is.
    click.echo(ShellComplete.source(made(ctx.find_root().command, {}, "chude", "_CHUDE_COMPLETE")))
    return 0
