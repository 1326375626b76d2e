from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.pipeline import events
from starling.ui.transcript import phrases
from starling.ui.transcript.reducer import Transcript, after
from starling.ui.transcript.turns import Problem, Recogniser, State, Who

ERROR = {"code": "engine.failed", "message": "It broke.", "fix": "Mend it."}
CPU = Placement("cpu", ("ctranslate2",))


def said(text="what time is it", verdict="answer", turn="t1", **more) -> events.Utterance:
    facts = dict(tier="legacy", model="tiny.en", audio_s=2.0, processing_s=0.2, confidence=0.9, placement=CPU, at=100.0)
    return events.Utterance(
        0.0, 2.0, endpoint_to_text_ms=84.0, speech_end_to_text_ms=684.0, text=text, verdict=verdict, turn=turn,
        **(facts | more),
    )  # fmt: skip


def spoken(text="It is ten.", **more) -> events.Reply:
    facts = dict(
        tier="cpu", voice="af_heart", placement=CPU, audio_s=1.0, synthesis_s=0.3, time_to_first_audio_ms=210.0
    )
    return events.Reply(text, **(facts | more))


def play(*told: events.Event, begin: Transcript | None = None) -> Transcript:
    transcript = begin or Transcript()
    for number, event in enumerate(told):
        transcript = after(transcript, event, 1000.0 + number)
    return transcript


def shown(transcript: Transcript) -> list[tuple[str, str, str]]:
    return [(row.who.value, row.state.value, row.text) for row in transcript.rows]


BEGAN, ENDED = events.SpeechBegan(0.0), events.SpeechEnded()
HEARD = events.Heard(said())
REPLIED = events.ReplyBegan("It is ten.", "t1")

GREW = [HEARD, events.ReplyBegan("It", "t1"), events.ReplyGrew("It is", "t1"), events.ReplyGrew("It is ten.", "t1")]

