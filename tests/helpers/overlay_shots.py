"""The pictures of the overlay, over an editor that is being dictated into, for :mod:`tests.helpers.screenshots`."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.helpers.display import Screen
from tests.helpers.editors import mousepad
from tests.helpers.listening import speech_wav
from tests.helpers.talk_window import hold, let_go

SCREEN = "720x420x24"
CROP = "698x312+10+104"
"""Without the editor's title, which has a folder of this machine."""
LETTER = ("Dear Ms. Weber,", "thank you. ")
SAID = "what is the date today and how many minutes are in a day"
PAUSE = "set a timer for ten minutes"
"""The starter understands few words, so the phrase is one of its own."""


def overlay(studio: Any, settings: str, suffix: str, recogniser: Any) -> None:
    """One appearance: listening, transcribing, paused and a problem."""
    settings += f'[listen]\nactivation = "hold"\nmode = "dictation"\n[dictation]\npause_phrase = "{PAUSE}"\n'
    screen, window = studio.open(settings, SCREEN)
    home = studio.folder / f"editor{studio.count}"
    home.mkdir()
    with window, mousepad(screen, home):
        front = screen.active_window()
        screen._xdotool("windowmove", "--sync", front, "10", "30")
        screen._xdotool("windowsize", "--sync", front, "698", "376")
        screen.type(LETTER[0])
        screen.key("Return", "Return")
        screen.type(LETTER[1])
        _talk(studio, screen, window, suffix, recogniser)
        hold(screen)
        studio.say(PAUSE)
        let_go(screen)
        assert window.until(lambda: "paused=True" in "".join(window.named("DictationSaid")[-1:]), 20.0)
        _shot(studio, screen, window, f"overlay-paused{suffix}")
        hold(screen)
        window.until(lambda: False, 0.5)
        studio.server.kill()
        assert window.until(lambda: "'lost'" in window.named("MicrophoneChanged")[-1], 20.0)
        _shot(studio, screen, window, f"overlay-error{suffix}")
        let_go(screen)
    studio.server.start()
    screen.close()


def _talk(studio: Any, screen: Screen, window: Any, suffix: str, recogniser: Any) -> None:
    hold(screen)
    wav = speech_wav(studio.folder / "said.wav", [SAID], pause_s=0.6)
    player = studio.server.play_into(studio.microphone, wav, wait=False)
    assert window.until(lambda: any("minutes" in told for told in window.named("Partial")), 20.0)
    _shot(studio, screen, window, f"overlay-listening{suffix}", 0.1)
    frozen = recogniser(studio.folder / f"home{studio.count}")
    os.kill(frozen, signal.SIGSTOP)
    let_go(screen)
    window.wait_for("SpeechEnded")
    _shot(studio, screen, window, f"overlay-transcribing{suffix}", 0.3)
    os.kill(frozen, signal.SIGCONT)
    window.wait_for("Inserted")
    _shot(studio, screen, window, f"overlay-typed{suffix}", 0.3)
    player.wait(60)


def _shot(studio: Any, screen: Screen, window: Any, name: str, settle_s: float = 0.4) -> None:
    window.until(lambda: False, settle_s)
    argv = ["import", "-display", screen.display, "-window", "root", "-crop", CROP, "+repage"]
    subprocess.run([*argv, str(Path(studio.out) / f"{name}.png")], check=True, timeout=30)
