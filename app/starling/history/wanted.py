"""Which entries of the history are wanted."""

from __future__ import annotations

from dataclasses import dataclass

from starling.core.folding import terms


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty values leave nothing out.

    Attributes:
        text: words and "phrases" that all have to be in what was said or answered.
        mode: ``assistant`` or ``dictation``.
        state: see :data:`starling.history.records.State`.
        since: Unix time of the earliest.
        until: Unix time before which they began.
    """

    text: str = ""
    mode: str = ""
    state: str = ""
    since: float | None = None
    until: float | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The text's terms, folded."""
        return terms(self.text)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.terms and not self.mode and not self.state and self.since is None and self.until is None
