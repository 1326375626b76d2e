"""What the inserter decides, over ways that only remember."""

import threading

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Availability, Elsewhere, Partly
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.insertion.inserter import MOST_UNDONE, UNDO_PIECE, UNDO_S, Inserter
from starling.dictation.surroundings import Session, Target

SWAY = Session("wayland", "sway", wayland="w")
GEDIT = Target("gedit", "1", "gtk", False)


class Recorded:
    def __init__(self, name, fails=None, available=None, verified=None) -> None:
        self.name, self.fails, self.verified = name, fails, verified
        self.texts, self.undone, self.closed = [], [], False
        self._available = available or Availability(True)

    def available(self):
        return self._available

    def insert(self, text, target):
        if self.fails is not None:
            raise self.fails
        self.texts.append(text)
        return self.verified

    def undo(self, characters) -> None:
        self.undone.append(characters)

    def close(self) -> None:
        self.closed = True


def error(code="insert.tool"):
    return StarlingError(code, "It failed.", "Mend it.")


@pytest.fixture
def make(tmp_path):
    def made(*ways, target=GEDIT, wishes=None, looks=None, fronts=None, clock=lambda: 0.0, lock=False):
        shown = iter(looks) if looks else None
        seen = iter(fronts) if fronts else None
        return Inserter(
            tmp_path / "insertion",
            wishes or Wishes(),
            of=SWAY,
            ways={way.name: way for way in ways},
            look=lambda _: next(shown) if shown else target,
            front=lambda _: next(seen) if seen else target,
            is_locked=lambda: lock,
            clock=clock,
        )

    return made


def test_the_best_way_inserts(make) -> None:
    wtype, paste = Recorded("wtype"), Recorded("paste")
    done = make(wtype, paste).insert("hello")
    assert (done.way, done.target, done.verified, wtype.texts, paste.texts) == ("wtype", GEDIT, None, ["hello"], [])


def test_the_next_way_is_taken_and_the_failure_remembered(make) -> None:
    wtype, paste = Recorded("wtype", error()), Recorded("paste")
    inserter = make(wtype, paste)
    assert inserter.insert("one").way == "paste"
    (failure,) = inserter.memory.failures
    assert (failure.application, failure.way, failure.reason) == ("gedit", "wtype", "It failed.")
    wtype.fails = None
    assert inserter.insert("two").way == "paste"  # what failed comes last
    paste.fails = error()
    assert inserter.insert("three").way == "wtype"
    assert [f.way for f in inserter.memory.failures] == ["paste"]  # a success disproves


def test_what_is_not_there_is_no_failure(make) -> None:
    inserter = make(Recorded("wtype", available=Availability(False, "Not there.", "apt")), Recorded("paste"))
    assert inserter.insert("a").way == "paste"
    assert inserter.memory.failures == ()


def test_a_text_without_a_way_is_in_the_scratchpad_with_the_reason(make) -> None:
    inserter = make(Recorded("wtype", error()), Recorded("paste", available=Availability(False, "No clipboard.", "x")))
    done = inserter.insert("kept")
    assert (done.way, done.verified, done.reason, done.fix) == ("scratchpad", None, "It failed.", "Mend it.")
    page = inserter.scratchpad.read()
    assert (page.text, page.reason) == ("kept\n", "It failed.")


def test_the_reason_is_that_of_the_best_way_whichever_was_tried_first(make) -> None:
    paste = Recorded("paste", StarlingError("insert.tool", "wl-paste failed."))
    inserter = make(Recorded("wtype", error()), paste)
    assert inserter.insert("a").reason == "It failed."
    assert [failure.way for failure in inserter.memory.failures] == ["wtype", "paste"]
    inserter.memory.worked("gedit", "paste")
    assert inserter.insert("b").reason == "It failed."  # paste came first


def test_half_a_text_is_not_inserted_twice(make) -> None:
    wtype, paste = Recorded("wtype", Partly(error("insert.focus_moved"), "lf")), Recorded("paste")
    inserter = make(wtype, paste)
    done = inserter.insert("half")
    assert (done.way, done.verified, done.reason, paste.texts) == ("wtype", False, "It failed.", [])
    assert inserter.scratchpad.read().text == "half\n"
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


