"""What is listed, what is known and what is said, by tables."""

import pytest

from starling.locate import shipped
from starling.pipeline import events
from starling.speech.tts import espeak, kokoro
from starling.speech.tts.scripts import foreign
from starling.speech.tts.voices import kokoro_voices
from starling.ui.voices import memory, presenter, rows, sentences, state, words
from starling.ui.voices.pacing import Pacing
from starling.ui.voices.presenter import InUse, Look, Wish
from starling.ui.voices.rows import Filter, Heading, Marks, Row
from starling.ui.voices.state import DEFAULT_VOICES, Figures, State, Told, after
from tests.ui.voices.conftest import ADAM, BOTH, CPU, DEMO_ONLY, EMMA, ESPEAK, HEART, KOKORO, NEZUMI

ASKED = events.Preview("Hello.", "af_heart", "cpu")
ENDED = events.PreviewEnded(
    ASKED, "cpu", "af_heart", audio_s=2.0, synthesis_s=0.5, waited_ms=20.0, time_to_first_audio_ms=90.0
)
FAILED = {"code": "a.b", "message": "It failed.", "fix": "Mend it."}
IN_USE = InUse("cpu", "af_heart", 1.0, 1.0)


def listed(voices, wanted=Filter(), favourites=()):  # noqa: B008 - it cannot be changed
    lines = rows.lines(voices, wanted, Marks(favourites), lambda key: key.upper(), "LOVED")
    return [f"{line.text} {line.count}" if isinstance(line, Heading) else line.voice.id for line in lines]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            Filter(),
            "EN-GB 2, bf_emma, bm_george, EN-US 2, af_heart, am_adam, FR-FR 2, ff_siwis, fm_pierre, "
            "JA 2, jf_nezumi, jm_kumo",
        ),
        (Filter(words="british"), "EN-GB 2, bf_emma, bm_george"),
        (Filter(words="male"), "EN-GB 1, bm_george, EN-US 1, am_adam, FR-FR 1, fm_pierre, JA 1, jm_kumo"),
        (Filter(words="  EN  fem"), "EN-GB 1, bf_emma, EN-US 1, af_heart, FR-FR 1, ff_siwis"),
        (Filter(language="fr-fr"), "FR-FR 2, ff_siwis, fm_pierre"),
        (Filter(gender="female", language="en-us"), "EN-US 1, af_heart"),
        (Filter(words="nobody"), ""),
        (Filter(favourites=True), ""),
    ],
)
def test_what_is_listed(wanted, expected):
    assert ", ".join(listed(KOKORO, wanted)) == expected


def test_favourites_come_first_and_once():
    found = listed(KOKORO, Filter(language="en-us"), ("am_adam", "bf_emma"))
    assert found == ["LOVED 1", "am_adam", "EN-US 1", "af_heart"]
    assert listed(KOKORO, Filter(favourites=True), ("am_adam", "bf_emma", "gone")) == ["LOVED 2", "am_adam", "bf_emma"]


def test_lonely_regions_share_a_heading():
    assert listed(ESPEAK) == ["DE 1", "de", "EN 2", "en-us", "en-gb", "RU 1", "ru"]
    assert listed(ESPEAK, Filter(language="en")) == ["EN 2", "en-us", "en-gb"]


def test_the_54_voices_are_below_nine_languages():
    voices = [events.VoiceShown(v.id, v.language, v.language_name) for v in kokoro_voices().voices.values()]
    lines = rows.lines(voices, Filter(), Marks(), str, "")
    assert [isinstance(line, Heading) for line in lines].count(True) == 9
    assert sum(line.count for line in lines if isinstance(line, Heading)) == 54


def test_a_voice_in_words():
    row = Row(EMMA, favourite=True, in_use=True, playing=True)
    assert words.spoken(row) == "bf_emma, female, grade B-, favourite, in use, playing"
    assert words.details(row) == ["playing", "in use", "female", "B-"]
    assert words.about(row) == "English, United Kingdom, female, grade B-"
    assert words.spoken(Row(ESPEAK[1], named=True)) == "English (America), en-us"
    assert words.spoken(Row(NEZUMI)) == "jf_nezumi, female, grade C-, not usable"
    assert words.spoken(Heading("fr", "French", 3)) == "French, 3 voices"