TABLE = {
    "a reply grows": (GREW, [("you", "done", "what time is it"), ("starling", "speaking", "It is ten.")]),
    "a reply that broke off keeps what came": (
        [*GREW, events.ReplyEnded(spoken("It is ten.", error=ERROR), "t1")],
        [("you", "done", "what time is it"), ("starling", "failed", "It is ten.")],
    ),
    "growth of nothing": ([events.ReplyGrew("It is", "t1")], []),
    "a confirmed turn has two replies": (
        [*GREW, events.ReplyEnded(spoken(), "t1"), events.ReplyBegan("Done.", "t1")],
        [("you", "done", "what time is it"), ("starling", "done", "It is ten."), ("starling", "speaking", "Done.")],
    ),
    "what is said of no turn": ([BEGAN, events.ReplayBegan("")], [("you", "hearing", "")]),
    "nothing": ([], []),
    "hearing": ([BEGAN], [("you", "hearing", "")]),
    "hearing with live text": ([BEGAN, events.Partial("what ti")], [("you", "hearing", "what ti")]),
    "live text of nobody": ([events.Partial("what")], []),
    "transcribing": ([BEGAN, events.Partial("what"), ENDED], [("you", "transcribing", "what")]),
    "late live text": ([BEGAN, ENDED, events.Partial("what time")], [("you", "transcribing", "what time")]),
    "ended without a beginning": ([ENDED], [("you", "transcribing", "")]),
    "dropped": ([BEGAN, events.SpeechDropped("click")], []),
    "dropped while held": ([BEGAN, events.SpeechDropped("click", held=True)], [("you", "nothing", "")]),
    "held and silent": ([events.SpeechDropped("silence", held=True)], [("you", "nothing", "")]),
    "silent twice": ([events.SpeechDropped("silence", held=True)] * 2, [("you", "nothing", "")]),
    "nothing goes when something comes": (
        [events.SpeechDropped("silence", held=True), BEGAN],
        [("you", "hearing", "")],
    ),
    "addressed": ([BEGAN, ENDED, HEARD], [("you", "answering", "what time is it")]),
    "overheard": (
        [BEGAN, ENDED, events.Heard(said(verdict="not_addressed"))],
        [("overheard", "done", "what time is it")],
    ),
    "dictated": (
        [BEGAN, ENDED, events.Heard(said(verdict="not_addressed", mode="dictation"))],
        [("you", "done", "what time is it")],
    ),
    "echo": ([BEGAN, ENDED, events.Heard(said(verdict="echo"))], []),
    "empty": ([BEGAN, ENDED, events.Heard(said("", "empty"))], []),
    "empty while held": ([BEGAN, ENDED, events.Heard(said("", "empty", held=True))], [("you", "nothing", "")]),
    "failed": ([BEGAN, ENDED, events.Heard(said("", "empty", error=ERROR))], [("you", "failed", "")]),
    "heard without a beginning": ([HEARD], [("you", "answering", "what time is it")]),
    "stop phrase": ([HEARD, events.Heard(said("stop", "stop", "t2"))],
                    [("you", "done", "what time is it"), ("you", "done", "stop")]),
    "two on their way, texts in order": (
        [BEGAN, ENDED, BEGAN, ENDED, HEARD],
        [("you", "answering", "what time is it"), ("you", "transcribing", "")],
    ),
    "typed": ([events.Asked("t1", "two plus two", 5.0)], [("typed", "answering", "two plus two")]),
    "typed while somebody speaks": (
        [BEGAN, events.Asked("t1", "two plus two", 5.0)],
        [("typed", "answering", "two plus two"), ("you", "hearing", "")],
    ),
    "speaking": ([HEARD, REPLIED], [("you", "done", "what time is it"), ("starling", "speaking", "It is ten.")]),
    "a reply that begins again with more": (
        [HEARD, events.ReplyBegan("It is", "t1"), REPLIED],
        [("you", "done", "what time is it"), ("starling", "speaking", "It is ten.")],
    ),
    "replied": (
        [HEARD, REPLIED, events.ReplyEnded(spoken(), "t1")],
        [("you", "done", "what time is it"), ("starling", "done", "It is ten.")],
    ),
    "stopped": (
        [HEARD, REPLIED, events.ReplyEnded(spoken(stopped=True), "t1")],
        [("you", "done", "what time is it"), ("starling", "stopped", "It is ten.")],
    ),
    "stopping drops what waits": (
        [HEARD, events.Heard(said("and here", turn="t2")), REPLIED, events.ReplyEnded(spoken(stopped=True), "t1")],
        [
            ("you", "done", "what time is it"),
            ("starling", "stopped", "It is ten."),
            ("you", "done", "and here"),
        ],
    ),
    "not spoken": (
        [HEARD, REPLIED, events.ReplyEnded(events.Reply("", error=ERROR), "t1")],
        [("you", "done", "what time is it"), ("starling", "failed", "It is ten.")],
    ),
    "no answer could be made": (
        [HEARD, events.ReplyEnded(events.Reply("", error=ERROR), "t1")],
        [("you", "done", "what time is it"), ("starling", "failed", "")],
    ),
    "nothing to say": ([HEARD, events.ReplyEnded(events.Reply(""), "t1")], [("you", "done", "what time is it")]),
    "answered while somebody speaks": (
        [HEARD, BEGAN, REPLIED],
        [("you", "done", "what time is it"), ("starling", "speaking", "It is ten."), ("you", "hearing", "")],
    ),
    "the same words twice are two replies": (
        [HEARD, REPLIED, events.ReplyEnded(spoken(), "t1"), REPLIED],
        [
            ("you", "done", "what time is it"),
            ("starling", "done", "It is ten."),
            ("starling", "speaking", "It is ten."),
        ],
    ),
    "the first waits, the second is answered": (
        [HEARD, events.Heard(said("and here", turn="t2")), events.ReplyBegan("Here.", "t2")],
        [("you", "done", "what time is it"), ("you", "done", "and here"), ("starling", "speaking", "Here.")],
    ),
    "timer": ([events.ReplyBegan("Tea is ready.")], [("timer", "speaking", "Tea is ready.")]),
    "timer over": (
        [events.ReplyBegan("Tea is ready."), events.ReplyEnded(spoken("Tea is ready."))],
        [("timer", "done", "Tea is ready.")],
    ),
    "timer twice": (
        [events.ReplyBegan("Tea."), events.ReplyEnded(spoken("Tea.")), events.ReplyBegan("Tea.")],
        [("timer", "done", "Tea."), ("timer", "speaking", "Tea.")],
    ),
    "deleted": (
        [HEARD, REPLIED, events.Asked("t2", "two", 5.0), events.TurnDeleted("t1")],
        [("typed", "answering", "two")],
    ),
    "cleared, but not what is being said": ([HEARD, BEGAN, events.TurnDeleted("")], [("you", "hearing", "")]),
    "recovered": ([events.Recovered("call home", 7.0, "legacy", "t0")], [("recovered", "done", "call home")]),
    "recovered goes where it belongs": (
        [HEARD, events.Recovered("call home", 7.0, "legacy", "t0")],
        [("recovered", "done", "call home"), ("you", "answering", "what time is it")],
    ),
    "muted while somebody speaks": ([BEGAN, events.Listening("assistant", "always", True)], []),
    "off while somebody speaks": ([BEGAN, events.Listening("off", "always", False)], []),
    "held while somebody speaks": (
        [BEGAN, events.Listening("assistant", "hold", False, True)],
        [("you", "hearing", "")],
    ),
    "ended": (
        [HEARD, BEGAN, REPLIED, events.Stopped(StarlingError("x.y", "It broke."))],
        [("you", "done", "what time is it"), ("starling", "stopped", "It is ten.")],
    ),
    "a notice is no turn": ([events.Notice("x"), events.Trouble(StarlingError("x.y", "z"))], []),
}  # fmt: skip


