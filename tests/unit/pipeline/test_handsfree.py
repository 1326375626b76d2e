"""The phrases of a dictation without hands: what is one, what is text."""

import numpy as np
import pytest

from starling.pipeline import events
from starling.pipeline.handsfree import HandsFree, Phrases, Said
from starling.speech.wake.phrase import address
from tests.unit.pipeline.loop import Loop, quiet, tone


def woken(text):
    found = address(text, "hey starling")
    return None if found is None else found.rest


def made(phrases=None):
    return HandsFree(phrases or Phrases(), woken)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Start dictation.", Said("", "start")),
        ("start dictation", Said("", "start")),
        ("Hey Starling, start dictation!", Said("", "start")),
        ("Starts dictation.", Said("", "start")),
        ("Please tell me how I start dictation.", None),
        ("Stop dictation.", None),
        ("start dictating a letter", None),
        ("What is dictation?", None),
        ("start", None),
        ("", None),
        ("…", None),
    ],
)
def test_in_the_assistants_mode_only_the_start_is_heard_and_only_alone(text, expected) -> None:
    assert made().hear(text, dictating=False) == (expected or Said(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop dictation.", Said("", "stop")),
        ("Hey Starling. Stop dictation.", Said("", "stop")),
        ("Send it tomorrow. Stop dictation.", Said("Send it tomorrow.", "stop")),
        ("Send it tomorrow, stop dictation", Said("Send it tomorrow", "stop")),
        ("Paws dictation.", Said("", "pause")),
        ("One moment. Pause dictation.", Said("One moment.", "pause")),
        ("Resumed dictation.", Said("", "resume")),
        ("This is how to stop dictation.", None),
        ("You don't stop dictation.", None),
        ("Stop dictation is a phrase.", None),
        ("The dictation.", None),
        ("Stop.", None),
        ("Never mind the pause.", None),
        ("", None),
    ],
)
def test_in_a_dictation_a_phrase_counts_alone_or_at_the_end(text, expected) -> None:
    assert made().hear(text, dictating=True) == (expected or Said(text))


def test_what_is_said_while_it_is_held_is_not_written() -> None:
    hands = made()
    heard = [hands.hear(text, dictating=True) for text in (
        "Dear Anna,", "Pause dictation.", "What do you want for dinner?", "Pizza. Resume dictation.", "I am well.",
        "Pause dictation.", "Stop dictation.", "More.")]  # fmt: skip
    assert [(said.text, said.command, said.ignored) for said in heard] == [
        ("Dear Anna,", "", False),
        ("", "pause", False),
        ("", "", True),
        ("", "resume", False),  # what was said before the phrase was still held
        ("I am well.", "", False),
        ("", "pause", False),
        ("", "stop", False),
        ("More.", "", False),
    ]


def test_the_talk_key_writes_also_while_it_is_held() -> None:
    hands = made()
    hands.hear("pause dictation", dictating=True)
    assert hands.hear("This one.", dictating=True, held=True) == Said("This one.")
    assert hands.hear("Not this one.", dictating=True).ignored
    hands.reset()
    assert hands.hear("This again.", dictating=True) == Said("This again.")


def test_other_phrases_and_none() -> None:
    hands = made(Phrases("diktat an", "diktat aus", "", ""))
    assert hands.hear("Diktat an.", dictating=False).command == "start"
    assert hands.hear("Diktat aus.", dictating=True).command == "stop"
    assert hands.hear("Pause dictation.", dictating=True) == Said("Pause dictation.")


def test_a_dictation_is_begun_held_and_ended_by_voice() -> None:
    texts = ["Start dictation.", "Dear Anna,", "Pause dictation.", "Dinner!", "Resume dictation.",
             "I am well. Stop dictation."]  # fmt: skip
    loop = Loop(np.concatenate([part for _ in texts for part in (tone(1), quiet(1.5))]), texts)
    told = []
    loop.coordinator.listen("assistant", "always", muted=False)

    def follow(event):
        told.append(event)
        if isinstance(event, events.DictationSaid) and event.command in ("start", "stop"):
            mode = "dictation" if event.command == "start" else "assistant"
            loop.coordinator.listen(mode, "always", muted=False)

    loop.coordinator._emit = follow
    loop.run()
    heard = [event.utterance for event in told if isinstance(event, events.Heard)]
    assert [(one.text, one.verdict) for one in heard] == [
        ("Start dictation.", "command"),
        ("Dear Anna,", "answer"),  # by this test's rules; a dictation's answer nothing
        ("Pause dictation.", "command"),
        ("Dinner!", "paused"),
        ("Resume dictation.", "command"),
        ("I am well.", "answer"),
    ]
    commands = [(event.command, event.paused) for event in told if isinstance(event, events.DictationSaid)]
    assert commands == [("start", False), ("pause", True), ("resume", False), ("stop", False)]
