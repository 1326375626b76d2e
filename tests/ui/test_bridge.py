import itertools
import threading
import time

import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.panel import Activity
from starling.ui.bridge import SOUND_INTERVAL_MS, Bridge, joined


@pytest.fixture
def bridge(qtbot):
    bridge = Bridge()
    yield bridge
    bridge.close()


def sound(level: float = -20.0, peak: float = 0.5, seconds: float = 0.032, probability: float = 0.9) -> events.Sound:
    return events.Sound(level, probability, 0.5, ((-peak, peak),), seconds)


def in_thread(work) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_events_of_other_threads_arrive_in_the_gui_thread_and_in_order(qtbot, bridge):
    heard: list[tuple[int, str]] = []
    bridge.event.connect(lambda event: heard.append((threading.get_ident(), event.text)))
    in_thread(lambda: [bridge.emit_from_any_thread(events.Partial(str(number))) for number in range(50)])
    assert heard == []
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert heard == [(threading.get_ident(), str(number)) for number in range(50)]


def test_an_event_of_the_gui_thread_is_queued_too(qtbot, bridge):
    heard = []
    bridge.event.connect(heard.append)
    bridge.emit_from_any_thread(events.Notice("later"))
    assert heard == []
    qtbot.waitUntil(lambda: heard == [events.Notice("later")])


def test_the_panel_is_kept_and_told_after_the_event(qtbot, bridge):
    order = []
    bridge.event.connect(lambda event: order.append("event"))
    bridge.panel_changed.connect(lambda panel: order.append(panel.partial))
    bridge.emit_from_any_thread(events.Partial("hey"))
    bridge.emit_from_any_thread(events.Partial("hey"))
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["event", "hey", "event"]
    assert bridge.panel.partial == "hey"


def test_sound_is_joined_and_comes_at_most_twenty_times_a_second(qtbot, bridge):
    heard: list[tuple[float, events.Sound]] = []
    others = []
    bridge.sound.connect(lambda joined_sound: heard.append((time.monotonic(), joined_sound)))
    bridge.event.connect(others.append)
    sent = 0

    def all_there() -> bool:
        nonlocal sent
        if sent < 200:
            in_thread(lambda: bridge.emit_from_any_thread(sound()))
            sent += 1
        return sum(len(joined_sound.peaks) for _, joined_sound in heard) == 200

    qtbot.waitUntil(all_there, timeout=15_000)
    gaps = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(heard)]
    assert min(gaps) >= 0.9 * SOUND_INTERVAL_MS / 1000
    assert others == []


def test_a_closed_bridge_says_nothing(qtbot, bridge):
    heard = []
    bridge.event.connect(heard.append)
    bridge.emit_from_any_thread(events.Notice("on its way"))
    bridge.close()
    in_thread(lambda: bridge.emit_from_any_thread(events.Notice("late")))
    qtbot.wait(1)
    assert heard == []


def test_joined_keeps_power_and_waveform():
    both = joined([sound(-10.0, 0.1), sound(-100.0, 0.2, probability=0.1)])
    assert both.level_dbfs == pytest.approx(-13.01, abs=0.01)
    assert both.probability == 0.1
    assert both.peaks == ((-0.1, 0.1), (-0.2, 0.2))
    assert both.seconds == pytest.approx(0.064)
    assert joined([sound(-7.0)]) == sound(-7.0)
    assert joined([sound(-100.0), sound(-100.0)]).level_dbfs == pytest.approx(-100)


FULL = StarlingError("history.disk_full", "The disk is full.", "Make room.")


def test_what_the_user_chose_is_shown_until_what_runs_says_otherwise(qtbot, bridge):
    seen = []
    bridge.panel_changed.connect(seen.append)
    bridge.suppose(muted=True, mode="dictation")
    bridge.suppose(muted=True)
    assert [panel.listening for panel in seen] == [events.Listening("dictation", "always", True)]
    with qtbot.waitSignal(bridge.panel_changed):
        bridge.emit_from_any_thread(events.Listening("assistant", "hold", False, True))
    bridge.suppose(muted=True)
    assert bridge.panel.listening == events.Listening("assistant", "hold", False, True)
    with qtbot.waitSignal(bridge.panel_changed):
        bridge.emit_from_any_thread(events.Stopped(FULL))
    bridge.suppose(muted=True)
    assert bridge.panel.listening == events.Listening("assistant", "hold", True, False)


def test_what_starts_again_has_not_failed(qtbot, bridge):
    bridge.emit_from_any_thread(events.EngineShown("stt", "failed", "legacy", "tiny.en"))
    bridge.emit_from_any_thread(events.Stopped(FULL))
    qtbot.waitUntil(lambda: bool(bridge.panel.failed))
    bridge.starts()
    assert bridge.panel.activity is Activity.STARTING


def test_nothing_is_shown_after_the_end(bridge):
    bridge.panel_changed.connect(lambda panel: pytest.fail("shown"))
    bridge.close()
    bridge.suppose(muted=True)
    bridge.starts()