@pytest.mark.parametrize(("told", "expected"), TABLE.values(), ids=TABLE)
def test_rows(told, expected):
    assert shown(play(*told)) == expected


def test_a_row_keeps_its_key_from_the_first_sound_to_the_answer():
    transcript, keys = Transcript(), set()
    for event in (BEGAN, events.Partial("what"), ENDED, HEARD, REPLIED):
        transcript = after(transcript, event, 0.0)
        keys.add(transcript.rows[0].key)
    assert len(keys) == 1
    assert len({row.key for row in transcript.rows}) == 2


def test_figures_of_what_was_heard_and_said():
    you, starling = play(HEARD, REPLIED, events.ReplyEnded(spoken(), "t1")).rows
    assert (you.figures.tier, you.figures.model, you.figures.device) == ("legacy", "tiny.en", "cpu")
    assert (you.figures.rtf, you.figures.text_ms, you.figures.confidence) == (0.1, 84.0, 0.9)
    assert (starling.figures.voice, starling.figures.rtf, starling.figures.first_sound_ms) == ("af_heart", 0.3, 210.0)
    assert (you.at, starling.at) == (100.0, 1001.0)


def test_what_was_not_recognised_has_no_figures():
    (row,) = play(events.Heard(said("", "empty", error=ERROR, processing_s=None, placement=Placement()))).rows
    assert (row.figures.rtf, row.figures.text_ms, row.figures.device) == (None, None, "")
    assert row.problem == Problem("It broke.", "Mend it.")


def test_replay():
    playing = play(HEARD, events.ReplayBegan("t1"))
    assert playing.rows[0].replaying
    assert not play(events.ReplayEnded("t1"), begin=playing).rows[0].replaying
    failed = play(events.ReplayEnded("t1", ERROR), begin=playing).rows[0]
    assert (failed.replaying, failed.problem) == (False, Problem("It broke.", "Mend it."))
    assert play(events.ReplayBegan("t1"), begin=Transcript((failed,))).rows[0].problem is None


