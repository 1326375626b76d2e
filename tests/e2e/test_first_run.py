"""From an empty home to a spoken answer, by keyboard alone."""

import os
from pathlib import Path

import numpy as np
import pytest

from starling.ui.firstrun.due import MARKER
from tests.helpers.commands import processes
from tests.helpers.display import bare_screen, screen
from tests.helpers.firstrun import FirstSteps
from tests.helpers.pulse import PulseServer
from tests.helpers.watching import Watching

__all__ = ["bare_screen", "screen"]

pytestmark = pytest.mark.pulse
TITLE = "Set up Starling"
STALL_MS = 250.0
"""Steps are built while nobody types or speaks; on a busy machine a thread that holds the interpreter may wait too."""


@pytest.fixture
def server():
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Yeti Nano")
        running.prime("out")
        yield running


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    assert processes(tmp_path / "home") == []


def opened(screen, server, home):
    return Watching(screen, home, {**server.variables, "STARLING_FIRST_RUN": ""})


@pytest.mark.alone
@pytest.mark.timeout(180)
def test_a_first_run_from_an_empty_home_to_a_spoken_answer(screen, server, home, tmp_path):
    shots = Path(os.environ.get("STARLING_SHOTS") or tmp_path)
    assert not home.exists()
    with opened(screen, server, home) as window, server.recording("out.monitor") as heard:
        steps = FirstSteps(window, screen, server, tmp_path, lambda name: window.ask(f"shot={shots}/{name}.png"))
        steps.walk()
        assert "played=True" in window.named("ReplyEnded")[-1]
        assert np.abs(heard.samples[-heard.rate * 4 :]).max() > 0.01
        assert steps.stalls < STALL_MS
        assert window.until((home / "data" / MARKER).exists)
        assert screen.windows(TITLE) == []
    assert "Traceback" not in "".join(window.stderr)
    assert sorted(path.name for path in shots.glob("first-run-*.png")) == sorted(f"{name}.png" for name in steps.shots)


def test_it_comes_once_and_again_from_the_menu(screen, server, home):
    with opened(screen, server, home) as window:
        screen.window(TITLE)
        screen.key("Escape")
        assert window.until((home / "data" / MARKER).exists)
    with opened(screen, server, home) as window:
        screen.activate(screen.window())
        window.wait_for("Ready")
        assert screen.windows(TITLE) == []
        screen.key("alt+h")
        screen.key("s")
        screen.window(TITLE)
        assert window.shows("Step 1 of 6")


def test_who_has_settings_is_not_asked(screen, server, home):
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text('[window]\nclose = "quit"\n')
    with opened(screen, server, home) as window:
        screen.window()
        window.wait_for("Ready")
        assert screen.windows(TITLE) == []


def test_quitting_in_the_middle_ends_everything_and_the_next_start_begins_again(screen, server, home):
    for _ in range(2):
        with opened(screen, server, home) as window:
            screen.window(TITLE)
            window.wait_for("Ready")
            screen.key("Return")
            assert window.shows("Step 2 of 6")
            screen.activate(screen.window())
            screen.key("ctrl+q")
            assert window.process.wait(5) == 0
        assert not (home / "data" / MARKER).exists()
