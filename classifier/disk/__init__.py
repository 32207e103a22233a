"""The one way to read what a stranger made, to replace files and folders whole, and to go on after a kill."""
