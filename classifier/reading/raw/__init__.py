"""Bytes to text: packed streams, encodings old and new, and what is no text at all."""
