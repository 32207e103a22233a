"""Tables and records: JSON lines, delimited text, Parquet, fastText lines; a row is a page."""
