"""The settings of the page History & privacy."""

from __future__ import annotations

from starling.settings.declaration import Setting

HISTORY: tuple[Setting, ...] = (
    Setting(
        "history.keep",
        True,
        "Keep texts",
        "Store what you said and what Starling replied, to read it again later. When off, a text is gone with the "
        "window that showed it.",
        page="history",
        keywords=("history", "privacy", "store", "transcript", "record"),
    ),
    Setting(
        "history.keep_days",
        30,
        "Keep texts for",
        "Older texts are deleted, and their recordings with them.",
        0,
        3650,
        unit="days",
        in_file="0 keeps them for ever.",
        zero="For ever",
        page="history",
        keywords=("retention", "delete", "privacy", "days"),
        needs="history.keep",
    ),
    Setting(
        "history.keep_audio",
        False,
        "Keep recordings",
        "Store the sound of what you said beside its text, to play it or recognise it again.",
        page="history",
        keywords=("audio", "privacy", "replay", "retry", "voice"),
        needs="history.keep",
    ),
    Setting(
        "history.keep_audio_days",
        0,
        "Keep recordings for",
        "Older recordings are deleted, their texts stay.",
        0,
        3650,
        unit="days",
        in_file="0 keeps them as long as their texts.",
        zero="As long as their texts",
        page="history",
        keywords=("retention", "delete", "privacy", "days", "audio"),
        needs="history.keep_audio",
    ),
    Setting(
        "history.private_start",
        False,
        "Start in private mode",
        "In private mode nothing you say is stored, neither text nor sound. It is switched in the menu, in the tray "
        "and on the page History, and is off at every start unless this is on.",
        page="history",
        keywords=("private", "incognito", "privacy", "store", "nothing"),
    ),
)
