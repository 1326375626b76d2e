"""What the first paint needs is light to import."""

import subprocess
import sys

HEAVY = ("numpy", "pyqtgraph", "tomlkit", "sounddevice", "starling.pipeline.session", "starling.pipeline.running")


def test_the_window_imports_nothing_heavy():
    code = f"import sys, starling.ui.window.main_window; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
