"""Texts of a dictation on their way from the recogniser to the transcript and the history."""

from dataclasses import replace

import numpy as np
import pytest

from starling.core.results import SttOptions, Transcript
from starling.dictation.text import store
from starling.dictation.text.rules import Before, Switches
from starling.pipeline import events
from starling.pipeline.choice import choose
from starling.pipeline.dictation_text import KEPT_CHARACTERS, DictationText
from starling.pipeline.engines import Recogniser
from starling.settings.store import load

HEARD = events.Utterance(
    0.0, 1.0, "legacy", "m", 1.0, 1.0, 1.0,
    text="hello comma world", verdict="not_addressed", mode="dictation", turn="t1", language="en",
)  # fmt: skip


class Told:
    def __init__(self):
        self.errors, self.events, self.kept = [], [], []
        self.text = DictationText(self.errors.append)
        self.text.dictating = True
        self.emit = self.text.overhear(self.events.append, lambda turn, text: self.kept.append((turn, text)))

    def hear(self, **changes):
        self.text.refresh()
        self.emit(events.Heard(replace(HEARD, **changes)))
        return self.events[-1].utterance


@pytest.fixture
def told():
    return Told()


def test_a_dictation_is_shown_and_kept_as_it_is_written(told):
    assert told.hear().text == "Hello, world"
    assert told.kept == [("t1", "Hello, world")]


@pytest.mark.parametrize(
    "changes",
    [{"mode": "assistant"}, {"verdict": "echo"}, {"verdict": "stop"}, {"verdict": "command"}, {"text": ""}],
)
def test_what_is_no_dictation_stays(told, changes):
    assert told.hear(**changes) == replace(HEARD, **changes)
    assert told.kept == []


def test_nothing_is_kept_of_a_text_that_did_not_change_or_is_stored_nowhere(told):
    told.hear(text="Hello.")
    told.hear(turn="#3")
    assert told.kept == []


def test_other_events_pass(told):
    told.emit(events.Partial("hello comma"))
    assert told.events == [events.Partial("hello comma")]


def test_commands_and_blocked_phrases_are_told(told):
    utterance = told.hear(text="Scratch that.")
    assert (utterance.text, utterance.commands) == ("", ("undo",))
    utterance = told.hear(text="Thanks for watching!")
    assert (utterance.text, utterance.dropped) == ("", "blocklist")
    assert told.kept == [("t1", ""), ("t1", "")]


def test_the_language_is_the_transcripts(told):
    assert told.hear(text="gut Punkt", language="de").text == "Gut."


def test_a_list_that_changed_counts_at_once(told):
    assert told.text.prompt() == ""
    store.write_vocabulary(store.folder(), ["Kubernetes"])
    assert told.text.prompt() == "Kubernetes."
    assert told.hear(text="kubernetis").text == "Kubernetes"
    told.text.switches = Switches(match=False, hint=False)
    assert told.text.prompt() == ""
    assert told.hear(text="kubernetis").text == "Kubernetis"


def test_outside_a_dictation_the_recogniser_is_told_nothing(told):
    store.write_vocabulary(store.folder(), ["Kubernetes"])
    told.text.dictating = False
    assert told.text.prompt() == ""


def test_what_is_wrong_is_told_once(told):
    store.folder().mkdir(parents=True)
    (store.folder() / "replacements.toml").write_text("replacement = 1")
    for _ in range(3):
        told.text.prompt()
        store.write_vocabulary(store.folder(), ["x"])
    assert [error.code for error in told.errors] == ["dictation.bad_entry"]


def test_it_goes_on_from_what_was_written(told):
    told.text.written("I went home")
    assert told.text.shape("And slept", "en").text == " and slept"
    assert told.text.shape("And slept", "en", before=Before()).text == "And slept"
    told.text.written("x" * 1000)
    assert len(told.text._written) == KEPT_CHARACTERS
    told.text.written("")
    assert told.text.shape("And slept", "en").text == "And slept"


def test_the_settings_are_read():
    settings = load()
    settings.use("dictation.trailing_space", True)
    assert choose(settings.get).dictation == Switches(trailing_space=True)


class Engines:
    """A recogniser that writes down what it is asked."""

    def __init__(self):
        self.asked = []
        self.stt = self

    def transcribe(self, clips, options, low_priority=False):
        self.asked.append(options.prompt)
        raise Asked


class Asked(Exception):
    pass


def test_the_prompt_goes_to_the_recogniser_and_not_to_live_text():
    engines = Engines()
    recogniser = Recogniser(engines, SttOptions(language="en"))
    recogniser.prompt = lambda: "Kubernetes."
    for call in (recogniser, recogniser.partial):
        with pytest.raises(Asked):
            call(np.zeros(10, np.float32))
    assert engines.asked == ["Kubernetes.", ""]
    assert recogniser.options.prompt == ""


def test_the_history_keeps_what_was_recognised_too(tmp_path):
    from starling.history.store import History
    from starling.pipeline.keeping import Keeper

    history = History(tmp_path, keep=True)
    keeper = Keeper(history, "dictation", 0, lambda event: None)
    name = history.add_pending(np.zeros(1600, np.float32), 1.0, "dictation")
    history.done(name, Transcript("hello comma world", "en", 0.1, 0.1), "legacy", "m")
    keeper.shaped(name, "Hello, world")
    (entry,) = history.turns(5)
    assert entry.text == "Hello, world"
    assert entry.transcript is not None
    assert entry.transcript.text == "hello comma world"
    history.close()
