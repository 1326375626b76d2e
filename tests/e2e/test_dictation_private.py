"""Private mode while dictating, and settings that change meanwhile: the real window, real speech, a real editor."""

import tempfile
import threading
import wave
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.test_dictation import SENTENCE, WRITTEN, history
from tests.helpers.commands import starling
from tests.helpers.display import Screen, screen
from tests.helpers.editors import mousepad
from tests.helpers.listening import speech_wav
from tests.helpers.talk_window import hold, let_go, server, talk_window
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
PUBLIC = "what time is it"
SETTINGS = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n[history]\nkeep_audio = true\n'
CANARIES = ("date today", "what is the date")
"""Of what is said in private, however it is spelt there: in no file of Starling's at any moment."""
SOUNDS = (".wav", ".pcm", ".flac", ".raw")


class Lookout:
    """Reads every file below folders over and over, and remembers where a canary stood and which sounds there were."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self.found: set[str] = set()
        self.sounds: set[str] = set()
        self.rounds = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="lookout")

    def __enter__(self) -> "Lookout":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            self.look()

    def look(self) -> None:
        """Once."""
        for path in (path for folder in self._folders for path in folder.rglob("*")):
            try:
                data = path.read_bytes().lower() if path.is_file() else b""
            except OSError:
                continue  # gone meanwhile
            if path.suffix in SOUNDS or data[:4] == b"riff":
                self.sounds.add(path.name)
            for canary in CANARIES:
                if any(canary.encode(code) in data for code in ("utf-8", "utf-16-le")):
                    self.found.add(f"{path}: {canary}")
        self.rounds += 1


@pytest.fixture
def scratch(monkeypatch) -> Iterator[Path]:
    """Where temporary files go; its path is short, as a socket may lie below it."""
    with tempfile.TemporaryDirectory(prefix="s-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def talking(screen: Screen, server, folder: Path) -> AbstractContextManager[Watching]:
    """The window."""
    return talk_window(screen, server, folder / "home", SETTINGS)


def speak(window: Watching, screen: Screen, server, clip: Path) -> None:
    hold(screen)
    assert window.until(lambda: "held=True" in window.named("Listening")[-1])
    server.play_into(server.microphone, clip)
    let_go(screen)


def test_nothing_of_a_private_dictation_is_in_any_file(screen, server, scratch, tmp_path):
    home, env = tmp_path / "home", screen.env(tmp_path / "home")
    secret = speech_wav(tmp_path / "secret.wav", [SENTENCE], pause_s=0.3)
    public = speech_wav(tmp_path / "public.wav", [PUBLIC], pause_s=0.3)
    with talking(screen, server, tmp_path) as window:
        with mousepad(screen, tmp_path) as editor:
            assert starling("mode", "private", home=home, env=env).code == 0
            with Lookout(home, scratch) as lookout:
                speak(window, screen, server, secret)
                window.wait_for("Inserted")
                assert editor.text().rstrip("?.") == WRITTEN
                # What cannot be inserted is shown in the scratchpad, and in no file either.
                window.ask("set=insertion.way:scratchpad")
                speak(window, screen, server, secret)
                window.wait_for("NotInserted")
                window.ask("set=insertion.excluded:mousepad")
                speak(window, screen, server, secret)
                window.wait_for("NotInserted", 2)
                assert window.until(lambda: lookout.rounds > 3)
            assert (lookout.found, lookout.sounds) == (set(), set())
            assert history(home) == []
            window.ask("set=insertion.excluded:")
            window.ask("set=insertion.way:auto")
            # Stored again from now on: that shows that the lookout would have seen it.
            assert starling("mode", "private", "off", home=home, env=env).code == 0
            speak(window, screen, server, public)
            window.wait_for("Inserted", 2)
            assert window.until(lambda: [row[1] for row in history(home)] == ["inserted"])
        private = [told for told in window.named("Heard") if "date today" in told.lower()]
        assert len(private) == 3
    after = Lookout(home, scratch)
    after.look()
    assert after.found == set()
    (recording,) = after.sounds
    with wave.open(str(next(home.rglob(recording)))) as kept, wave.open(str(public)) as said:
        assert kept.getnframes() / kept.getframerate() < said.getnframes() / said.getframerate() + 6
    assert "date today" not in "".join(window.stderr).lower()
    assert any(b"time" in path.read_bytes().lower() for path in home.rglob("history.db*"))


def test_settings_that_change_while_starling_runs_hold_for_the_next_dictation(screen, server, tmp_path):
    home, env = tmp_path / "home", screen.env(tmp_path / "home")
    clip = speech_wav(tmp_path / "said.wav", [SENTENCE], pause_s=0.3)
    with talking(screen, server, tmp_path) as window, mousepad(screen, tmp_path):
        window.ask("set=keys.talk:ctrl+F8")
        assert window.until(lambda: "binding='Ctrl+F8'" in window.named("KeysShown")[-1])
        listened = len(window.named("Listening"))
        screen.key("ctrl+alt+space")  # it is nobody's any more
        screen.hold("ctrl")
        screen.hold("F8")
        assert window.until(lambda: "held=True" in window.named("Listening")[-1])
        assert len(window.named("Listening")) == listened + 1
        window.ask("set=insertion.way:paste")  # while somebody speaks
        window.ask("set=stt.language:en")
        server.play_into(server.microphone, clip)
        screen.let_go("F8")
        screen.let_go("ctrl")
        assert "way='paste'" in window.wait_for("Inserted")[0]
        window.ask("set=insertion.way:xtest")
        assert starling("ptt", "press", home=home, env=env).code == 0
        assert starling("mode", "private", home=home, env=env).code == 0  # from the middle on
        server.play_into(server.microphone, clip)
        assert starling("ptt", "release", home=home, env=env).code == 0
        assert "way='xtest'" in window.wait_for("Inserted", 2)[1]
        assert window.until(lambda: [row[1:3] for row in history(home)] == [("inserted", "paste")])
        assert list((home / "data" / "history" / "growing").glob("*")) == []
        window.ask("set=keys.talk:")
        assert window.until(lambda: "binding=''" in window.named("KeysShown")[-1])
