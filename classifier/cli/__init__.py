"""The command line: one small file a command, each importing what it needs only when it runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from classifier import __version__
from classifier.errors import ChudeError

COMMANDS = ("train", "predict", "extract", "segment", "cluster", "eval", "compare", "check", "show", "demo")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Commands(click.Group):
    """Finds a command in the module of its name (`eval` in evaluate.py: the name would hide the builtin)."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"classifier.cli.{'evaluate' if cmd_name == 'eval' else cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a reader that has enough (`chude predict … | head`) ends it in peace."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # caught here, because click would call it a failure
            return _reader_left()
        return result


@click.group(cls=_Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="chude")
def cli() -> None:
    """Topics of Vietnamese world-news pages, with reasons; related headlines in clusters; honest numbers.

    \b
    chude demo                       the whole tour, on what ships with chude
    chude predict saved/             label a folder of saved pages
    chude train my.csv -o my-model   learn your own topics
    """


def main() -> None:
    """Runs the command and turns every expected failure into one line and an exit code."""
    sys.exit(_run())


def _run() -> int:  # noqa: PLR0911 (one way out for each kind of end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        result = cli.main(prog_name="chude", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "chude"
        return _fail(f"{error.format_message().rstrip('.')}; see `{command} --help`", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except ChudeError as error:
        return _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted; nothing half-written was left behind", 130)
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(
            f"{where}{(error.strerror or str(error)).lower()}; check the path, its permissions and the disk", 1
        )
    except MemoryError:
        return _fail("out of memory; give fewer or smaller inputs at a time, or fewer --jobs", 1)
    return result if isinstance(result, int) else 0


def _reader_left() -> int:
    """Nothing more can be written to stdout, and Python must not complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(message: str, code: int) -> int:
    click.echo(f"chude: error: {message}", err=True)
    return code
