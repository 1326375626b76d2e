"""The real window with a microphone and a talk key that is heard from any other window."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.commands import processes
from tests.helpers.display import Screen
from tests.helpers.pulse import PulseServer
from tests.helpers.watching import Watching

CHORD = ("ctrl", "alt", "space")


@pytest.fixture
def server() -> Iterator[PulseServer]:
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


@contextmanager
def talk_window(screen: Screen, server: PulseServer, home: Path, settings: str) -> Iterator[Watching]:
    """The window once it hears and its key is grabbed; afterwards nothing of it may be left."""
    with Watching(screen, home, server.variables, settings) as watching:
        watching.id = screen.window()
        watching.wait_for("Ready")
        watching.wait_for("MicrophoneChanged")
        assert watching.until(lambda: any("binding='Ctrl+Alt+Space'" in told for told in watching.named("KeysShown")))
        yield watching
    assert "Traceback" not in "".join(watching.stderr)
    assert processes(home) == []


def hold(screen: Screen) -> None:
    for key in CHORD:
        screen.hold(key)


def let_go(screen: Screen) -> None:
    for key in reversed(CHORD):
        screen.let_go(key)