def test_a_reply_that_is_spoken_again_is_marked_and_not_what_it_answers():
    told = [events.Heard(said(replayable=True)), REPLIED, events.ReplyEnded(spoken(), "t1")]
    speaking = play(*told, events.ReplayBegan("t1", of_reply=True))
    assert [row.replaying for row in speaking.rows] == [False, True]
    ended = play(events.ReplayEnded("t1", of_reply=True), begin=speaking)
    assert [row.replaying for row in ended.rows] == [False, False]
    failed = play(events.ReplayEnded("t1", ERROR, of_reply=True), begin=speaking)
    assert [row.problem for row in failed.rows] == [None, Problem("It broke.", "Mend it.")]


def test_of_several_replies_the_last_is_the_one_that_is_spoken_again():
    told = [HEARD, REPLIED, events.ReplyEnded(spoken(), "t1"), events.ReplyBegan("Done.", "t1")]
    told.append(events.ReplyEnded(spoken("Done."), "t1"))
    rows = play(*told, events.ReplayBegan("t1", of_reply=True)).rows
    assert [row.replaying for row in rows] == [False, False, True]


def test_an_older_reply_that_is_spoken_again_is_marked_itself():
    told = [REPLIED, events.ReplyEnded(spoken(), "t1"), events.ReplyBegan("Done.", "t1")]
    told.append(events.ReplyEnded(spoken("Done."), "t1"))
    older, newer = play(*told).rows
    speaking = play(*told, events.ReplayBegan("t1", of_reply=True, text=older.text))
    assert [row.replaying for row in speaking.rows] == [True, False]
    ended = play(*told, events.ReplayBegan("t1", True, older.text), events.ReplayEnded("t1", ERROR, of_reply=True))
    assert [(row.replaying, row.problem is not None) for row in ended.rows] == [(False, True), (False, False)]
    assert newer.text == "Done."


@pytest.mark.parametrize("of_reply", [False, True])
def test_a_sound_of_no_turn_touches_no_row(of_reply):
    """The rows without a turn: somebody speaks, nothing was heard, a timer has rung."""
    timer = [events.ReplyBegan("Tea."), events.ReplyEnded(spoken("Tea."))]
    begin = play(HEARD, *timer, events.SpeechDropped("silence", held=True))
    told = [events.ReplayBegan("", of_reply), events.ReplayEnded("", ERROR, of_reply)]
    assert play(*told, begin=begin).rows == begin.rows


def test_a_recording_that_is_gone_cannot_be_played():
    told = [events.Heard(said(replayable=True)), events.Heard(said("and here", turn="t2", replayable=True))]
    rows = play(*told, events.RecordingsGone(("t1", "t9"))).rows
    assert [(row.replayable, row.can_retry) for row in rows] == [(False, False), (True, True)]


def test_recordings_in_the_history_stay():
    told = events.PastTurns((past(replayable=True, replies=(("ten", "cpu", "af_heart"),)),))
    rows = play(told, events.RecordingsGone(("p1",))).rows
    assert [row.replayable for row in rows] == [True, False]


def test_a_retry_is_by_what_did_it_not_by_what_was_asked_for():
    done = events.Retried("t1", said("What time is it?", tier="demo", model=""))
    row = play(events.Heard(said(replayable=True)), events.RetryBegan("t1", "base.en"), done).rows[0]
    assert row.retried == Recogniser("demo", "")


def test_a_retry_that_hears_nothing_keeps_text_and_figures():
    before = play(events.Heard(said(replayable=True)))
    row = play(
        events.RetryBegan("t1", "base.en"), events.Retried("t1", said("", model="base.en", processing_s=0.9)),
        begin=before,
    ).rows[0]  # fmt: skip
    assert (row.text, row.before, row.figures) == ("what time is it", "", before.rows[0].figures)
    assert (row.silent, row.retried, row.retrying) == (True, Recogniser("legacy", "base.en"), "")
    better = play(events.Retried("t1", said("What time is it?")), begin=Transcript((row,))).rows[0]
    assert (better.silent, better.text, better.before) == (False, "What time is it?", "what time is it")


