"""The desk's file: articles, topics and every decision of an analyst (docs/desk.md says what is in it)."""
