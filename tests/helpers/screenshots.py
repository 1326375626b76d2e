"""Makes the documentation's pictures from the real window: ``python -m tests.helpers.screenshots docs/screenshots``.

With one or more of ``PARTS`` behind the folder only those.

Every state in them is a real one: real sound into a microphone of a private sound server, a recogniser that is stopped
to show it at work, a sound server that is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from starling.history.bulk import fill
from tests.helpers import insertion_shots, overlay_shots, settings_shots
from tests.helpers.commands import MARK
from tests.helpers.display import Screen
from tests.helpers.firstrun import MOST_TABS, FirstSteps
from tests.helpers.listening import speech_wav
from tests.helpers.llm_server import LlmServer, call, say
from tests.helpers.machines import machine
from tests.helpers.pulse import PulseServer
from tests.helpers.watching import Watching

SIZE, DOUBLE = "1400x1080x24", "2600x1800x24"
PANEL_SIZE = "1160x980"
SETTINGS = '[assistant]\nanswer = "everything"\n[window]\nclose = "quit"\ntheme = "{theme}"\n'
STARTER = SETTINGS + '[stt]\nmodel = "starter"\n'
GREETING = "Hello, what can I do for you?"
QUESTIONS = ["what is twenty three times seven", "what is the date today"]

SAID = [
    ("What is the date today?", "Today is Tuesday."),
    ("Dear Ms. Weber, thank you for your letter of the third of March.", ""),
    ("Set a timer for ten minutes.", "The timer runs for 10 minutes."),
    ("We will send the documents to the address in Köln that you named in your letter.", ""),
    ("What is twenty three times seven?", "23 times 7 is 161."),
    ("The meeting is on Thursday at half past nine, in the small room on the second floor.", ""),
    ("Note that the letter to Köln has to go out today.", "I wrote it down: the letter to Köln has to go out today."),
]
"""Questions and dictations in turn, with the replies."""

PARTS = (
    "states",
    "voices",
    "models",
    "history",
    "connection",
    "first_run",
    "insertion",
    "overlay",
    "settings",
    "dictated",
    "panels",
    "looks",
)


def recogniser(home: Path) -> int:
    """The process that holds the Whisper model."""
    mark = f"{MARK}={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and "ctranslate2" in (folder / "maps").read_text():
                return int(folder.name)
        except OSError:
            continue
    raise LookupError("no recogniser runs")


class Studio:
    """One window after another, on one sound server."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.out = folder, out
        self.count = 0
        self.server = PulseServer()
        self.server.start()
        self.microphone = self.server.microphone = self.server.add_microphone("mic", "Yeti Nano")  # type: ignore[attr-defined]
        self.server.prime("out")

    def open(self, settings: str, size: str = SIZE, **env: str) -> tuple[Screen, Watching]:
        """A fresh window that is ready to listen."""
        self.count += 1
        home = self.folder / f"home{self.count}"
        (self.folder / f"screen{self.count}").mkdir()
        screen = Screen(self.folder / f"screen{self.count}", True, size)
        window = Watching(screen, home, {**self.server.variables, **env}, settings)
        screen.window()
        window.wait_for("Ready")
        window.wait_for("MicrophoneChanged")
        return screen, window

    def say(self, text: str, wait: bool = True) -> None:
        """Somebody speaks."""
        wav = speech_wav(self.folder / "said.wav", [text], pause_s=0.6)
        self.server.play_into(self.microphone, wav, wait=wait)

    def shot(self, window: Watching, name: str, settle_s: float = 0.4) -> None:
        """Keep what the window shows, once what has just changed is painted."""
        window.until(lambda: False, settle_s)
        assert window.ask(f"shot={self.out / name}.png")

    def states(self) -> None:
        """Light, with the starter: what happens, one picture each."""
        screen, window = self.open(STARTER.format(theme="light"))
        with window:
            for number, question in enumerate(QUESTIONS, 1):
                self.say(question)
                window.wait_for("ReplyEnded", number)
            self.shot(window, "listening")
            self.say("set a timer for ten minutes", wait=False)
            window.wait_for("Partial", len(window.named("Partial")) + 1)
            self.shot(window, "hearing")
            window.wait_for("ReplyBegan", 3)
            self.shot(window, "speaking")
            window.wait_for("ReplyEnded", 3)
            os.kill(recogniser(self.folder / f"home{self.count}"), signal.SIGSTOP)
            self.say("how many minutes are in a day")
            window.until(lambda: len(window.named("SpeechEnded")) > 3)
            self.shot(window, "transcribing")
            window.until(lambda: any("restarting" in shown for shown in window.named("EngineShown")))
            self.shot(window, "restarting", 0.05)
            window.wait_for("ReplyEnded", 4)
            window.ask("preferences=listening")
            self.shot(window, "preferences")
        with Watching(screen, self.folder / "empty", self.server.variables, SETTINGS.format(theme="light")) as window:
            screen.window()
            window.wait_for("Ready")
            self.shot(window, "demo")
            self.server.kill()
            window.until(lambda: any("'lost'" in change for change in window.named("MicrophoneChanged")))
            self.shot(window, "no-microphone")
            self.server.start()
        screen.close()

    def voices(self) -> None:
        """The page of voices while one is heard for the second time, so that there are figures."""
        screen, window = self.open(STARTER.format(theme="light"))
        with window:
            screen.key("alt+2")
            window.wait_for("VoiceCatalogue")
            for item in ("ctrl+f", "english", "Return", "space"):
                (screen.key if item != "english" else screen.type)(item)
            window.wait_for("PreviewEnded")
            screen.key("space")
            window.wait_for("PreviewBegan", 2)
            self.shot(window, "voices", 1.2)
        screen.close()

    def models(self) -> None:
        """The page of models, with the one in use measured."""
        screen, window = self.open(STARTER.format(theme="light"))
        with window:
            screen.key("alt+3")
            window.wait_for("ModelsShown")
            for _ in range(MOST_TABS):
                if "Test" in window.ask("focus"):
                    break
                screen.key("Tab")
            screen.key("space")
            window.wait_for("ModelMeasured")
            window.wait_for("ModelsShown", 2)
            self.shot(window, "models")
        screen.close()

    def history(self) -> None:
        """The page of the history: a search, with what was found marked."""
        for suffix, theme in (("", "light"), ("-dark", "dark")):
            self._history(f"history{suffix}", STARTER.format(theme=theme))

    def _history(self, name: str, settings: str) -> None:
        home = self.folder / f"home{self.count + 1}"
        fill(home / "data" / "history", SAID, time.time() - 2 * len(SAID) * 3600, 2 * 3600)
        screen, window = self.open(settings)
        with window:
            screen.key("alt+4")
            window.wait_for("HistoryRead")
            screen.key("ctrl+f")
            screen.type("letter")
            window.until(lambda: False, 1.0)
            screen.key("Down")
            self.shot(window, name, 1.0)
        screen.close()

    def connection(self) -> None:
        """A language model asks for a change; then the page of its connection, tested."""
        replies = (
            call(("set_timer", {"minutes": 10, "name": "pasta"})),
            say("It runs."),
            say(GREETING),
            call(("check", {})),
        )
        with LlmServer(*replies, models={"data": [{"id": "qwen3:4b", "owned_by": "library"}]}) as model:
            server = f'llm_url = "{model.url}"\n'
            screen, window = self.open(STARTER.format(theme="light").replace("[window]", f"{server}[window]"))
            with window:
                screen.key("ctrl+l")
                screen.type("my pasta needs ten minutes")
                screen.key("Return")
                window.wait_for("ConfirmAsked")
                self.shot(window, "confirm")
                screen.key("ctrl+shift+y")
                window.wait_for("ReplyEnded", 2)
                window.ask("preferences=assistant.llm_model")
                window.until(lambda: window.ask("focus") == "Language model")
                for _ in range(MOST_TABS):
                    if "Test" in window.ask("focus"):
                        break
                    screen.key("Tab")
                screen.key("space")
                window.wait_for("ConnectionTested")
                self.shot(window, "connection")
            screen.close()

    def first_run(self) -> None:
        """From an empty home to the first answer, a picture of each step."""
        screen, window = self.open("", STARLING_FIRST_RUN="show")
        with window:
            FirstSteps(window, screen, self.server, self.folder, lambda name: self.shot(window, name)).walk()
        screen.close()

    def insertion(self) -> None:
        """The Insertion doctor, every way tested."""
        for suffix, theme in (("", "light"), ("-dark", "dark")):
            insertion_shots.insertion(self, f"insertion{suffix}", STARTER.format(theme=theme), SIZE)

    def settings(self) -> None:
        """Pages of the preferences, light and dark."""
        for suffix, theme in (("", "light"), ("-dark", "dark")):
            settings_shots.settings(self, suffix, STARTER.format(theme=theme), SIZE)

    def dictated(self) -> None:
        """Dictations in the transcript: one that was typed, one that was not."""
        for suffix, theme in (("", "light"), ("-dark", "dark")):
            settings_shots.dictated(self, suffix, STARTER.format(theme=theme), SIZE)

    def settings_at_a_glance(self) -> None:
        """The same in high contrast and at 200 %, to be looked at."""
        settings_shots.settings(self, "-contrast", STARTER.format(theme="contrast"), SIZE)
        settings_shots.settings(self, "-double", STARTER.format(theme="light"), DOUBLE, QT_SCALE_FACTOR="2")

    def overlay(self) -> None:
        """The overlay over an editor, light and dark."""
        for theme, suffix in (("light", ""), ("dark", "-dark")):
            overlay_shots.overlay(self, STARTER.format(theme=theme), suffix, recogniser)

    def panels(self) -> None:
        """The panel on faked machines, each with its accelerators proven as far as that goes."""
        broken = {"STARLING_NPU": "emulated", "STARLING_NPU_FAULT": "firmware"}
        self.panel("npu-none", machine(self.folder / "absent", "strix", "absent").env)
        self.panel("npu-phoenix", machine(self.folder / "phoenix", "phoenix").env)
        self.panel("npu-memlock", machine(self.folder / "strix", "strix", "memlock").env)
        self.panel("npu-demoted", broken, tier="advanced", rounds=3)

    def panel(self, name: str, env: dict[str, str], tier: str = "auto", theme: str = "light", rounds: int = 1,
              size: str = SIZE, **more: str) -> None:  # fmt: skip
        """One machine."""
        screen, window = self.open(f'{STARTER.format(theme=theme)}tier = "{tier}"\n', size, **env, **more)
        with window:
            window.wait_for("NpuShown")
            window.ask(f"resize={PANEL_SIZE}")
            for number in range(1, rounds + 1):
                self.say(QUESTIONS[number % len(QUESTIONS)])
                window.wait_for("ReplyEnded", number)
            assert window.until(lambda: window.ask("press=Prove_every_accelerator_again"))
            assert window.until(lambda: _proven(window), 60.0)
            window.until(lambda: False, 0.4)
            window.ask("reach=proofs")
            self.shot(window, name)
        screen.close()

    def looks(self) -> None:
        """Each appearance."""
        self.look("dark", "dark")
        self.look("contrast", "contrast")
        self.look("double", "light", DOUBLE, QT_SCALE_FACTOR="2")

    def look(self, name: str, theme: str, size: str = SIZE, **env: str) -> None:
        """One appearance."""
        screen, window = self.open(STARTER.format(theme=theme), size, **env)
        with window:
            for number, question in enumerate(QUESTIONS, 1):
                self.say(question)
                window.wait_for("ReplyEnded", number)
            self.shot(window, name)
        screen.close()


def _proven(window: Watching) -> bool:
    """Whether a proof has come to its end."""
    shown = window.named("ProofShown")
    return any("status='running'" in each for each in shown) and "status='idle'" in shown[-1]


def main() -> None:
    """Make them all."""
    out, only = Path(sys.argv[1]).resolve(), sys.argv[2:]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="starling-") as folder:
        os.environ["STARLING_HOME"] = folder
        studio = Studio(Path(folder), out)
        try:
            for part in only or PARTS:
                getattr(studio, part)()
        finally:
            studio.server.__exit__(None, None, None)


if __name__ == "__main__":
    main()