def known(*told):
    found = State()
    for event in told:
        found = after(found, event)
    return found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], {"now": None, "speaking": False, "tiers": None}),
        ([BOTH], {"tiers": BOTH.tiers, "favourites": ()}),
        ([BOTH, events.FavouritesChanged(("a",))], {"favourites": ("a",)}),
        ([events.PreviewLoading(ASKED)], {"now": ASKED, "speaking": False}),
        ([events.PreviewLoading(ASKED), events.PreviewBegan(ASKED, "cpu", "x")], {"now": ASKED, "speaking": True}),
        ([events.PreviewBegan(ASKED, "cpu", "x")], {"speaking": False}),
        ([events.PreviewLoading(ASKED), ENDED], {"now": None, "waited_ms": 20.0}),
        ([events.PreviewLoading(events.Preview("Other.")), ENDED], {"now": events.Preview("Other.")}),
        ([ENDED], {"figures": {"cpu": Figures(0.25, 90.0)}}),
        ([ENDED, events.PreviewEnded(ASKED, stopped=True)], {"figures": {"cpu": Figures(0.25, 90.0)}}),
        (
            [events.ReplyEnded(events.Reply("Ten.", "demo", audio_s=1.0, synthesis_s=0.1))],
            {"figures": {"demo": Figures(0.1, None)}},
        ),
        ([events.PreviewEnded(ASKED, error=FAILED)], {"told": Told("failed", "It failed. Mend it.")}),
        ([events.PreviewExported("/a.wav", 2.0)], {"told": Told("saved", "/a.wav")}),
        ([events.PreviewExported("/a.wav", error=FAILED)], {"told": Told("failed", "It failed. Mend it.")}),
        ([events.PreviewExported("/a.wav", 2.0), events.PreviewLoading(ASKED)], {"told": None}),
        ([events.PreviewLoading(ASKED), events.Stopped()], {"now": None}),
    ],
)
def test_what_is_known(told, expected):
    found = known(*told)
    assert {name: getattr(found, name) for name in expected} == expected


def test_an_event_about_something_else_changes_nothing():
    before = known(BOTH)
    assert after(before, events.SpeechEnded()) is before
    assert after(before, events.PreviewProgress((), 0.0)) is before


def test_the_tier_in_use():
    assert (known(BOTH).in_use, known(DEMO_ONLY).in_use, State().in_use) == ("cpu", "demo", "")
    assert known(BOTH).tier("cpu") is CPU
    assert known(BOTH).tier("x") is None


def look(row=Row(HEART), told=(), now=IN_USE, exporting=False, available=True, tier="cpu", **asked):  # noqa: B008
    preview = events.Preview(**{"text": "Hello.", "voice": row.voice.id if row else "", "tier": tier, **asked})
    return presenter.look(Wish(row, tier, available, preview), known(BOTH, *told), now, exporting)


HINT = "In the list, Space or Enter plays a voice, F marks a favourite, U uses it."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"can_play": True, "can_use": False, "in_use": True, "can_export": True, "note": HINT}),
        ({"speed": 1.5}, {"can_use": True, "in_use": False}),
        ({"volume": 0.5}, {"can_use": True}),
        ({"seed": 7}, {"can_use": False, "in_use": True}),
        ({"row": Row(ADAM)}, {"can_use": True, "title": "am_adam"}),
        ({"text": " "}, {"can_play": False, "can_export": False, "note": "Write a sentence to let the voice say it."}),
        (
            {"row": Row(NEZUMI)},
            {"can_play": False, "can_use": False, "note": NEZUMI.note, "tone": "warning", "can_export": False},
        ),
        ({"available": False}, {"can_play": False, "can_use": False, "in_use": False, "missing": True}),
        ({"told": [events.PreviewLoading(ASKED)]}, {"playing": True, "note": "The voice is being made ready."}),
        (
            {"told": [events.PreviewLoading(ASKED), events.PreviewBegan(ASKED, "cpu", "x")]},
            {"playing": True, "note": HINT},
        ),
        ({"told": [ENDED]}, {"figures": "RTF: 0.25. First sound: 90 ms.", "playing": False}),
        ({}, {"figures": "RTF: not measured yet. First sound: not measured yet."}),
        ({"told": [events.PreviewEnded(ASKED, error=FAILED)]}, {"note": "It failed. Mend it.", "tone": "danger"}),
        ({"told": [events.PreviewExported("/a.wav", 1.0)]}, {"note": "Saved as /a.wav", "tone": "success"}),
        ({"exporting": True}, {"can_export": False, "note": "The file is being made."}),
        (
            {"text": "Привет and שלום."},
            {
                "note": "This voice does not read Cyrillic, Hebrew letters: it spells them out or skips them.",
                "tone": "warning",
            },
        ),
        (
            {"row": Row(ESPEAK[0], named=True), "tier": "demo"},
            {"note": "Using this voice changes the voice engine to eSpeak.", "title": "German"},
        ),
        ({"row": None}, {"title": "", "can_play": False, "note": "No voice is chosen."}),
    ],
)
def test_the_card(more, expected):
    found = look(**more)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_long_wait_is_told():
    slow = events.PreviewEnded(ASKED, "cpu", "x", waited_ms=1500.0)
    assert look(told=[slow]).note == "Before the last preview, its engine was made ready in 1.5 s."


