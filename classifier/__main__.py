"""`python -m classifier` is the command `chude`."""

from __future__ import annotations

from pathlib import Path

from classifier.isolation import leave_current_folder

if __name__ == "__main__":
    leave_current_folder(Path(__file__).parent)
    from classifier.cli import main

    main()
