"""Starling as a process of its own on a screen of its own: how it starts, meets another start, and ends."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from starling.ui.shell import single
from tests.helpers.commands import processes, starling
from tests.helpers.display import OWN_TITLE as TITLE
from tests.helpers.display import WINDOW_TIMEOUT_S
from tests.helpers.pulse import wait_until

QUIT_S = 2.0
LATEST_S = 3.0
"""Random moments end here: by then everything has been loaded."""
SLOW_MACHINE = 3.0
"""Times a limit is stretched where many tests run at once; the figures of a quiet machine are the benchmark's."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X and /proc")


class Running:
    """A Starling with its window, and everything it may leave behind."""

    def __init__(self, screen, home: Path, *words: str, **env: str) -> None:
        self.home, self.screen = home, screen
        self.env = screen.env(home, **env)
        argv = [sys.executable, "-X", "faulthandler", "-m", "starling", *words]
        self.process = subprocess.Popen(argv, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def second(self, **env: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "starling"]
        return subprocess.run(argv, env=self.env | env, capture_output=True, text=True, timeout=30, check=False)

    def wait(self, seconds: float) -> None:
        """Let it run for so long, or until it ends."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def ended(self, limit_s: float = QUIT_S) -> tuple[int, str]:
        """Its exit code and stderr; fails when it has not ended in time or left anything."""
        began = time.monotonic()
        try:
            _, err = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it does not end\n{self.autopsy()}")
        took = time.monotonic() - began
        assert took < limit_s * SLOW_MACHINE / 2, f"it took {took:.2f} s to end: {err}"
        assert "Traceback" not in err, err
        for name in ("last-error.txt", "quitting.txt"):
            report = self.home / "cache" / name
            assert not report.exists(), report.read_text()
        assert wait_until(lambda: not processes(self.home), 2), processes(self.home)
        assert not list((self.home / "runtime").iterdir())
        assert not (self.home / "data" / single.ADDRESS).exists()
        return self.process.returncode, err

    def window(self) -> str:
        """Its window, once that is on the screen."""
        if not wait_until(lambda: bool(self.screen.windows(TITLE)), WINDOW_TIMEOUT_S):
            pytest.fail(f"no window; {self.process.poll()=}\n{self.autopsy()}")
        return self.screen.windows(TITLE)[0]

    def autopsy(self) -> str:
        """End it; where its threads were, and what it had to say."""
        self.process.send_signal(signal.SIGABRT)
        return self.process.communicate()[1]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def run(screen, tmp_path):
    started = []

    def begin(*words: str, **env: str) -> Running:
        started.append(Running(screen, tmp_path / "home", *words, **env))
        return started[-1]

    yield begin
    for running in started:
        running.stop()


@pytest.fixture
def shown(run, screen):
    running = run()
    running.window()
    return running


def choose(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "settings.toml").write_text(text)


@pytest.mark.alone
def test_the_first_paint_comes_before_any_model(run):
    began = time.monotonic()
    running = run("--report-start")
    out, err = running.process.communicate(timeout=60)
    told = json.loads(out)
    assert began < told["first_paint_at"] < began + 0.6 * SLOW_MACHINE
    assert told["first_paint_at"] < told["ready_at"]
    assert told["memory_bytes"] > 0
    assert (running.process.returncode, err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_quits(shown, number):
    if signal.getsignal(number) is signal.SIG_IGN:
        shown.process.terminate()  # inherited from a shell's background job, and left alone on purpose
    shown.process.send_signal(number)
    assert shown.ended() == (0, "")


def test_a_second_start_raises_the_first_and_ends(shown, screen):
    window = screen.window(TITLE)
    screen.minimize(window)
    began = time.monotonic()
    done = shown.second(XDG_ACTIVATION_TOKEN="token")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 1.0 * SLOW_MACHINE
    assert wait_until(lambda: screen.active_window() == window, 5)
    shown.process.terminate()
    shown.ended()


def test_a_frozen_first_is_told(shown):
    shown.process.send_signal(signal.SIGSTOP)
    done = shown.second()
    assert done.returncode == 1
    assert "[ui.first_not_answering]" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    shown.process.send_signal(signal.SIGCONT)
    shown.process.terminate()
    shown.ended()


def test_after_a_kill_the_next_start_opens(shown, run, screen):
    shown.process.kill()
    shown.process.communicate()
    assert wait_until(lambda: not processes(shown.home), 5), "children outlived their parent"
    again = run()
    screen.window(TITLE)
    again.process.terminate()
    assert again.ended() == (0, "")


def test_two_homes_have_two_windows(shown, screen, tmp_path):
    other = Running(screen, tmp_path / "other")
    try:
        assert wait_until(lambda: len(screen.windows(TITLE)) >= 2, 15)
        other.process.terminate()
        other.ended()
    finally:
        other.stop()
    shown.process.terminate()
    shown.ended()


def test_closing_quits_when_set(run, screen, tmp_path):
    choose(tmp_path / "home", '[window]\nclose = "quit"\n')
    running = run()
    screen.close_window(running.window())
    assert running.ended() == (0, "")


def test_closing_without_a_tray_minimizes_and_the_next_start_brings_it_back(run, screen, tmp_path):
    choose(tmp_path / "home", '[window]\nclose = "tray"\n')
    running = run()
    window = running.window()
    screen.close_window(window)
    assert wait_until(lambda: window not in screen.windows(TITLE), 5)
    assert running.process.poll() is None
    assert running.second().returncode == 0
    assert wait_until(lambda: window in screen.windows(TITLE), 5)
    running.process.terminate()
    running.ended()


def test_a_minimized_start_stays_out_of_the_way(run, screen):
    running = run("--minimized")
    assert wait_until(lambda: bool(screen.windows(TITLE, visible=False)), 15)
    running.wait(1.0)
    assert screen.windows(TITLE) == []
    assert running.second().returncode == 0
    screen.window(TITLE)
    running.process.terminate()
    running.ended()


def test_the_tray_keeps_the_window_and_gives_it_back_when_it_goes(run, screen, tmp_path):
    choose(tmp_path / "home", '[window]\nclose = "tray"\n')
    screen.add_tray()
    running = run()
    window = running.window()
    assert wait_until(lambda: screen.tray_icons() == 1, 10), "no icon in the tray"
    screen.close_window(window)
    assert wait_until(lambda: window not in screen.windows(TITLE), 5)
    assert not screen.iconic(window)
    screen.remove_tray()
    assert wait_until(lambda: screen.iconic(window), 10)
    running.process.terminate()
    running.ended()


def test_a_tray_that_comes_late_takes_a_minimized_start(run, screen):
    running = run("--minimized")
    assert wait_until(lambda: bool(screen.windows(TITLE, visible=False)), 15)
    window = screen.windows(TITLE, visible=False)[0]
    assert wait_until(lambda: screen.iconic(window), 5)
    screen.add_tray()
    assert wait_until(lambda: not screen.iconic(window), 10)
    assert screen.windows(TITLE) == []
    running.process.terminate()
    running.ended()


def test_ctrl_q_quits(shown, screen):
    screen.activate(screen.window(TITLE))
    screen.key("ctrl+q")
    assert shown.ended() == (0, "")


BROKEN = """
from starling.ui.shell.tray import Tray
Tray.look = lambda *_: 1 / 0
from starling.cli import main
raise SystemExit(main([]))
"""


def test_an_unexpected_exception_is_told_and_ends_nothing(screen, tmp_path):
    home = tmp_path / "home"
    argv = [sys.executable, "-c", BROKEN]
    process = subprocess.Popen(argv, env=screen.env(home), stderr=subprocess.PIPE, text=True)
    try:
        screen.window(TITLE)
        assert wait_until((home / "cache" / "last-error.txt").exists, 10)
        process.terminate()
        assert process.communicate(timeout=10)[1] == "internal.bug\n"
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_a_frozen_first_is_shown_to_who_came_from_a_menu(shown, screen):
    shown.process.send_signal(signal.SIGSTOP)
    argv = [sys.executable, "-m", "starling"]
    env = shown.env | {"XDG_ACTIVATION_TOKEN": "token"}
    process = subprocess.Popen(argv, env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert wait_until(lambda: len(screen.windows("^Starling$")) == 1, 20)
        screen.activate(screen.windows("^Starling$")[0])
        screen.key("Return")
        assert "[ui.first_not_answering]" in process.communicate(timeout=10)[1]
    finally:
        process.kill()
        process.communicate()
        shown.process.send_signal(signal.SIGCONT)


def moments(count: int) -> list[float]:
    picked = random.Random(20)
    return [round(picked.uniform(0, LATEST_S), 2) for _ in range(count)]


def terminate_at(running: Running, moment: float) -> None:
    running.wait(moment)
    running.process.terminate()
    code, err = running.ended()
    assert (code, err) == (0, "") or (code == 1 and "[cli.interrupted]" in err) or (code == -signal.SIGTERM and not err)


@pytest.mark.parametrize("moment", moments(2))
def test_it_ends_at_any_moment(run, moment):
    terminate_at(run(), moment)


@pytest.mark.slow
@pytest.mark.parametrize("moment", moments(20)[2:])
def test_it_ends_at_every_other_moment(run, moment):
    terminate_at(run(), moment)


def close_at(running: Running, screen, moment: float) -> None:
    window = running.window()
    running.wait(moment)
    screen.close_window(window)
    assert running.ended() == (0, "")


@pytest.mark.parametrize("moment", moments(1))
def test_its_window_can_be_closed_at_any_moment(run, screen, tmp_path, moment):
    choose(tmp_path / "home", '[window]\nclose = "quit"\n')
    close_at(run(), screen, moment)


@pytest.mark.slow
@pytest.mark.parametrize("moment", moments(20)[1:])
def test_its_window_can_be_closed_at_every_other_moment(run, screen, tmp_path, moment):
    choose(tmp_path / "home", '[window]\nclose = "quit"\n')
    close_at(run(), screen, moment)


@pytest.mark.parametrize(
    "env", [{"DISPLAY": ""}, {"DISPLAY": ":9871"}, {"DISPLAY": "", "WAYLAND_DISPLAY": "nobody"}, {"DISPLAY": "rubbish"}]
)
def test_no_display_is_one_line(tmp_path, env):
    base = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = starling(home=tmp_path, env=base | env)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("starling: ")
    assert done.err.endswith("[ui.no_display]\n")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libEGL.so.1", "libxkbcommon-x11.so.0"])
def test_a_missing_library_is_one_line(bare_screen, tmp_path, library):
    path = Path("/usr/lib", f"{os.uname().machine}-linux-gnu", library)
    if not path.exists() or os.geteuid() or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip(f"{library} cannot be hidden here")
    script = 'mount --bind /dev/null "$1" && shift && exec "$@"'
    argv = ["unshare", "-m", "sh", "-c", script, "_", str(path.resolve()), sys.executable, "-m", "starling"]
    done = subprocess.run(argv, env=bare_screen.env(tmp_path), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1, done.stderr
    assert f"needs {library}" in done.stderr
    assert done.stderr.endswith("[ui.missing_library]\n")
    assert len(done.stderr.splitlines()) == 1


def test_minimized_belongs_to_the_window(tmp_path):
    done = starling("--minimized", "doctor", home=tmp_path)
    assert done.code == 2
    assert "--minimized" in done.err