def test_until_voices_are_known_it_says_so():
    found = presenter.look(Wish(None, "", False, events.Preview("")), State(), IN_USE, False)
    assert found == Look(note="The voices are being looked for.")


def test_the_default_voices_are_the_engines():
    assert {
        "npu": kokoro.DEFAULT_VOICE,
        "cpu": kokoro.DEFAULT_VOICE,
        "demo": espeak.DEFAULT_VOICE,
    } == DEFAULT_VOICES


def test_what_earlier_runs_measured_is_shown_until_something_newer_is():
    tiers = (events.VoiceTier("cpu", True, rtf=0.3, first_sound_ms=200.0), events.VoiceTier("demo", True))
    seen = after(State(), events.VoiceCatalogue(tiers))
    assert seen.figures == {"cpu": Figures(0.3, 200.0)}
    spoken = after(seen, events.ReplyEnded(events.Reply("x", "cpu", synthesis_s=1.0, audio_s=2.0)))
    assert after(spoken, events.VoiceCatalogue(tiers)).figures == {"cpu": Figures(0.5, 200.0)}


def test_every_sentence_is_one_its_language_can_read():
    texts, _ = sentences._data()
    assert {code: foreign(text, code) for code, text in texts.items() if foreign(text, code)} == {}


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("en-us", "Good morning"), ("EN", "Good morning"), ("fr-fr", "Bonjour"), ("pt-br", "Bom dia. Como você"),
        ("pt", "Bom dia. Como está"), ("cmn", "早上好"), ("cmn-latn-pinyin", "1, 2"), ("tlh", "1, 2"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_language(language, begins):
    assert sentences.sentence(language).startswith(begins)
    assert sentences.is_one(sentences.sentence(language))
    assert not sentences.is_one("Something else.")


def test_all_of_kokoros_languages_have_a_sentence_of_their_own():
    codes = {voice.language for voice in kokoro_voices().voices.values()}
    assert [code for code in codes if sentences.sentence(code)[0].isdigit()] == []
    assert shipped("resources", "voices", "sentences.toml").is_file()


def test_a_waveform_is_drawn_as_it_is_heard():
    pacing = Pacing()
    assert pacing.take(0.0) == ([], 0.0)
    pacing.add([(-0.1, 0.1)] * 10, 1.0, now_s=5.0)
    pacing.add([(-0.2, 0.2)] * 10, 1.0, now_s=5.05)
    peaks, seconds = pacing.take(5.05)
    assert (len(peaks), seconds) == (1, pytest.approx(0.1))
    peaks, seconds = pacing.take(6.15)
    assert (len(peaks), seconds) == (11, pytest.approx(1.1))
    assert peaks[-1] == (-0.2, 0.2)
    assert len(pacing.take(60.0)[0]) == 8
    pacing.add([(0.0, 0.0)], 0.1, now_s=70.0)
    assert len(pacing.take(70.0)[0]) == 1
    pacing.add([], 0.0, now_s=70.0)
    pacing.clear()
    assert pacing.take(99.0) == ([], 0.0)


def test_the_users_sentence_is_kept(tmp_path):
    file = tmp_path / "a" / "voices.state"
    assert memory.load(file) == ""
    memory.save(file, "Grüß Gott.").join()
    assert memory.load(file) == "Grüß Gott."


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b'{"sentence": 1}', b"{}", b"\xff"])
def test_a_damaged_memory_is_none(tmp_path, contents):
    file = tmp_path / "voices.state"
    file.write_bytes(contents)
    assert memory.load(file) == ""


def test_an_error_for_people():
    assert state.sentences({"message": "No.", "fix": ""}) == "No."
