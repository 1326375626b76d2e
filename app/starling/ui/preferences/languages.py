"""The languages that Whisper knows, with their names."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

CODES: tuple[str, ...] = tuple(
    (
        "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy "
        "id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru "
        "sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh"
    ).split()
)
"""ISO 639 codes, and Whisper's own ``jw``."""

CONTEXT = "Languages"
_LOCALES = {"jw": "jv"}
"""Codes that Whisper writes in its own way."""
_NATIVE = {"en": "English", "es": "español", "zh": "中文"}
"""Where Qt's name in the language itself names a region or script too."""


def name(code: str) -> str:
    """A language's name in the user's language, with its own name: ``German (Deutsch)``; an unknown code as it is."""
    locale = QLocale(_LOCALES.get(code, code))
    if locale.language() == QLocale.Language.C:
        return code
    translated = QCoreApplication.translate(CONTEXT, QLocale.languageToString(locale.language()))
    native = _NATIVE.get(code) or locale.nativeLanguageName()
    return translated if native.casefold() in ("", translated.casefold()) else f"{translated} ({native})"


def voice_language(tag: str) -> str:
    """A voice's language and region for people: ``en-gb`` is ``English, United Kingdom``."""
    base, _, region = tag.partition("-")
    locale = QLocale(_VOICE_LOCALES.get(tag, f"{base}_{region.upper()}" if len(region) == 2 else base))
    if locale.language() == QLocale.Language.C:
        return tag
    language = QCoreApplication.translate(CONTEXT, QLocale.languageToString(locale.language()))
    if len(region) != 2:
        return f"{language} ({tag})" if region else language
    return f"{language}, {QCoreApplication.translate('Territories', QLocale.territoryToString(locale.territory()))}"


_VOICE_LOCALES = {"cmn": "zh", "jw": "jv"}
"""Tags of voices whose language Qt knows by another code."""
