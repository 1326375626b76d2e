"""The one exception Starling shows to people."""

from __future__ import annotations


class StarlingError(Exception):
    """Something a person can act on.

    Attributes:
        code: stable, dotted, lower case: ``area.what`` (``audio.no_microphone``).
        message: one sentence that says what happened.
        fix: one sentence that says what to do; empty when nothing can be done.
    """

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        parts = [f"{self.message}"]
        if self.fix:
            parts.append(self.fix)
        return f"{' '.join(parts)} [{self.code}]"

    def to_json(self) -> dict[str, str]:
        """The error as it crosses a pipe or stands in a ``--json`` report."""
        return {"code": self.code, "message": self.message, "fix": self.fix}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> StarlingError:
        """The inverse of :meth:`to_json`."""
        return cls(data["code"], data["message"], data.get("fix", ""))


def internal_error(error: BaseException) -> StarlingError:
    """A bug met at the edge of a thread or process; it names the exception's type only, texts may be private."""
    what = f"Something unexpected went wrong: {type(error).__name__}."
    return StarlingError("internal.bug", what, "Please report it.")
