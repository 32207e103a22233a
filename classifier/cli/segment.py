"""`chude segment`: text with the syllables of each word joined, as pyvi does it."""

from __future__ import annotations

import click

from classifier.cli import common, writers


@click.command("segment", short_help="Joins the syllables of words, as pyvi does.")
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@common.encoding_option
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
def command(paths: tuple[str, ...], encoding: str | None, target: str | None) -> int:
    """Word-segments texts, a line in, a line out, character for character as pyvi's ViTokenizer would.

    Reads standard input where no PATH is given. A line that is not in the encoding is named, and keeps its place with
    U+FFFD where it cannot be read.

    \b
    Example:
      $ echo 'Mỹ sẵn sàng đối thoại với Nga' | chude segment
      Mỹ sẵn_sàng đối_thoại với Nga
    """
    from classifier.reading.tables.text_lines import read_text_lines
    from classifier.vietnamese import Segmenter

    common.check_target(target, paths)
    tally = common.Tally()
    segmenter = Segmenter()

    with writers.output(target) as stream:
        for line in segmenter.segment(read_text_lines(paths or ("-",), encoding=encoding, on_skip=tally.skip)):
            tally.used += 1
            stream.write(line + "\n")
        if not tally.used and not tally.skipped:
            return 0  # an empty input segments to an empty output
        return tally.finish(
            "segmented", what="line", lost="skipped or damaged"
        )  # in here: without any input the old output stays
