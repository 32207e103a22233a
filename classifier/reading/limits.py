"""How much of one input is read at most, so that no file can fill the memory or hang a run."""

from __future__ import annotations

MIB = 2**20

MAX_LINE = 64 * MIB
"""Bytes of one row of a table; a longer one is skipped and named."""

MAX_ROW_LINES = 20_000
"""Lines of one row of a CSV file. A quote left open takes in all that follow; each costs far more than its letters."""

MAX_FIELDS = 1_000_000
"""Delimiters in one row of a CSV file, those in its text included."""

MAX_HEADER = MIB
"""Characters of a CSV file's header: every column is named, and found again in every row."""

MAX_LINE_VALUES = 2_000_000
"""Commas and brackets in a JSON line, those in its text included: `[]` takes three bytes there and 64 in memory."""

MAX_JSON_VALUES = 12_000_000
"""The same for a JSON document that is one object of many rows."""

MAX_ID = 10_000
"""Characters of an id; those of a run are held in memory, so that each is given once."""

MAX_PAGE = 32 * MIB
"""Bytes of one page (text or HTML), after unpacking."""

MAX_SAVED = 256 * MIB
"""Bytes of a file in which pages stand with pictures and others (mail, archives); of its text MAX_PAGE counts."""

MAX_ZIP_DIRECTORY = 16 * MIB
"""Bytes of a .zip archive's list of files, each of which takes some hundred; in memory five times as many."""

MAX_ZIP_RATIO = 100
"""Times its own size that a .zip archive may unpack to; saved pages pack to a tenth, or less if they are alike."""

MAX_TAGS = 500_000
"""Tags of an HTML page, ten times what the largest front pages have; a tree takes a kilobyte for each."""

MAX_JSON = 256 * MIB
"""Bytes of a JSON document that is one object; arrays and JSON lines have no limit but MAX_LINE a row."""

MAX_XZ_MEMORY = 256 * MIB
"""Memory an .xz file may ask for (its dictionary); `xz -9` needs 65 MiB."""

MAX_ATTRIBUTES = 20_000
"""Attributes of one tag: the parser's time grows with the square of their number."""

MAX_TRAFILATURA = 5 * MIB
"""Bytes of an HTML page up to which trafilatura looks for the article; larger ones take the plain path."""

MAX_TRAFILATURA_NODES = 10_000
"""The same in elements, menus and related boxes not counted: 100,000 paragraphs take trafilatura ten seconds."""

HEAD = 4096
"""Bytes looked at to tell what a file is."""

PARQUET_ROWS = 256
"""Rows of a Parquet file in memory at a time."""

PARQUET_BATCH = 16 * MIB
"""Bytes of them that are objects at a time."""

MAX_UNPACKED = 64 * MIB
"""Bytes that a Parquet file may unpack to whatever its size."""

MAX_COLUMNS = 10_000
"""Columns of a Parquet file."""
