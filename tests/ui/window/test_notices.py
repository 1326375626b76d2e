import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.window.notices import MOST_SHOWN, Message, Notices, after

FULL = StarlingError("history.disk_full", "The disk is full.", "Make room.")


def told(*all_events):
    notices = Notices()
    for event in all_events:
        notices = after(notices, event)
    return notices


@pytest.mark.parametrize(
    ("told_events", "expected"),
    [
        ([events.Ready("legacy", "mic")], []),
        ([events.Notice("Read this.")] * 2, ["Read this."]),
        ([events.Notice("One."), events.Notice("Two.")], ["One.", "Two."]),
        ([events.Trouble(FULL)] * 2, ["The disk is full."]),
        ([events.SpeakerChanged("lost", "x", "The speaker is gone.", "Plug it in.")], ["The speaker is gone."]),
        ([events.SpeakerChanged("lost", "x", "Gone."), events.SpeakerChanged("back", "x")], []),
        ([events.SpeakerChanged("lost", "x", "Gone."), events.SpeakerChanged("open", "y")], []),
        ([events.SpeakerChanged("dropped", message="2.0 s were not played.")], ["2.0 s were not played."]),
        (
            [
                events.SpeakerChanged("lost", "x", "Gone."),
                events.SpeakerChanged("dropped", message="2.0 s were not played."),
                events.SpeakerChanged("dropped", message="3.0 s were not played."),
                events.SpeakerChanged("back", "x"),
            ],
            ["3.0 s were not played."],
        ),
        ([events.EngineChanged("stt", "EngineStarted", "tiny", "Loaded.")], []),
        (
            [
                events.EngineChanged("stt", "EngineRestarted", "tiny", "Restarted."),
                events.EngineChanged("stt", "TierDemoted", "tiny", "Demoted."),
            ],
            ["Demoted."],
        ),
    ],
)
def test_messages(told_events, expected):
    assert [message.text for message in told(*told_events).all] == expected


def test_a_trouble_says_what_to_do():
    assert told(events.Trouble(FULL)).shown == (Message(FULL.code, "error", FULL.message, FULL.fix),)


def test_what_is_told_again_takes_its_old_place():
    again = StarlingError(FULL.code, "The disk is still full.")
    notices = told(events.Trouble(FULL), events.Notice("Other."), events.Trouble(again))
    assert [message.text for message in notices.all] == ["The disk is still full.", "Other."]


def test_the_newest_are_shown_and_the_others_come_when_there_is_room():
    notices = told(*(events.Notice(f"{number}") for number in range(MOST_SHOWN + 1)))
    assert [message.text for message in notices.shown] == ["1", "2", "3"]
    assert [message.text for message in notices.without(notices.shown[-1].code).shown] == ["0", "1", "2"]


@pytest.mark.parametrize(("kind", "weight"), [("Promoted", "info"), ("TierDemoted", "warning")])
def test_a_better_engine_is_no_warning(kind, weight):
    (message,) = told(events.EngineChanged("stt", kind, "xrt", "advanced · xrt took over.")).all
    assert (message.kind, message.text) == (weight, "advanced · xrt took over.")