def test_a_retry_that_breaks_keeps_text_and_figures():
    before = play(events.Heard(said(replayable=True)))
    (row,) = play(events.Retried("t1", said("", error=ERROR)), begin=before).rows
    assert (row.text, row.figures, row.retried) == ("what time is it", before.rows[0].figures, None)
    assert row.problem == Problem("It broke.", "Mend it.")


def test_retry():
    trying = play(events.Heard(said(replayable=True)), REPLIED, events.RetryBegan("t1", "base.en"))
    assert (trying.rows[0].retrying, trying.rows[0].can_retry) == ("base.en", False)
    better = play(events.Retried("t1", said("What time is it?", model="base.en")), begin=trying)
    row = better.rows[0]
    assert (row.text, row.before, row.retrying, row.silent) == ("What time is it?", "what time is it", "", False)
    assert row.retried == Recogniser("legacy", "base.en")
    assert row.figures.model == "base.en"
    assert better.rows[1].text == "It is ten."


def test_a_failed_retry_keeps_the_text():
    row = play(HEARD, events.RetryBegan("t1", "base.en"), events.Retried("t1", error=ERROR)).rows[0]
    assert (row.text, row.retrying, row.problem) == ("what time is it", "", Problem("It broke.", "Mend it."))


def test_a_retry_mends_a_failed_turn():
    failed = events.Heard(said("", "empty", error=ERROR, replayable=True))
    row = play(failed, events.RetryBegan("t1", "base.en"), events.Retried("t1", said("hello"))).rows[0]
    assert (row.state, row.text, row.problem) == (State.DONE, "hello", None)


def past(turn="p1", at=50.0, mode="assistant", **more) -> events.PastTurn:
    facts = dict(text="old", tier="legacy", model="tiny.en", audio_s=2.0, processing_s=0.5, placement=CPU)
    return events.PastTurn(turn, at, mode, **(dict(facts, replayable=False) | more))


@pytest.mark.parametrize(
    ("turn", "who", "state"),
    [
        (past(), Who.OVERHEARD, State.DONE),
        (past(replies=(("ten", "cpu", "af_heart"),)), Who.YOU, State.DONE),
        (past(mode="dictation"), Who.YOU, State.DONE),
        (past(audio_s=0.0, processing_s=None, tier=""), Who.TYPED, State.DONE),
        (past(error_code="engine.failed", text=""), Who.YOU, State.FAILED),
    ],
)
def test_past_turns(turn, who, state):
    row = play(events.PastTurns((turn,))).rows[0]
    assert (row.who, row.state, row.at, row.turn) == (who, state, 50.0, "p1")


def test_past_turns_come_first_and_once():
    reply = ("ten", "cpu", "af_heart")
    told = events.PastTurns((past(replies=(reply, reply)), past("p2", 60.0, "dictation", text="later")))
    transcript = play(HEARD, told, told)
    assert [row.text for row in transcript.rows] == ["old", "ten", "ten", "later", "what time is it"]
    assert len({row.key for row in transcript.rows}) == 5
    assert transcript.rows[0].figures.rtf == 0.25
    assert transcript.rows[1].figures.voice == "af_heart"


def test_what_was_recovered_replaces_its_row():
    told = events.PastTurns((past(error_code="engine.failed", text=""),))
    (row,) = play(told, events.Recovered("call home", 50.0, "legacy", "p1")).rows
    assert (row.who, row.state, row.text) == (Who.RECOVERED, State.DONE, "call home")


def test_what_can_be_done_with_a_row():
    you, starling = play(events.Heard(said(replayable=True)), REPLIED, events.ReplyEnded(spoken(), "t1")).rows
    assert (you.can_retry, you.can_say_again, you.settled) == (True, False, True)
    assert (starling.can_retry, starling.can_say_again, starling.settled) == (False, True, True)
    assert not replace(you, state=State.HEARING).settled
    assert not play(REPLIED).rows[0].can_say_again


def test_past_turns_go_between_rows_that_are_in_no_order_of_time():
    begin = play(events.Asked("t1", "late", 200.0), events.Asked("t2", "early", 50.0))
    assert [row.text for row in play(events.PastTurns((past(at=100.0),)), begin=begin).rows] == ["old", "late", "early"]