def test_a_focus_that_moves_stops_all_ways(make) -> None:
    paste = Recorded("paste")
    inserter = make(Recorded("wtype", error("insert.focus_moved")), paste)
    assert inserter.insert("a").way == "scratchpad"
    assert (paste.texts, inserter.memory.failures) == ([], ())


def test_a_focus_that_is_elsewhere_afterwards_is_told(make) -> None:
    inserter = make(Recorded("wtype"), fronts=[GEDIT, Target("other", "2")])
    assert inserter.insert("a").verified is False
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


@pytest.mark.parametrize(
    ("target", "wishes", "code", "kept"),
    [
        (Target("keepassxc", "1"), Wishes(excluded={"keepassxc"}), "insert.excluded", "secret\n"),
        (Target("gedit", "1"), Wishes(per_application={"gedit": "excluded"}), "insert.excluded", "secret\n"),
        # What was meant for a password field is kept nowhere.
        (Target("gedit", "1", "gtk", True), Wishes(), "insert.password", ""),
        (Target("", "", "gtk", True), Wishes("paste"), "insert.password", ""),
    ],
)
def test_what_is_excluded_is_not_typed_into(make, target, wishes, code, kept) -> None:
    ways = [Recorded(name) for name in ("wtype", "paste", "portal", "ydotool")]
    inserter = make(*ways, target=target, wishes=wishes)
    with pytest.raises(StarlingError) as caught:
        inserter.insert("secret")
    assert caught.value.code == code
    assert [way.texts for way in ways] == [[], [], [], []]
    assert inserter.scratchpad.read().text == kept


@pytest.mark.parametrize(("text", "characters"), [("hello", 5), ("👩\u200d👩\u200d👧 e\u0301", 3), ("a\r\nb", 3)])
def test_undo_takes_away_what_people_see(make, text, characters) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype, wishes=Wishes("wtype"))
    inserter.insert(text)
    assert inserter.undo() == characters
    assert wtype.undone == [characters]
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


@pytest.mark.parametrize("place", [Target("gedit", "2"), Target("other", "1"), Target()])
def test_undo_needs_the_same_focus(make, place) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype, looks=[GEDIT, place])
    inserter.insert("hello")
    with pytest.raises(StarlingError) as caught:
        inserter.undo()
    assert (caught.value.code, wtype.undone) == ("insert.undo_focus", [])


def test_what_comes_to_the_front_meanwhile_is_looked_at_before_anything_is_typed(make) -> None:
    wtype, safe = Recorded("wtype"), Target("keepassxc", "2")
    inserter = make(wtype, looks=[GEDIT, safe], fronts=[safe], wishes=Wishes(excluded={"keepassxc"}))
    with pytest.raises(StarlingError) as caught:
        inserter.insert("hello")
    assert (caught.value.code, wtype.texts) == ("insert.excluded", [])


def test_what_was_made_for_another_window_is_not_inserted(make) -> None:
    wtype, other = Recorded("wtype"), Target("other", "2")
    inserter = make(wtype, looks=[other], fronts=[other])
    with pytest.raises(Elsewhere) as caught:
        inserter.insert("hello", GEDIT)
    assert (caught.value.place, wtype.texts, inserter.scratchpad.read().text) == (other, [], "")


def test_nothing_is_typed_into_the_lock_of_the_screen(make) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype, lock=True)
    done = inserter.insert("hello")
    assert (done.way, done.reason, wtype.texts) == ("scratchpad", "The screen is locked.", [])
    assert inserter.scratchpad.read().text == "hello\n"


def test_one_look_is_enough(make) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype, looks=[])  # another look would end the test
    inserter._look = None
    assert inserter.insert("hello", GEDIT).target == GEDIT


def test_another_way_does_not_type_into_another_window(make) -> None:
    paste = Recorded("paste")
    inserter = make(Recorded("wtype", error()), paste, fronts=[GEDIT, Target("other", "2")])
    assert inserter.insert("a").way == "scratchpad"
    assert paste.texts == []


