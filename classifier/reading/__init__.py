"""Turns files, folders, tables and standard input into pages."""

from __future__ import annotations

from classifier.reading.files import read_pages
from classifier.reading.tables.rows import Columns

__all__ = ["Columns", "read_pages"]
