"""A disk that is really full: what is said is still understood and shown, and the reason is told once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
from starling.history.store import History
from starling.pipeline import keeping
from starling.pipeline.hearinglog import HearingLog
from starling.pipeline.recognition import RecognitionLine
from tests.unit.pipeline.loop import Loop, Script, quiet, tone

folder, told = Path(sys.argv[1]), []
history = History(folder)
with open(folder / "filler", "wb", buffering=0) as filler:
    try:
        while True:
            filler.write(bytes(4096))
    except OSError:
        pass
source = Script(tone(1), quiet(1.2), tone(1), quiet(1.2))
loop = Loop((), ["first text", "second text"], source=source, real_time=True)
source.coordinator = loop.coordinator
loop.line.close()
keeper = keeping.Keeper(history, "dictation", 0, told.append)
loop.line = loop.coordinator._line = RecognitionLine(loop.transcribe, keeper, loop.mailbox.result)
hearing = loop.coordinator._hearing = HearingLog(keeper, loop.line.after_stores)
heard = loop.run()
hearing.close()
history.close()
assert [utterance.text for utterance in heard] == ["first text", "second text"], heard
assert [event.error.code for event in told] == ["history.disk_full"], told
(folder / "filler").unlink()
history = History(folder)
assert history.set_aside is None
assert history.orphans() == []
history.close()
"""


def test_texts_come_from_a_full_disk_and_the_error_is_told(tmp_path):
    mount = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=700k none "$0" && exec "$@"', str(tmp_path)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system cannot make a small disk for a test")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run([*mount, *command], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
