import pytest

from starling.npu.power.modes import Mode
from starling.npu.power.rules import Memory, Occasion, Why, Wishes, chosen, decide

DEFAULT, SAVER, BALANCED, PERFORMANCE, TURBO = Mode
ON = Wishes(automatic=True)
BEGIN, SOURCE, RESUME, END = Occasion

TABLE = [
    # wishes, memory, occasion, mains, now -> set, may ask, why
    ("off does nothing", Wishes(), Memory(), BEGIN, True, DEFAULT, None, False, Why.OFF),
    ("off, unplugged", Wishes(), Memory(), SOURCE, False, TURBO, None, False, Why.OFF),
    ("mains at the start", ON, Memory(), BEGIN, True, DEFAULT, TURBO, True, None),
    ("battery at the start", ON, Memory(), BEGIN, False, DEFAULT, BALANCED, True, None),
    ("right already", ON, Memory(), BEGIN, True, TURBO, None, False, Why.RIGHT),
    ("source unknown", ON, Memory(), BEGIN, None, DEFAULT, None, False, Why.SOURCE_UNKNOWN),
    ("mode unknown", ON, Memory(), BEGIN, True, None, None, False, Why.MODE_UNKNOWN),
    ("unplugged", ON, Memory(DEFAULT, TURBO), SOURCE, False, TURBO, BALANCED, True, None),
    ("unplugged, asked before", ON, Memory(DEFAULT, TURBO, asked=True), SOURCE, False, TURBO, BALANCED, False, None),
    ("somebody else's mode", ON, Memory(DEFAULT, TURBO), SOURCE, False, SAVER, None, False, Why.YIELDED),
    ("somebody else's, though it is the wanted one", ON, Memory(DEFAULT, TURBO), SOURCE, False, BALANCED, None, False,
     Why.YIELDED),
    ("default is somebody's while awake", ON, Memory(DEFAULT, TURBO), SOURCE, True, DEFAULT, None, False, Why.YIELDED),
    ("still yielded", ON, Memory(DEFAULT, TURBO, yielded=True), SOURCE, True, TURBO, None, False, Why.YIELDED),
    ("begins anew after it yielded", ON, Memory(DEFAULT, TURBO, yielded=True), BEGIN, True, SAVER, TURBO, True, None),
    ("awake, forgotten", ON, Memory(DEFAULT, TURBO), RESUME, True, DEFAULT, TURBO, True, None),
    ("awake, kept", ON, Memory(DEFAULT, TURBO), RESUME, True, TURBO, None, False, Why.RIGHT),
    ("awake, somebody else's", ON, Memory(DEFAULT, TURBO), RESUME, True, SAVER, None, False, Why.YIELDED),
    ("awake on battery", ON, Memory(DEFAULT, TURBO), RESUME, False, TURBO, BALANCED, True, None),
    ("chosen by hand", ON, Memory(chosen=True), RESUME, True, SAVER, None, False, Why.CHOSEN),
    ("chosen by hand, then unplugged", ON, Memory(chosen=True), SOURCE, False, SAVER, BALANCED, True, None),
    ("refused", ON, Memory(refused=True, asked=True), SOURCE, False, DEFAULT, None, False, Why.REFUSED),
    ("refused, also when it begins anew", ON, Memory(refused=True), BEGIN, True, DEFAULT, None, False, Why.REFUSED),
    ("the end restores", ON, Memory(DEFAULT, TURBO), END, True, TURBO, DEFAULT, False, None),
    ("the end, nothing done", ON, Memory(), END, True, TURBO, None, False, Why.OFF),
    ("the end, nothing was changed", ON, Memory(None, TURBO), END, True, TURBO, None, False, Why.OFF),
    ("the end, not wished", Wishes(True, restore=False), Memory(DEFAULT, TURBO), END, True, TURBO, None, False,
     Why.OFF),
    ("the end, somebody else's", ON, Memory(DEFAULT, TURBO), END, True, SAVER, None, False, Why.YIELDED),
    ("the end, yielded", ON, Memory(DEFAULT, TURBO, yielded=True), END, True, TURBO, None, False, Why.YIELDED),
    ("the end, unknown", ON, Memory(DEFAULT, TURBO), END, True, None, None, False, Why.MODE_UNKNOWN),
    ("the end, as at first", ON, Memory(TURBO, TURBO), END, True, TURBO, None, False, Why.RIGHT),
    ("switched off", Wishes(), Memory(DEFAULT, TURBO), END, True, TURBO, DEFAULT, False, None),
    ("other modes", Wishes(True, PERFORMANCE, SAVER), Memory(), BEGIN, False, DEFAULT, SAVER, True, None),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_what_is_done(row):
    _, wishes, memory, occasion, mains, now, mode, may_ask, why = row
    decision = decide(wishes, memory, occasion, mains, now)
    assert (decision.mode, decision.may_ask, decision.why) == (mode, may_ask, why)


def play(*steps, wishes=ON):
    """Occasions in order, as (occasion, mains, what the mode is by then or None for unchanged); what was set."""
    memory, now, done = Memory(), DEFAULT, []
    for occasion, mains, other in steps:
        now = other or now
        decision = decide(wishes, memory, occasion, mains, now)
        memory = decision.memory
        if decision.mode is not None:
            now = decision.mode
            done.append(now)
    return done


def test_a_day():
    assert play((BEGIN, True, None), (SOURCE, False, None), (RESUME, False, DEFAULT), (SOURCE, True, None),
                (END, True, None)) == [TURBO, BALANCED, BALANCED, TURBO, DEFAULT]  # fmt: skip


def test_a_day_with_another_program():
    done = play((BEGIN, True, None), (SOURCE, False, PERFORMANCE), (SOURCE, True, None), (SOURCE, False, TURBO),
                (RESUME, True, DEFAULT), (END, True, None))  # fmt: skip
    assert done == [TURBO]


def test_it_was_turbo_all_along():
    assert play((BEGIN, True, TURBO), (SOURCE, False, None), (END, False, None)) == [BALANCED, TURBO]


def test_begun_anew_after_another_program_its_mode_comes_back():
    assert play((BEGIN, True, None), (SOURCE, False, SAVER), (BEGIN, True, None), (END, True, None)) == [
        TURBO, TURBO, SAVER,
    ]  # fmt: skip
    assert play((BEGIN, True, None), (BEGIN, False, None), (END, False, None)) == [TURBO, BALANCED, DEFAULT]


def test_the_users_hand_is_not_undone_at_the_end():
    memory = chosen(Memory(DEFAULT, TURBO, asked=True))
    assert memory == Memory(asked=True, chosen=True)
    assert decide(ON, memory, END, True, SAVER).mode is None
