"""The command line: one small file a command, each importing what it needs only when it runs."""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
import warnings
from difflib import get_close_matches
from importlib import import_module
from typing import IO, Any

import click

from classifier import __version__
from classifier.budget import watched
from classifier.cli.stopping import ignore_signals, stoppable
from classifier.cli.streams import open_streams
from classifier.errors import ChudeError
from classifier.isolation import strangers_modules_out, strangers_programs_out

COMMANDS = (
    "train",
    "predict",
    "extract",
    "segment",
    "cluster",
    "eval",
    "compare",
    "check",
    "show",
    "stories",
    "label",
    "serve",
    "demo",
    "completion",
)
_ROOM = "make room there or write to another place, then run it again"
_RIGHTS = "check its permissions, or write to another place"
_REMEDY = "check the path, its permissions and the disk"
_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EROFS: _RIGHTS,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
}
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's; a command that is not there is answered with the one that may be meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No such command {args[0]!r}" + (f", did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a reader that has enough (`chude predict … | head`) ends it in peace."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # caught here, because click would call it a failure
            return _reader_left()
        except click.UsageError as error:
            name = ctx.invoked_subcommand
            if error.ctx is None and name and (command := self.get_command(ctx, name)):
                error.ctx = click.Context(command, ctx, name)  # click does not say whose option lacks its value
            raise
        return result


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from classifier.core import chosen

        click.echo(f"chude, version {__version__} ({chosen()} core)")
        ctx.exit()


@click.group(cls=_Commands, context_settings=CONTEXT, invoke_without_command=True)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Topics of Vietnamese world-news pages, with reasons; related headlines in clusters; honest numbers.

    \b
    chude demo                       the whole tour, on what ships with chude
    chude predict saved/             label a folder of saved pages
    chude train my.csv -o my-model   learn your own topics
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


def main() -> None:
    """Runs the command and turns every expected failure into one line and an exit code."""
    open_streams()
    if not sys.warnoptions:  # as Python does for most kinds: what libraries warn of is for who writes programs
        warnings.simplefilter("ignore")
    with strangers_modules_out(), strangers_programs_out(), watched():
        code = _run()
    atexit.register(ignore_signals)  # the work is done: a signal while Python tidies up must not make it look undone
    sys.exit(code)


def _run() -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with stoppable() as signals:
        try:
            return _ended()
        except BaseException as error:
            # Whatever it is: a library that is stopped in the middle may call that by a name of its own.
            if not signals and not isinstance(error, KeyboardInterrupt):
                raise
            return _interrupted(error, signals[0] if signals else signal.SIGINT)


def _ended() -> int:  # noqa: PLR0911 (one way out for each kind of end)
    """Runs the command; gives the exit code of every end but an interruption."""
    try:
        result = cli.main(prog_name="chude", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "chude"
        return _fail(f"{error.format_message().rstrip('.')}; see `{command} --help`", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except ChudeError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        return _fail(_what_the_system_says(error), 1)
    except MemoryError:
        return _fail("out of memory; give fewer or smaller inputs at a time, or fewer --jobs", 1)
    return result if isinstance(result, int) else 0


def _what_the_system_says(error: OSError) -> str:
    """FILE: what is wrong; what to do; and what else is known of this run's end."""
    # A write that fails does not say where; all files of our own do (classifier/atomic.py).
    unnamed = "standard output" if error.errno in _REMEDIES else ""
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else unnamed
    said = (error.strerror or str(error)).lower()
    notes = "".join(f"; {note}" for note in _notes(error))
    return f"{where and f'{where}: '}{said}; {_REMEDIES.get(error.errno or 0, _REMEDY)}{notes}"


def _interrupted(error: BaseException, number: int) -> int:
    if sys.stderr.isatty():
        click.echo(err=True)  # ends the terminal's "^C"
    notes = _notes(error) or ["nothing half-written was left behind"]
    return _fail("; ".join(["interrupted", *notes]), 128 + number)


def _notes(error: BaseException) -> list[str]:
    """What was noted where the error passed; an exception may have taken the place of another."""
    found: BaseException | None = error
    while found is not None:
        if notes := getattr(found, "__notes__", None):
            return list(notes)
        found = found.__context__
    return []


def _reader_left() -> int:
    """Nothing more can be written to stdout, and Python must not complain of it when it ends."""
    _close_off(sys.stdout)
    return 0


def _fail(message: str, code: int) -> int:
    from classifier.wording import plain  # a file's name may hold what a terminal obeys

    _writable(sys.stdout)
    try:
        click.echo(f"chude: error: {plain(message)}", err=True)
    except OSError:  # nobody can be told; the exit code still tells
        _close_off(sys.stderr)
    return code


def _writable(stream: IO[str]) -> bool:
    """Whether what waits to be written can be; else it is dropped, so that it does not fail again when Python ends."""
    try:
        stream.flush()
    except OSError:
        _close_off(stream)
        return False
    return True


def _close_off(stream: IO[str]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
