"""Goes through the first steps with the keyboard; used by the test and by the documentation's pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.display import Screen
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import PulseServer
from tests.helpers.watching import Watching

MOST_TABS = 30


class FirstSteps:
    """One walk. ``shots`` are the names of its pictures, ``stalls`` the longest stall of the GUI thread in ms."""

    def __init__(
        self, window: Watching, screen: Screen, server: PulseServer, folder: Path, shot: Callable[[str], object]
    ) -> None:
        self.window, self.screen, self.server, self.folder = window, screen, server, folder
        self.shots: list[str] = []
        self.stalls = 0.0
        self._shot = shot

    def walk(self) -> None:
        """From the first step to the answer, and out."""
        window, screen = self.window, self.screen
        screen.activate(screen.window("Set up Starling"))
        window.wait_for("Ready")
        self._machine()
        window.ask("stalls")
        screen.key("Return")
        self._model()
        self._microphone()
        self._talk()
        self._voice()
        self._question()
        self._note_stalls()

    def _note_stalls(self) -> None:
        self.stalls = max(self.stalls, self.window.ask("stalls"))

    def tab_to(self, name: str) -> None:
        """Press Tab until something whose name has this in it has the keyboard."""
        for _ in range(MOST_TABS):
            if name in self.window.ask("focus").replace("&", ""):
                return
            self.screen.key("Tab")
        raise AssertionError(f"Tab does not reach {name}; it is at {self.window.ask('focus')}")

    def _step(self, number: int) -> None:
        assert self.window.shows(f"Step {number} of 6"), self.window.ask("texts")

    def _take(self, name: str) -> None:
        self.window.until(lambda: False, 0.4)  # what has just changed is painted
        self._note_stalls()
        self._shot(f"first-run-{name}")
        self.window.ask("stalls")  # the picture's own
        self.shots.append(f"first-run-{name}")

    def _on(self) -> None:
        self.tab_to("Next")
        self.screen.key("space")

    def _machine(self) -> None:
        self._step(1)
        assert self.window.shows("free for models")
        assert self.window.shows("Yeti Nano")
        self.tab_to("Play a test sound")
        self.screen.key("space")
        self.window.wait_for("ReplayEnded")
        self._take("1-machine")
        self.tab_to("Next")

    def _model(self) -> None:
        self._step(2)
        self.window.wait_for("ModelMeasured")
        assert self.window.shows("Measured here")
        assert self.window.shows("Recommended")
        self._take("2-model")
        self.tab_to("Try with the starter")
        self.screen.key("space")
        assert self.window.shows("Works already: Legacy, starter.")
        self._on()

    def _microphone(self) -> None:
        self._step(3)
        self._say("set a timer for ten minutes")
        assert self.window.shows("Understood: “Set a timer for ten minutes.”")
        self._take("3-microphone")
        self._on()

    def _talk(self) -> None:
        self._step(4)
        before = len(self.window.named("Heard"))
        self.screen.hold("space")
        try:
            assert self.window.until(lambda: any("held=True" in each for each in self.window.named("Listening")))
            self._say("what time is it", wait=True)
        finally:
            self.screen.let_go("space")
        self.window.wait_for("Heard", before + 1)
        assert self.window.shows("Understood: “What time is it?”")
        self.window.wait_for("ReplyEnded")
        self._take("4-talk-key")
        self._on()

    def _voice(self) -> None:
        self._step(5)
        self.window.wait_for("VoicesFound")
        self.tab_to("Listen to it")
        self.screen.key("space")
        self.window.wait_for("PreviewBegan")
        self._take("5-voice")
        self.window.wait_for("PreviewEnded")
        self._on()

    def _question(self) -> None:
        self._step(6)
        before = len(self.window.named("ReplyEnded"))
        self.tab_to("Question")
        self.screen.type("what is twenty three times seven")
        self.screen.key("Return")
        self.window.wait_for("ReplyEnded", before + 1)
        assert self.window.shows("23 times 7 is 161.")
        assert self.window.shows("Answered aloud")
        self._take("6-question")
        self.tab_to("Done")
        self.screen.key("space")

    def _say(self, text: str, wait: bool = True) -> None:
        wav = speech_wav(self.folder / "said.wav", [text], pause_s=0.6)
        self.server.play_into(self.server.microphone, wav, wait=wait)  # type: ignore[attr-defined]