def test_past_turns_do_not_come_between_a_question_and_its_reply():
    begin = play(events.Asked("t1", "ten?", 50.0), events.ReplyBegan("Ten.", "t1"))  # at 1001
    assert [row.text for row in play(events.PastTurns((past(at=100.0),)), begin=begin).rows] == ["ten?", "Ten.", "old"]


TIMES = st.floats(0.0, 300.0)
NAMES = st.sampled_from(["a", "a-0", "b", "row-1", "past-a"])
REPLIES = st.lists(st.just(("ten", "cpu", "af_heart")), max_size=2).map(tuple)
PASTS = st.builds(lambda turn, at, replies: past(turn, at, replies=replies), NAMES, TIMES, REPLIES)
EVENTS = st.one_of(
    st.builds(events.Asked, NAMES, st.text(max_size=3), TIMES),
    st.builds(lambda turn: events.ReplyBegan("ten", turn), NAMES),
    st.builds(lambda at, turn: events.Recovered("home", at, "legacy", turn), TIMES, st.one_of(NAMES, st.just(""))),
    st.just(BEGAN),
    st.lists(PASTS, max_size=4).map(lambda turns: events.PastTurns(tuple(turns))),
)


@given(st.lists(EVENTS, max_size=12), st.lists(PASTS, max_size=5))
def test_past_turns_lose_no_row_and_no_key_is_used_twice(told, turns):
    before = play(*told)
    rows = play(events.PastTurns(tuple(turns)), begin=before).rows
    assert [row for row in rows if row in before.rows] == list(before.rows)
    assert len({row.key for row in rows}) == len(rows)
    assert {row.turn for row in rows} == {row.turn for row in before.rows} | {turn.turn for turn in turns}


@given(st.lists(TIMES, max_size=6), st.lists(TIMES, max_size=6))
def test_rows_in_order_of_time_stay_in_order(asked, old):
    begin = play(*(events.Asked(f"t{number}", "x", at) for number, at in enumerate(sorted(asked))))
    told = events.PastTurns(tuple(past(f"p{number}", at) for number, at in enumerate(old)))
    times = [row.at for row in play(told, begin=begin).rows]
    assert times == sorted([*asked, *old])


DICTATED = events.Heard(said("Hello", "not_addressed", mode="dictation"))
TYPED = events.Inserted("t1", "xtest", "mousepad")


@pytest.mark.parametrize(
    ("told", "line", "problem"),
    [
        ([TYPED], "Typed into mousepad", ""),
        ([events.Inserted("t1", "wtype")], "Typed", ""),
        ([events.Inserted("t1", "paste", "xterm")], "Pasted into xterm", ""),
        ([events.Inserted("t1", "paste")], "Pasted", ""),
        ([events.Inserted("t1", "xtest", "xterm", False)], "Typed while another window came to the front", ""),
        ([TYPED, events.TakenBack("t1")], "Taken back", ""),
        ([events.TakenBack("t1")], "", ""),
        ([events.Inserted("t2", "xtest", "mousepad")], "", ""),
        (
            [events.NotInserted("t1", "insert.not_inserted", "It is busy.", "Wait.", True)],
            "",
            "Not typed: It is busy. The text is in the scratchpad. Wait.",
        ),
        ([events.NotInserted("t1", "insert.excluded", "No.")], "", "Not typed: No."),
        ([events.NotInserted("t1", "x", "No."), TYPED], "Typed into mousepad", ""),
    ],
)
def test_a_dictation_says_where_it_went_or_why_not(told, line, problem):
    row = play(DICTATED, *told).rows[0]
    assert (phrases.inserted_line(row), phrases.problem_line(row)) == (line, problem)
    assert row.state is State.DONE


def test_a_command_without_a_text_is_no_row():
    spoken = said("", "not_addressed", mode="dictation", held=True, commands=("undo",))
    assert play(BEGAN, ENDED, events.Heard(spoken)).rows == ()
