"""The table of voices: what was published, what can be used, how it is searched."""

from __future__ import annotations

import copy
import tomllib

import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.speech.tts import voices
from starling.speech.tts.voices import VoiceInfo, kokoro_voice, kokoro_voices, ranked, search
from tests.helpers.kokoro_model import VOICES

DOCUMENT = tomllib.loads(shipped("resources", "voices", "kokoro.toml").read_text("utf-8"))


def test_all_54_voices_are_there_and_their_source_is_named() -> None:
    table = kokoro_voices()
    assert sorted(table.voices) == sorted(VOICES)
    assert len(table.voices) == 54
    assert table.source.startswith("https://github.com/")
    assert "/blob/" in table.source  # one version, not whatever is newest
    assert DOCUMENT["original"].endswith("hexgrad/Kokoro-82M/blob/main/VOICES.md")


@pytest.mark.parametrize(
    ("voice", "language", "gender", "grade"),
    [
        ("af_heart", "American English", "female", "A"),
        ("af_bella", "American English", "female", "A-"),
        ("am_adam", "American English", "male", "F+"),
        ("bm_lewis", "British English", "male", "D+"),
        ("ff_siwis", "French", "female", "B-"),
        ("hm_psi", "Hindi", "male", "C"),
        ("jf_nezumi", "Japanese", "female", "C-"),
        ("pm_santa", "Brazilian Portuguese", "male", ""),
        ("zm_yunjian", "Mandarin Chinese", "male", "D"),
    ],
)
def test_a_voice_by_its_id(voice: str, language: str, gender: str, grade: str) -> None:
    found = kokoro_voice(voice)
    assert (found.language_name, found.gender, found.grade) == (language, gender, grade)


def test_grades_that_were_not_published_are_empty() -> None:
    without = {voice.id for voice in kokoro_voices().voices.values() if not voice.grade}
    assert without == {"ef_dora", "em_alex", "em_santa", "pf_dora", "pm_alex", "pm_santa"}


def test_what_the_phonemiser_cannot_do_is_said() -> None:
    table = kokoro_voices().voices.values()
    assert sum(voice.usable for voice in table) == 54 - 13
    for voice in table:
        assert voice.usable == (not voice.note) == (voice.id[0] not in "jz")
    assert "misaki[ja]" in kokoro_voice("jm_kumo").note
    with pytest.raises(StarlingError) as caught:
        voices.phonemizer_language("zf_xiaoni")
    assert caught.value.code == "tts.no_phonemizer"
    assert "misaki[zh]" in caught.value.message


@pytest.mark.parametrize(
    ("voice", "language"),
    [("af_sky", "en-us"), ("bm_fable", "en-gb"), ("ef_dora", "es"), ("ff_siwis", "fr-fr"), ("if_sara", "it"),
     ("pf_dora", "pt-br"), ("hf_beta", "hi"), ("af_newcomer", "en-us")],
)  # fmt: skip
def test_the_phonemiser_s_language(voice: str, language: str) -> None:
    assert voices.phonemizer_language(voice) == language


def test_a_voice_nobody_has_published_is_known_by_its_letters() -> None:
    assert kokoro_voice("bf_new") == VoiceInfo("bf_new", "en-gb", "British English", "female")
    assert not kokoro_voice("xx_new").usable
    assert kokoro_voice("xx_new").note


@pytest.mark.parametrize(
    ("tier", "voice", "language"),
    [("cpu", "ef_dora", "es"), ("demo", "en-gb+f5", "en-gb"), ("demo", "gmw/en-US", "en-us"), ("cpu", "?", ""),
     ("demo", "sit/yue-Latn-jyutping", "yue-latn-jyutping")],
)  # fmt: skip
def test_the_language_of_a_voice(tier: str, voice: str, language: str) -> None:
    assert voices.voice_language(tier, voice) == language


@pytest.mark.parametrize(
    "change",
    [
        {"grade": "G"},
        {"grade": "A++"},
        {"gender": "male"},
        {"language": "en-gb"},
        {"id": "xf_heart"},
        {"id": "af_alloy"},
    ],
)
def test_a_table_that_is_wrong_is_refused(change: dict[str, str]) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["voices"][0] |= change
    with pytest.raises((ValueError, KeyError)):
        voices.parse(document)


def test_the_best_come_first_and_what_cannot_be_used_last() -> None:
    order = [voice.id for voice in ranked(kokoro_voices().voices.values())]
    american = [name for name in order if name.startswith("a")]
    assert american[:3] == ["af_heart", "af_bella", "af_nicole"]
    assert american[-1] == "am_adam"
    assert order.index("am_adam") < order.index("pf_dora") < order.index("bf_emma")  # by the languages' names
    assert [voice.id for voice in ranked([VoiceInfo("b", "x", "X", usable=False), VoiceInfo("c", "x", "X")])] == [
        "c",
        "b",
    ]


@pytest.mark.parametrize(
    ("words", "options", "found"),
    [
        ("heart", {}, ["af_heart"]),
        ("santa", {}, ["am_santa", "em_santa", "pm_santa"]),
        ("british male", {}, ["bm_daniel", "bm_fable", "bm_george", "bm_lewis"]),
        ("", {"language": "fr"}, ["ff_siwis"]),
        ("", {"language": "en", "gender": "female"}, None),
        ("EN-GB lily", {}, ["bf_lily"]),
        ("italian fem", {}, ["if_sara"]),
        ("nobody", {}, []),
    ],
)
def test_search(words: str, options: dict[str, str], found: list[str] | None) -> None:
    hits = [voice.id for voice in search(kokoro_voices().voices.values(), words, **options)]
    if found is None:
        assert len(hits) == 15
        assert {name[:2] for name in hits} == {"af", "bf"}
    else:
        assert hits == found
