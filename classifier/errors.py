"""The errors a user can cause, each one clear line: FILE[:LINE]: what is wrong; what to do."""

from __future__ import annotations


class ChudeError(Exception):
    """Base of all errors that are the input's fault; `exit_code` is what the command line returns for it."""

    exit_code = 1

    def __init__(self, where: str, what: str, remedy: str = "") -> None:
        self.where, self.what, self.remedy = where, what, remedy
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message}; {remedy}" if remedy else message)

    def __reduce__(self) -> tuple[type[ChudeError], tuple[str, str, str]]:
        """How it travels from a worker process: by its parts, not by its message."""
        return type(self), (self.where, self.what, self.remedy)


class UsageError(ChudeError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class NoInputError(ChudeError):
    """Nothing of what was named could be read."""

    exit_code = 3


class ArtifactError(ChudeError):
    """A model folder that cannot be used."""

    exit_code = 4


class UnreadableError(ChudeError):
    """One file or row that cannot be used; the run goes on without it."""
