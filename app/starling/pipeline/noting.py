"""Whether dictations were inserted, for the history: after what is stored of them before."""

from __future__ import annotations

import threading

from starling.core.errors import StarlingError
from starling.pipeline.keeping import Keeper
from starling.pipeline.recognition import RecognitionLine

BEGUN_S = 0.1
"""For the disk, before a text is typed. It takes a few milliseconds; nobody waits longer for a slow one."""


class Noting:
    """See :class:`starling.pipeline.dictating.Kept`. What has no name in the history is not noted."""

    def __init__(self, keeper: Keeper, line: RecognitionLine) -> None:
        self._keeper, self._line = keeper, line

    def begun(self, utterance: str) -> None:
        """It is on its way there; on disk when this returns, unless the disk is slow."""
        if _stored(utterance):
            noted = threading.Event()

            def note() -> None:
                try:
                    self._keeper.begun(utterance)
                finally:
                    noted.set()

            self._line.after_stores(note)
            noted.wait(BEGUN_S)

    def inserted(self, utterance: str, text: str, way: str, application: str) -> None:
        """It stands where the cursor was."""
        if _stored(utterance):
            self._line.after_stores(lambda: self._keeper.inserted(utterance, text, way, application))

    def not_inserted(self, utterance: str, text: str, error: StarlingError) -> None:
        """It does not, and why."""
        if _stored(utterance):
            self._line.after_stores(lambda: self._keeper.not_inserted(utterance, text, error))


def _stored(utterance: str) -> bool:
    return not utterance.startswith("#")
