import sys

from starling.commands import listen_command
from starling.pipeline import events


def test_listening_says_how_a_key_of_the_desktop_talks(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    monkeypatch.setenv("SWAYSOCK", "/run/sway.sock")
    show = listen_command._ShowText("", listen_command._key_hint())
    first, second = show._lines(events.Ready("legacy", "Microphone"))
    assert first == ("Listening to Microphone with legacy. Ctrl-C ends.", sys.stderr)
    assert "No key is taken" in second[0]
    assert "bindsym --release" in second[0]
    assert "ptt release" in second[0]
    assert second[1] is sys.stderr
