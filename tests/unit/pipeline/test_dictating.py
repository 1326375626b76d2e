"""Dictations on their way to where the cursor is, with a hand that only writes down what it is told."""

import os
import threading
from dataclasses import replace

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Elsewhere, Inserted
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.surroundings import Target
from starling.dictation.text.rules import Command, Shaped, Switches, TextRules
from starling.dictation.text.shape import shape
from starling.pipeline import events
from starling.pipeline.dictating import Dictating, begins, is_own
from starling.pipeline.dictation_text import DictationText
from starling.pipeline.inserting import wishes
from starling.settings.store import load

EDITOR, TERMINAL = Target("mousepad", "0x1"), Target("xterm", "0x2")
HEARD = events.Utterance(
    0.0, 1.0, "legacy", "m", 1.0, 1.0, 1.0,
    text="hello", verdict="not_addressed", mode="dictation", turn="t1", language="en",
)  # fmt: skip


class Desk:
    """Everything around a Dictating; ``done`` waits until what was said is dealt with."""

    def __init__(self):
        self.place, self.typed, self.undone, self.wishes = EDITOR, [], 0, []
        self.answers: list[Inserted | Exception] = []
        self.begun_before: list[tuple[str, int]] = []
        self.told, self.kept, self.shaped, self.closed = [], [], [], 0
        self.rules = TextRules()
        self.hurried = threading.Event()
        self.dictating = Dictating(self.shape, lambda: self, lambda: self.place, self, self.told.append)
        self.dictating.use(True, Wishes())

    def shape(self, raw, language, application, before):
        self.shaped.append((raw, application, before.text))
        return shape(raw, self.rules.for_application(application), before, language)

    def insert(self, text, place):
        assert place == self.place
        answer = self.answers.pop(0) if self.answers else Inserted("xtest", self.place, None)
        if isinstance(answer, Exception):
            raise answer
        if answer.way != "scratchpad":
            self.typed.append(text)
        return answer

    def undo(self):
        self.undone += 1
        return 5

    def use(self, wishes):
        self.wishes.append(wishes)

    def hurry(self):
        self.hurried.set()

    def close(self):
        self.closed += 1

    def begun(self, utterance):
        self.begun_before.append((utterance, len(self.typed)))

    def inserted(self, utterance, text, way, application):
        self.kept.append((utterance, text, way, application))

    def not_inserted(self, utterance, text, error):
        self.kept.append((utterance, text, error.code))

    def say(self, text, turn="t1", private=False):
        self.dictating.hear(replace(HEARD, text=text, turn=turn), private=private)
        self.done()

    def done(self):
        reached = threading.Event()
        self.dictating._tasks.put(reached.set)
        assert reached.wait(5)

    def codes(self):
        return [type(event).__name__ for event in self.told]


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.dictating.close()


def test_what_is_said_is_typed_and_kept(desk):
    desk.say("hello comma world")
    assert desk.typed == ["Hello, world"]
    assert desk.kept == [("t1", "Hello, world", "xtest", "mousepad")]
    told = desk.told[0]
    assert (told.turn, told.way, told.application, told.verified) == ("t1", "xtest", "mousepad", None)
    assert told.took_ms >= 0


def test_the_history_knows_that_a_text_is_on_its_way_before_it_is_typed(desk):
    desk.say("hello")
    desk.say("hello", "t2")
    assert desk.begun_before == [("t1", 0), ("t2", 1)]
    desk.place = replace(TERMINAL, pid=os.getpid())
    desk.say("hello", "t3")  # into Starling itself nothing is typed
    assert len(desk.begun_before) == 2


def test_where_it_would_go_is_told_when_somebody_begins(desk):
    desk.dictating.aim()
    desk.done()
    desk.place = replace(TERMINAL, pid=os.getpid())
    desk.dictating.aim()
    desk.done()
    desk.dictating.use(False, Wishes())
    desk.dictating.aim()
    desk.done()
    assert desk.told == [events.Aimed("mousepad", False), events.Aimed("xterm", True)]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (events.SpeechBegan(1.0), True),
        (events.Listening("dictation", "hold", False, held=True), True),
        (events.Listening("dictation", "hold", False), False),
        (events.SpeechEnded(), False),
    ],
)
def test_when_somebody_begins(event, expected):
    assert begins(event) is expected


def test_texts_go_on_from_what_was_typed_in_the_same_window(desk):
    desk.say("i went home")
    desk.say("and slept period")
    desk.say("then i woke")
    assert "".join(desk.typed) == "I went home and slept. Then i woke"
    assert [kept[1] for kept in desk.kept] == ["I went home", "and slept.", "Then i woke"]
    desk.place = TERMINAL
    desk.say("and slept")
    assert desk.typed[-1] == "And slept"
    desk.place = replace(TERMINAL, window="0x3")
    desk.say("and slept")
    assert desk.typed[-1] == "And slept"


