"""The Insertion doctor of the real window, on a real X server: its ways type into its own field."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.display import Screen
from tests.helpers.editors import clipboard, copied
from tests.helpers.insertion_shots import KEPT, prepare
from tests.helpers.insertion_shots import test_everything as try_everything
from tests.helpers.watching import Watching

SETTINGS = '[window]\nclose = "quit"\n[stt]\nmodel = "starter"\n'


@pytest.mark.slow
def test_the_doctor_tests_each_way_and_the_window_goes_on(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "home"
    prepare(home)
    with copied(screen, b"kept"), Watching(screen, home, settings=SETTINGS) as window:
        screen.window()
        window.wait_for("Ready")
        window.ask("stalls")
        try_everything(screen, window)
        assert any(str(KEPT["reason"]) in text for text in window.ask("texts"))
        assert window.ask("stalls") < 250  # ms; building the dialog is in it
        assert clipboard(screen) == b"kept"
