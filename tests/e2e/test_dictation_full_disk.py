"""The disk is full while somebody dictates: the text is typed, the reason shown, and afterwards all is well."""

import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.e2e.test_dictation import SENTENCE, SETTINGS, WRITTEN
from tests.helpers.display import need, screen
from tests.helpers.editors import mousepad
from tests.helpers.listening import speech_wav
from tests.helpers.talk_window import hold, let_go, server
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
SIZE = "6m"


def small(data: Path) -> list[str]:
    """What runs the rest with a small disk for its data; skips where that is not permitted."""
    need("unshare")
    data.mkdir(parents=True)
    mount = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size={SIZE} none "$0" && exec "$@"', str(data)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("this system cannot make a small disk for a test")
    return mount


def fill(folder: Path) -> Path:
    """Until nothing goes any more."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


def states(data: Path) -> list[str]:
    """Of a copy: SQLite would follow the link into this process's own files."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("history.db", "history.db-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(data / "history" / name, Path(folder) / name)
        with closing(sqlite3.connect(Path(folder) / "history.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return [row[0] for row in database.execute("SELECT state FROM utterances ORDER BY started_at")]


@pytest.mark.timeout(180)
def test_the_text_is_typed_and_the_error_shown(screen, server, tmp_path):
    home = tmp_path / "home"
    wrap = small(home / "data")
    clip = speech_wav(tmp_path / "said.wav", [SENTENCE], pause_s=0.3)
    with Watching(screen, home, server.variables, SETTINGS, wrap) as window, mousepad(screen, tmp_path) as editor:
        data = Path(f"/proc/{window.process.pid}/root{home}/data")

        def speak(times: int) -> None:
            hold(screen)
            assert window.until(lambda: "held=True" in window.named("Listening")[-1])
            server.play_into(server.microphone, clip)
            let_go(screen)
            window.wait_for("Inserted", times)

        window.wait_for("Ready")
        assert window.until(lambda: any("state='open'" in told for told in window.named("MicrophoneChanged")), 30)
        assert window.until(lambda: any("binding='Ctrl+Alt+Space'" in told for told in window.named("KeysShown")))
        screen.activate(screen.window(editor.file.name))  # Starling's own came later
        speak(1)
        assert window.until(lambda: states(data) == ["inserted"])
        filler = fill(data)
        speak(2)
        assert window.until(lambda: any("The disk that holds" in told for told in window.named("Trouble")))
        assert window.shows("is full")
        # What is not inserted is in the scratchpad of the running window.
        window.ask("set=insertion.way:scratchpad")
        hold(screen)
        assert window.until(lambda: "held=True" in window.named("Listening")[-1])
        server.play_into(server.microphone, clip)
        let_go(screen)
        assert "scratchpad=True" in window.wait_for("NotInserted")[0]
        window.ask("set=insertion.way:auto")
        filler.unlink()
        speak(3)
        assert window.until(lambda: states(data)[-1] == "inserted")
        assert editor.text().lower().count(WRITTEN.lower()) == 3
        assert not list((data / "history" / "growing").iterdir())
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 6
    assert "Traceback" not in "".join(window.stderr)