def test_windows_that_different_ones_tell_of_are_not_compared(make) -> None:
    wtype = Recorded("wtype")
    seen = Target("gedit", "atspi::1.7/org/a")
    assert make(wtype, target=seen, fronts=[Target("", "")] * 2).insert("a").verified is None
    assert make(wtype, target=seen, fronts=[GEDIT] * 2).insert("a").verified is None


def test_several_are_taken_back_one_after_the_other(make) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype)
    for text in ("a", "bc", "def"):
        inserter.insert(text)
    assert [inserter.undo(), inserter.undo(), inserter.undo()] == [3, 2, 1]
    assert wtype.undone == [3, 2, 1]
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


def test_only_the_last_ones_into_the_same_window_are_known(make) -> None:
    other, wtype = Target("other", "2"), Recorded("wtype")
    inserter = make(wtype, looks=[GEDIT, other, other, other, GEDIT], fronts=[GEDIT] * 2 + [other] * 5)
    inserter.insert("first")
    inserter.insert("second")
    assert inserter.undo() == 6
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


def test_what_is_remembered_of_insertions_is_bounded(make) -> None:
    inserter = make(Recorded("wtype"))
    for _ in range(3 * MOST_UNDONE):
        inserter.insert("a")
    for _ in range(MOST_UNDONE):
        inserter.undo()
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()


def test_what_was_inserted_long_ago_is_not_taken_back(make) -> None:
    wtype, now = Recorded("wtype"), [0.0]
    inserter = make(wtype, clock=lambda: now[0])
    inserter.insert("one")
    inserter.insert("two")
    now[0] = UNDO_S - 1
    assert inserter.undo() == 3
    now[0] = 2 * UNDO_S - 2  # counted from the undo
    assert inserter.undo() == 3
    inserter.insert("three")
    now[0] += UNDO_S + 1
    with pytest.raises(StarlingError) as caught:
        inserter.undo()
    assert (caught.value.code, wtype.undone) == ("insert.undo_late", [3, 3])


def test_backspaces_stop_where_the_focus_moves(make) -> None:
    wtype, other = Recorded("wtype"), Target("other", "2")
    inserter = make(wtype, fronts=[GEDIT, GEDIT, GEDIT, other])
    inserter.insert("x" * 3 * UNDO_PIECE)
    with pytest.raises(StarlingError) as caught:
        inserter.undo()
    assert (caught.value.code, wtype.undone) == ("insert.focus_moved", [UNDO_PIECE])
    with pytest.raises(StarlingError, match="no insertion"):
        inserter.undo()  # nobody knows what is left


def test_nothing_is_inserted_where_there_is_nothing(make) -> None:
    wtype = Recorded("wtype")
    assert make(wtype).insert("\x1b").way == ""
    assert wtype.texts == []


def test_private_leaves_nothing_on_disk(make, tmp_path) -> None:
    inserter = make(Recorded("wtype", error()), wishes=Wishes(private=True))
    assert inserter.insert("secret").way == "scratchpad"
    assert inserter.scratchpad.read().text == "secret\n"
    found = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()]
    assert found == []


def test_texts_of_several_threads_come_whole(make) -> None:
    wtype = Recorded("wtype")
    inserter = make(wtype)
    threads = [threading.Thread(target=inserter.insert, args=(f"text {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wtype.texts) == [f"text {n}" for n in range(8)]


def test_close_closes_all(make) -> None:
    ways = [Recorded("wtype"), Recorded("paste")]
    make(*ways).close()
    assert all(way.closed for way in ways)


def test_what_the_user_chooses_later_is_followed(tmp_path) -> None:
    inserter = Inserter(tmp_path / "insertion", of=SWAY)
    assert inserter.way("wtype").shift_newline is True
    inserter.use(Wishes(newline="enter", private=True))
    assert [inserter.way(name).shift_newline for name in ("xtest", "wtype", "portal", "ydotool")] == [False] * 4
    assert inserter.wishes.private
    inserter.close()