def test_many_keep_their_order_and_nobody_waits(desk):
    free = threading.Event()
    desk.dictating._tasks.put(lambda: free.wait(5))
    for number in range(50):
        desk.dictating.hear(replace(HEARD, text=f"word{number}"), private=False)
    assert desk.typed == []
    free.set()
    desk.done()
    assert "".join(desk.typed).lower().split() == [f"word{number}" for number in range(50)]


def test_every_shaping_begins_with_what_was_recognised(desk):
    desk.say("hello comma world")
    desk.say("scratch that")
    desk.say("hello comma world")
    assert {raw for raw, _, _ in desk.shaped} == {"hello comma world", "scratch that"}
    assert desk.typed == ["Hello, world"] * 2


def test_a_text_follows_the_focus_as_the_window_there_wants_it(desk):
    desk.say("i went home")
    desk.answers = [Elsewhere(TERMINAL)]
    insert = desk.insert

    def moving(text, place):
        desk.place = place if place == TERMINAL else EDITOR
        return insert(text, place)

    desk.insert = moving
    desk.say("and slept", "t2")
    assert desk.typed[-1] == "And slept"  # it goes on from nothing there
    assert desk.kept[-1] == ("t2", "And slept", "xtest", "xterm")


@pytest.mark.parametrize("own", [True, False])
def test_it_follows_into_no_own_window_and_not_for_ever(desk, own):
    desk.insert = lambda text, place: Inserted("", place, None)
    desk.done()
    moves = [Elsewhere(Target("starling", "0x9"))] if own else [Elsewhere(TERMINAL)] * 9

    def moving(text, place):
        raise moves.pop(0)

    desk.insert = moving
    desk.say("hello")
    assert desk.codes() == ([] if own else ["NotInserted"])
    assert desk.kept == ([] if own else [("t1", "hello", "insert.focus_moved")])


def test_scratch_that_takes_the_last_one_back(desk):
    desk.say("first", "t1")
    desk.say("second", "t2")
    desk.say("scratch that", "t3")
    assert desk.undone == 1
    assert desk.kept[-1] == ("t2", "second", "insert.taken_back")
    assert desk.told[-1] == events.TakenBack("t2")
    desk.say("third", "t4")
    assert desk.typed[-1] == " third"  # after "First", as before


def test_scratch_that_again_takes_the_one_before_it_back(desk):
    for number, text in enumerate(("first", "second", "third")):
        desk.say(text, f"t{number}")
    desk.say("scratch that", "t3")
    desk.say("scratch that", "t4")
    assert [kept[0] for kept in desk.kept[-2:]] == ["t2", "t1"]
    desk.say("fourth")
    assert desk.typed[-1] == " fourth"  # after "First"
    for _ in range(2):
        desk.say("scratch that")
    desk.say("fifth")
    assert desk.typed[-1] == "Fifth"
    desk.say("scratch that")
    desk.say("scratch that")
    assert desk.told[-1].error.code == "insert.nothing_to_undo"


def test_scratch_that_twice_in_one_breath_takes_two_back(desk):
    desk.say("first", "t1")
    desk.say("second", "t2")
    desk.say("Scratch that. Scratch that.", "t3")
    assert (desk.undone, [kept[0] for kept in desk.kept[-2:]]) == (2, ["t2", "t1"])


def test_a_text_is_told_and_kept_when_nobody_can_say_what_has_the_focus(desk):
    desk.done()  # what is done before the first one
    desk.dictating._look = lambda: 1 / 0
    desk.say("hello")
    assert (desk.codes(), desk.kept) == (["NotInserted"], [("t1", "hello", "internal.bug")])


@pytest.mark.parametrize(
    ("place", "own"),
    [
        (Target("starling", "0x9", pid=os.getpid()), True),
        (Target("python3", "0x9", pid=os.getpid()), True),
        (Target("starling", "0x9", pid=os.getpid() + 1), False),  # somebody else's program of this name
        (Target("starling", "0x9"), True),
        (Target("gedit", "0x9"), False),
    ],
)
def test_own_windows_are_those_of_this_process(place, own):
    assert is_own(place) is own


def test_what_is_said_after_scratch_that_takes_its_place():
    shapes = {"first": Shaped("First"), "no second": Shaped("Second", (Command.UNDO,))}
    desk = Desk()
    desk.dictating._shape = lambda raw, language, application, before: shapes[raw]
    desk.say("first")
    desk.say("no second", "t2")
    assert (desk.undone, desk.typed) == (1, ["First", "Second"])
    desk.say("no second", "t3")
    desk.say("no second", "t4")
    assert desk.undone == 3
    desk.dictating.close()


def test_nothing_to_take_back_is_told_and_the_text_after_it_typed(desk):
    desk.dictating._shape = lambda raw, *rest: Shaped("Second", (Command.UNDO,))
    desk.say("no second")
    assert desk.told[0].error.code == "insert.nothing_to_undo"
    assert desk.typed == ["Second"]


def test_what_went_to_the_scratchpad_is_told_with_its_reason(desk):
    desk.say("first")
    desk.answers = [Inserted("scratchpad", EDITOR, None, "It is busy.", "Wait.")]
    desk.say("second", "t2")
    assert desk.told[-1] == events.NotInserted("t2", "insert.not_inserted", "It is busy.", "Wait.", True)
    assert desk.kept[-1] == ("t2", "second", "insert.not_inserted")
    desk.say("third", "t3")
    assert desk.typed[-1] == "Third"  # nobody knows what stands there now


