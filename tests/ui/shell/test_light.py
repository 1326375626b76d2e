"""What the window's process holds when it is ready: nothing that waits for a use which may never come."""

import builtins
import sys

import pytest

from starling.ui.shell import imports
from tests.helpers.commands import NO_SOUND
from tests.helpers.watching import Watching

MOST_BYTES = 150e6
"""The goal of ``starling bench window-memory``."""
HEAVY = {
    "ssl", "http.client", "urllib.request", "email", "importlib.metadata", "asyncio", "tomlkit", "sounddevice",
    "av", "ctranslate2", "onnxruntime", "tokenizers", "faster_whisper", "kokoro_onnx", "keyring",
    "starling.models.web", "starling.models.download", "starling.assistant.llm.wire", "starling.ui.firstrun.dialog",
    "starling.ui.preferences.dialog",
}  # fmt: skip
LIBRARY_TIMEOUT_S = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X and /proc")


def test_a_ready_window_is_light(screen, tmp_path):
    with Watching(screen, tmp_path / "home", NO_SOUND) as window:
        window.wait_for("Ready")
        assert window.until(lambda: "pyqtgraph" in window.ask("modules"), LIBRARY_TIMEOUT_S)
        assert sorted(HEAVY & set(window.ask("modules"))) == []
        assert window.ask("kept-source") < 130  # what the helper itself has imported
        assert window.ask("memory") < MOST_BYTES


def test_imports_stay_pythons_own(monkeypatch):
    own = builtins.__import__

    def another(*args, **kwargs):
        return own(*args, **kwargs)

    with imports.kept():
        monkeypatch.setattr(builtins, "__import__", another)
    assert builtins.__import__ is own
