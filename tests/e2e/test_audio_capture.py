"""The microphone against a real sound server, and against everything that can happen to one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from starling.audio.devices import list_devices, status
from starling.audio.events import MicrophoneBack, MicrophoneLost, MicrophoneOpened, SamplesLost
from starling.audio.microphone import Microphone
from starling.core.errors import StarlingError
from tests.helpers import tones
from tests.helpers.pulse import PulseServer, wait_until

pytestmark = pytest.mark.pulse
TOLD_S = 1.5
BACK_S = 3.0
MIC = "Desk Microphone"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    with PulseServer() as server:
        server.apply(monkeypatch)
        server.add_microphone("mic", MIC)
        server.add_microphone("other", "Another Microphone")
        yield server


@pytest.fixture
def microphone(server: PulseServer) -> Iterator[Microphone]:
    microphone = Microphone(MIC)
    microphone.wait_open(6)
    assert microphone.events() == [MicrophoneOpened(MIC, 48_000, 2)]
    yield microphone
    microphone.close()


def clients(server: PulseServer) -> list[str]:
    """Processes of ours that talk to the server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = str(server.socket).encode() in (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if ours and ("starling.audio.worker" in command or "pactl subscribe" in command):
            found.append(command)
    return found


def test_a_tone_arrives_whole(server: PulseServer, microphone: Microphone, tmp_path: Path) -> None:
    wav = tones.write(tmp_path / "tone.wav", tones.tone(2.0, 48_000), 48_000)
    player = server.play_into("mic_feed", wav, wait=False)
    parts, until = [], time.monotonic() + 3.0
    while time.monotonic() < until:
        parts.append(microphone.read(0.2))
    player.wait(10)
    heard = np.concatenate(parts)
    whole = heard[tones.sounding(heard)]
    assert whole.size / 16_000 == pytest.approx(2.0, abs=0.01)
    assert tones.phase_jump(whole[160:-160], 16_000) < 0.01
    assert np.abs(whole).max() == pytest.approx(0.4, abs=0.02)
    stats = microphone.stats()
    assert (stats.lost_s, stats.overruns) == (0.0, 0)
    assert stats.captured_s == pytest.approx(stats.wall_s, abs=0.2)
    assert microphone.events() == []


def first_event(microphone: Microphone, kind: type, timeout_s: float) -> object:
    """The next event, which must be of that kind, and come in time."""
    events: list[object] = []
    deadline = time.monotonic() + timeout_s
    while not events and time.monotonic() < deadline:
        microphone.read(0.02)
        events += [event for event in microphone.events() if not isinstance(event, SamplesLost)]
    assert len(events) == 1, f"{events} within {timeout_s} s"
    assert isinstance(events[0], kind)
    return events[0]


Step = Callable[[PulseServer], None]
FAULTS: dict[str, tuple[Step, Step]] = {
    "freeze": (lambda server: server.freeze(), lambda server: server.thaw()),
    "kill": (lambda server: server.kill(), lambda server: server.start()),
    "removed": (lambda server: server.remove("mic"), lambda server: server.put_back("mic")),
    "suspended": (
        lambda server: server.suspend_source("mic", True),
        lambda server: server.suspend_source("mic", False),
    ),
}


def suffer(server: PulseServer, microphone: Microphone, fault: str, hold_s: float) -> None:
    """One fault: told in time, nothing heard from anywhere else, reopened in time."""
    do, undo = FAULTS[fault]
    before = microphone.stats()
    do(server)
    lost = first_event(microphone, MicrophoneLost, TOLD_S)
    assert isinstance(lost, MicrophoneLost)
    assert lost.reason.code == "audio.microphone_lost"
    assert MIC in lost.reason.message
    microphone.read(0)
    assert microphone.read(hold_s).size == 0
    undo(server)
    back = first_event(microphone, MicrophoneBack, BACK_S)
    assert isinstance(back, MicrophoneBack)
    assert back.device == MIC
    assert microphone.read(1.0).size
    after = microphone.stats()
    accounted = after.captured_s + after.lost_s - before.captured_s - before.lost_s
    # At either end a block and the device's buffer may be on their way: a quarter of a second each.
    assert accounted == pytest.approx(after.wall_s - before.wall_s, abs=0.5)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_the_chosen_microphone_comes_back(
    server: PulseServer, microphone: Microphone, fault: str, tmp_path: Path
) -> None:
    noise = tones.write(tmp_path / "noise.wav", tones.tone(30.0, 48_000, 1000), 48_000)
    player = server.play_into("other_feed", noise, wait=False)
    suffer(server, microphone, fault, 0.3)
    player.kill()
    player.wait()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS)
def test_twenty_of_each(server: PulseServer, microphone: Microphone, fault: str) -> None:
    for round in range(20):
        suffer(server, microphone, fault, 0.1 + round * 0.17)
        time.sleep(0.5)


def test_devices_are_listed_by_readable_names(server: PulseServer) -> None:
    devices = {(device.kind, device.name): device for device in list_devices()}
    assert devices["input", MIC].is_default
    assert not devices["input", MIC].monitor
    assert devices["input", "Monitor of Test Speaker"].monitor
    assert devices["output", "Test Speaker"].rate == 48_000
    report = status()
    assert report["server"].startswith("pulseaudio")
    assert report["errors"] == []


def test_without_a_microphone_it_says_so_and_takes_one_that_comes(server: PulseServer) -> None:
    server.remove("mic")
    server.remove("other")
    microphone = Microphone()
    try:
        with pytest.raises(StarlingError) as refused:
            microphone.wait_open(5)
        assert refused.value.code == "audio.no_microphone"
        assert isinstance(microphone.events()[0], MicrophoneLost)
        server.put_back("mic")
        assert isinstance(first_event(microphone, MicrophoneOpened, BACK_S), MicrophoneOpened)
    finally:
        microphone.close()


def test_an_unknown_microphone_is_refused_with_the_near_miss(server: PulseServer) -> None:
    microphone = Microphone("Desk Micrphone")
    try:
        with pytest.raises(StarlingError) as refused:
            microphone.wait_open(5)
    finally:
        microphone.close()
    assert refused.value.code == "audio.unknown_device"
    assert MIC in refused.value.fix


def test_without_a_sound_server_it_says_what_is_missing(server: PulseServer) -> None:
    server.kill()
    microphone = Microphone()
    try:
        with pytest.raises(StarlingError) as refused:
            microphone.wait_open(8)
    finally:
        microphone.close()
    assert refused.value.code.startswith("audio.")
    assert refused.value.fix


def test_nothing_is_left_behind(server: PulseServer, microphone: Microphone) -> None:
    assert len(clients(server)) >= 2
    microphone.close()
    assert wait_until(lambda: not clients(server), 2), clients(server)


@pytest.mark.parametrize("frozen", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_killed_starling_leaves_nothing_behind(server: PulseServer, frozen: bool) -> None:
    code = (
        "import time\nfrom starling.audio.microphone import Microphone\n"
        "m = Microphone('mic'); m.wait_open(6); print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as starling:
        assert starling.stdout is not None
        assert starling.stdout.readline() == b"open\n"
        if frozen:
            server.freeze()
        os.kill(starling.pid, signal.SIGKILL)
    assert wait_until(lambda: not clients(server), 2), clients(server)
