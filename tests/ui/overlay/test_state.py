"""What the overlay shows after what happened: tables."""

from functools import reduce

import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.overlay.state import BRIEF_S, LONG_S, Dictation, Look, after, faded, look


def listening(mode="dictation", held=False, muted=False, activation="hold"):
    return events.Listening(mode, activation, muted, held)


def heard(text="we meet at nine", verdict="not_addressed", held=True, error=None):
    return events.Heard(
        events.Utterance(0, 1, "legacy", "m", 1.0, 1.0, 1.0, text, verdict=verdict, held=held, error=error)
    )


IDLE, DOWN = listening(), listening(held=True)
BEGAN, ENDED = events.SpeechBegan(1.0), events.SpeechEnded()
PARTIAL = events.Partial("we meet")
AIMED = events.Aimed("mousepad")
PAUSE, RESUME = events.DictationSaid("pause", True), events.DictationSaid("resume", False)
STOP, START = events.DictationSaid("stop", False), events.DictationSaid("start", False)
LOST = events.MicrophoneChanged("lost", message="It is gone.")
MISSED = events.NotInserted("t", "insert.failed", "Nobody took it.")
MUTED = events.Trouble(StarlingError("listen.muted", "The microphone is muted."))
INSERTED = events.Inserted("t", "xtest", "mousepad")
SAID = (IDLE, DOWN, BEGAN, AIMED, PARTIAL, IDLE, ENDED)


def now(*happened):
    return reduce(after, happened, Dictation())


@pytest.mark.parametrize(
    ("happened", "shown"),
    [
        ((), None),
        ((IDLE,), None),
        ((IDLE, DOWN), Look("listening", live=True)),
        ((IDLE, DOWN, AIMED), Look("listening", "", "mousepad", live=True)),
        ((IDLE, DOWN, events.Aimed("starling", own=True)), Look("listening", live=True)),
        ((IDLE, DOWN, BEGAN, PARTIAL), Look("listening", "we meet", live=True)),
        ((IDLE, BEGAN), Look("listening", live=True)),
        (SAID, Look("transcribing", "we meet", "mousepad")),
        ((*SAID, heard()), Look("recognised", "we meet at nine", "mousepad", BRIEF_S)),
        ((*SAID, heard(), INSERTED), Look("typed", "we meet at nine", "mousepad", BRIEF_S)),
        ((*SAID, heard(), MISSED), Look("error", "Nobody took it.", "", LONG_S)),
        ((*SAID, heard(), MISSED, events.Inserted("t", "x")), Look("error", "Nobody took it.", "", LONG_S)),
        ((*SAID, heard(), MISSED, BEGAN), Look("listening", "", "mousepad", live=True)),
        ((*SAID, heard(), events.TakenBack("t")), Look("taken_back", "", "mousepad", BRIEF_S)),
        ((*SAID, heard("", "empty")), Look("nothing", "", "", BRIEF_S)),
        ((*SAID, heard("", "empty", held=False)), None),
        ((*SAID, heard("", error={"code": "a.b", "message": "It broke."})), Look("error", "It broke.", "", LONG_S)),
        ((IDLE, DOWN, IDLE, events.SpeechDropped("silence", held=True)), Look("nothing", "", "", BRIEF_S)),
        ((IDLE, BEGAN, events.SpeechDropped("noise")), None),
        # Tapped: it goes on after each sentence.
        ((IDLE, DOWN, BEGAN, ENDED), Look("listening", live=True)),
        ((IDLE, DOWN, BEGAN, ENDED, heard()), Look("recognised", "we meet at nine", "", BRIEF_S)),
        ((IDLE, DOWN, BEGAN, ENDED, BEGAN, heard(), events.Inserted("t", "x")), Look("listening", live=True)),
        ((IDLE, DOWN, IDLE), None),
        # Held by the phrase.
        ((IDLE, PAUSE), Look("paused", "", "", LONG_S)),
        ((IDLE, BEGAN, ENDED, heard("", "command"), PAUSE), Look("paused", "", "", LONG_S)),
        ((IDLE, PAUSE, BEGAN), Look("paused", live=True)),
        ((IDLE, PAUSE, BEGAN, ENDED), Look("paused")),
        ((IDLE, PAUSE, BEGAN, ENDED, heard("", "paused")), None),
        ((IDLE, PAUSE, DOWN), Look("listening", live=True)),
        ((IDLE, PAUSE, BEGAN, ENDED, heard("", "command"), RESUME), Look("listening", "", "", BRIEF_S, True)),
        # The mode.
        ((listening("assistant"), listening("assistant", held=True), BEGAN, PARTIAL), None),
        ((listening("assistant"), START, IDLE), Look("listening", "", "", BRIEF_S, True)),
        ((*SAID, heard("", "command"), STOP, listening("assistant")), Look("ended", "", "", BRIEF_S)),
        ((*SAID, heard(), listening("assistant")), None),
        ((*SAID, listening("off")), None),
        ((IDLE, PAUSE, listening("assistant"), IDLE, BEGAN), Look("listening", live=True)),
        # What goes wrong.
        ((IDLE, LOST), Look("error", "It is gone.", "", LONG_S)),
        (
            (IDLE, DOWN, events.SpeechDropped("microphone_lost", True), IDLE, LOST),
            Look("error", "It is gone.", "", LONG_S),
        ),
        ((listening("assistant"), LOST), None),
        ((IDLE, DOWN, LOST), Look("error", "It is gone.", "", LONG_S)),
        ((IDLE, MUTED), Look("error", "The microphone is muted.", "", LONG_S)),
        ((listening("assistant"), MUTED), None),
        ((IDLE, events.Trouble(StarlingError("power.x", "Other."))), None),
        ((IDLE, DOWN, events.Stopped(StarlingError("a.b", "It broke."))), Look("error", "It broke.", "", LONG_S)),
        ((IDLE, events.Stopped(StarlingError("a.b", "It broke."))), None),
        ((IDLE, BEGAN, listening(muted=True)), None),
    ],
)
def test_what_is_shown(happened, shown):
    assert look(now(*happened)) == shown


def test_what_came_of_it_goes_by_itself():
    assert look(faded(now(*SAID, heard()))) is None
    assert look(faded(now(IDLE, DOWN, BEGAN, ENDED, heard()))) == Look("listening", live=True)


def test_a_new_press_begins_anew():
    again = now(*SAID, heard(), DOWN)
    assert (again.partial, again.outcome) == ("", None)
