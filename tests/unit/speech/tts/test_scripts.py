"""Letters that a voice's language is not written in."""

from __future__ import annotations

import pytest

from starling.speech.tts.scripts import foreign, reads, script_of


@pytest.mark.parametrize(
    ("letter", "script"),
    [
        ("a", "Latin"), ("é", "Latin"), ("ß", "Latin"), ("ﬁ", "Latin"), ("Ａ", "Latin"),  # noqa: RUF001
        ("д", "Cyrillic"), ("λ", "Greek"), ("ש", "Hebrew"), ("ع", "Arabic"), ("ﷺ", "Arabic"), ("न", "Devanagari"),
        ("語", "Han"), ("〇", ""), ("々", "Han"), ("か", "Hiragana"), ("カ", "Katakana"), ("ｶ", "Katakana"),  # noqa: RUF001
        ("한", "Hangul"), ("ㄅ", "Bopomofo"), ("ไ", "Thai"), ("ა", "Georgian"), ("𐑖", "Shavian"), ("ⴰ", "Tifinagh"),
        ("𝐱", "Latin"), ("1", ""), ("१", ""), (" ", ""), (".", ""), ("🎉", ""), ("\u0301", ""), ("π", ""),  # noqa: RUF001
        ("ª", "Latin"),
        ("\ue000", ""), ("\ud800", ""),
    ],
)  # fmt: skip
def test_script_of_a_letter(letter: str, script: str) -> None:
    assert script_of(letter) == script


@pytest.mark.parametrize(
    ("text", "language", "scripts"),
    [
        ("Hello, world. 3.14 €", "en-us", None),
        ("Привет, мир", "en-us", ("Cyrillic",)),
        ("你好", "es", ("Han",)),
        ("こんにちは 世界", "en-gb", ("Hiragana", "Han")),
        ("The word мир means peace", "en-us", ("Cyrillic",)),
        ("crème brûlée, naïve, Straße", "en-us", None),
        ("नमस्ते दुनिया", "hi", None),
        ("नमस्ते दुनिया", "fr-fr", ("Devanagari",)),
        ("Привет, iPhone", "ru", None),
        ("γειά", "ru", ("Greek",)),
        ("Србија, Srbija", "sr", None),
        ("你好", "cmn", None),
        ("你好", "cmn-latn-pinyin", ("Han",)),
        ("こんにちは", "cmn", ("Hiragana",)),
        ("about 2 π or 5 µm", "en-us", None),
        ("🎉🎉 12", "en-us", None),
        ("", "en-us", None),
        ("Привет", "", None),
        ("سلام", "fa", None),
        ("سلام", "fa-latn", ("Arabic",)),
    ],
)
def test_text_that_a_voice_cannot_read(text: str, language: str, scripts: tuple[str, ...] | None) -> None:
    found = foreign(text, language, "somebody")
    assert (found.scripts if found else None) == scripts


def test_how_much_of_it() -> None:
    found = foreign("мир abcdefg", "en-us", "af_heart")
    assert found is not None
    assert (found.letters, found.share) == (3, 0.3)
    assert "Cyrillic" in found.sentence
    assert "af_heart" in found.sentence


@pytest.mark.parametrize(
    ("language", "script"), [("en", "Latin"), ("EN-US", "Latin"), ("ru-LV", "Cyrillic"), ("qqq", "Latin")]
)
def test_what_a_language_is_written_in(language: str, script: str) -> None:
    assert script in reads(language)