@pytest.mark.parametrize(
    ("answer", "code", "scratchpad"),
    [
        (StarlingError("insert.excluded", "No.", "Type it."), "insert.excluded", True),
        (StarlingError("insert.password", "No.", "Type it."), "insert.password", False),
        (ValueError("what was said"), "internal.bug", False),
        (Inserted("xtest", EDITOR, False, "The focus moved.", ""), "insert.partly", True),
    ],
)
def test_what_goes_wrong_is_told_and_kept_and_the_next_is_typed(desk, answer, code, scratchpad):
    desk.answers = [answer]
    desk.say("first")
    told = desk.told[0]
    assert (told.code, told.scratchpad) == (code, scratchpad)
    assert "what was said" not in told.reason
    assert desk.kept == [("t1", "First", code)]
    desk.say("second", "t2")
    assert isinstance(desk.told[-1], events.Inserted)


def test_a_text_that_may_have_gone_elsewhere_is_not_gone_on_from(desk):
    desk.answers = [Inserted("xtest", EDITOR, False)]
    desk.say("first")
    assert desk.told[0].verified is False
    desk.say("scratch that")
    assert (desk.undone, desk.codes()) == (0, ["Inserted", "Trouble"])


@pytest.mark.parametrize("application", ["starling", "io.github.starling.Starling"])
def test_nothing_is_typed_into_starling_itself(desk, application):
    desk.say("first")
    desk.place = Target(application, "0x9")
    desk.say("second", "t2")
    desk.say("scratch that", "t3")
    assert (desk.typed, desk.undone, len(desk.kept)) == (["First"], 0, 1)


def test_in_private_mode_the_hand_writes_nothing_to_disk(desk):
    desk.say("first", private=True)
    desk.say("second", private=True)
    desk.say("third")
    assert [wish.private for wish in desk.wishes] == [False, True, False]


def test_a_profile_counts_in_its_application_and_its_enter_is_typed():
    desk = Desk()
    desk.dictating._shape = lambda raw, *rest: Shaped("ls", (Command.NEW_LINE,))
    desk.place = TERMINAL
    desk.say("list")
    assert desk.typed == ["ls\n"]
    assert desk.kept[0][1] == "ls"
    desk.dictating.close()


def test_the_application_decides_how_it_is_shaped(desk):
    desk.place = TERMINAL
    desk.say("hello")
    assert desk.shaped == [("hello", "xterm", "")]


def test_off_types_nothing_and_on_again_does(desk):
    desk.dictating.use(False, Wishes())
    desk.say("first")
    assert (desk.typed, desk.told) == ([], [])
    desk.dictating.use(True, Wishes(way="paste"))
    desk.say("second")
    assert desk.typed == ["Second"]
    assert desk.wishes[-1] == Wishes(way="paste")


def test_the_end_drops_what_waits_and_lets_go(desk):
    free = threading.Event()
    desk.dictating._tasks.put(lambda: free.wait(5))
    desk.dictating.hear(HEARD, private=False)
    threading.Timer(0.1, free.set).start()
    desk.dictating.close()
    assert (desk.typed, desk.closed) == ([], 1)
    desk.dictating.close()


def test_the_end_hurries_what_waits_for_an_application(desk):
    desk.done()
    waits = threading.Event()

    def waiting(text, place):
        waits.set()
        return Inserted("paste", place, None if desk.hurried.wait(5) else False)

    desk.insert = waiting
    desk.dictating.hear(HEARD, private=False)
    assert waits.wait(5)
    desk.dictating.close()
    assert (desk.codes(), desk.closed) == (["Inserted"], 1)
    assert desk.told[0].verified is None


HEARD_BY_TEXT = [
    ({}, True),
    ({"verdict": "paused"}, False),
    ({"verdict": "command"}, False),
    ({"verdict": "echo"}, False),
    ({"verdict": "stop"}, False),
    ({"mode": "assistant"}, False),
    ({"text": ""}, False),
    ({"text": "Thanks for watching!"}, False),
    ({"text": "Scratch that."}, True),
]


@pytest.mark.parametrize(("changes", "wanted"), HEARD_BY_TEXT)
def test_only_dictations_are_handed_on_as_they_were_recognised_after_they_were_told(changes, wanted):
    text, order = DictationText(lambda error: None), []
    text.dictating, text.switches = True, Switches()
    text.refresh()
    heard = replace(HEARD, **changes)
    emit = text.overhear(lambda event: order.append("told"), lambda turn, kept: None, order.append)
    emit(events.Heard(heard))
    assert order == (["told", heard] if wanted else ["told"])


def test_the_settings_are_read():
    settings = load()
    assert settings.get("dictation.insert") is True
    settings.use("insertion.excluded", "keepassxc")
    assert wishes(settings.get).excluded == frozenset({"keepassxc"})
