"""The texts of dictations in a running pipeline: the rules as they are now, and what was written before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starling.core.errors import StarlingError
from starling.dictation.text import store
from starling.dictation.text.hints import hint
from starling.dictation.text.rules import Before, Command, Profile, Shaped, Switches, TextRules
from starling.dictation.text.shape import shape
from starling.pipeline import events
from starling.pipeline.conversation import Verdict
from starling.settings.schema import Value

KEPT_CHARACTERS = 200
"""Of what was written before: enough for its last sentence."""

Emit = Callable[[events.Event], None]
Insert = Callable[[events.Utterance], None]


def switches(setting: Callable[[str], Value]) -> Switches:
    """The settings of the page Dictation that concern texts."""

    def read(key: str) -> Any:
        return setting(key)

    return Switches(
        formatting=read("dictation.formatting"),
        numbers=read("dictation.numbers"),
        capitals=read("dictation.capitals"),
        commands=read("dictation.commands"),
        trailing_space=read("dictation.trailing_space"),
        hint=read("dictation.hint"),
        match=read("dictation.match"),
    )


class DictationText:
    """Shapes what is heard in a dictation.

    Args:
        tell: hears once of each thing that is wrong with the user's lists; on any thread.

    Attributes:
        dictating: whether what is heard is a dictation; may be changed at any time, as ``switches``.
        switches: what the user chose.
    """

    def __init__(self, tell: Callable[[StarlingError], None]) -> None:
        self.dictating = False
        self.switches = Switches()
        self._tell = tell
        self._told: set[str] = set()
        self._rules = TextRules()
        self._read: tuple[object, ...] = ()
        self._written = ""
        self._written_at = 0.0

    def prompt(self) -> str:
        """What the recogniser is told beforehand; reads the lists again if they have changed. For its thread."""
        if not self.dictating:
            return ""
        self.refresh()
        return hint(self._rules).prompt

    def refresh(self) -> None:
        """Read the lists, if one of them or a switch has changed. Touches files."""
        place, chosen = store.folder(), self.switches
        if (chosen, store.state_of(place)) != self._read:
            self._rules = store.load(place, chosen, self._once)
            self._read = (chosen, store.state_of(place))  # after it: a damaged file has gone

    def shape(self, text: str, language: str, application: str = "", before: Before | None = None) -> Shaped:
        """What is to be written, going on from what was :meth:`written` unless ``before`` says otherwise."""
        if before is None:
            before = Before(self._written, time.monotonic() - self._written_at)
        return shape(text, self._rules.for_application(application), before, language)

    def profiles(self) -> tuple[Profile, ...]:
        """What differs in applications, as it was read last."""
        return self._rules.profiles

    def written(self, text: str) -> None:
        """This was written; an empty text: what stands before is not known any more."""
        self._written = (self._written + text)[-KEPT_CHARACTERS:] if text else ""
        self._written_at = time.monotonic()

    def overhear(self, emit: Emit, keep: Callable[[str, str], None], insert: Insert = lambda utterance: None) -> Emit:
        """Events on their way: a dictation's text is the shaped one.

        Args:
            emit: where they go.
            keep: called with the turn's name and the text that is to stand for it in the history.
            insert: called with a dictation as it was recognised, after it was told.
        """

        def told(event: events.Event) -> None:
            if not isinstance(event, events.Heard):
                emit(event)
                return
            heard, shown = event.utterance, self._shown(event.utterance, keep)
            emit(events.Heard(shown))
            if shown is not heard and (shown.text or shown.commands):
                insert(heard)

        return told

    def _shown(self, utterance: events.Utterance, keep: Callable[[str, str], None]) -> events.Utterance:
        """As it stands in the transcript, each text by itself."""
        if utterance.mode != "dictation" or utterance.verdict != Verdict.NOT_ADDRESSED.value or not utterance.text:
            return utterance
        shaped = self.shape(utterance.text, utterance.language, before=Before())
        if shaped.text != utterance.text and not utterance.turn.startswith("#"):  # such a one is stored nowhere
            keep(utterance.turn, shaped.text)
        commands = tuple(command.value for command in shaped.commands if command is not Command.NEW_LINE)
        return replace(utterance, text=shaped.text, dropped=shaped.dropped or utterance.dropped, commands=commands)

    def _once(self, error: StarlingError) -> None:
        if error.message not in self._told:
            self._told.add(error.message)
            self._tell(error)
