"""A language model asks to change something, in the real window; and its connection is tried by keyboard alone."""

import pytest

from tests.helpers.commands import processes
from tests.helpers.display import bare_screen, screen
from tests.helpers.llm_server import LlmServer, call, say
from tests.helpers.pulse import PulseServer, wait_until
from tests.helpers.watching import Watching

__all__ = ["bare_screen", "screen"]

pytestmark = pytest.mark.pulse
SETTINGS = '[listen]\nmode = "off"\n[assistant]\nllm_url = "{url}"\n[window]\nclose = "quit"\n'
MOST_TABS = 12


@pytest.fixture
def server(monkeypatch):
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


def test_a_change_is_allowed_and_the_connection_tried(screen, server, tmp_path):
    home = tmp_path / "home"
    replies = (
        call(("set_timer", {"minutes": 10, "name": "pasta"})),
        say("It runs."),
        say("Hello."),
        call(("check", {})),
    )
    with LlmServer(*replies) as model:
        with Watching(screen, home, server.variables, SETTINGS.format(url=model.url)) as window:
            found = screen.window()
            window.wait_for("Ready")
            assert wait_until(lambda: screen.active_window() == found, 5)
            screen.key("ctrl+l")
            screen.type("my pasta needs ten minutes")
            focused = window.ask("focus")
            screen.key("Return")
            (asked,) = window.wait_for("ConfirmAsked")
            assert "tool='set_timer', arguments=(('minutes', '10'), ('name', 'pasta'))" in asked
            assert window.shows("Set a timer?")
            assert "pasta" in window.ask("texts")
            screen.type("and then")
            assert window.ask("focus") == focused
            assert window.named("ConfirmEnded") == []
            screen.key("ctrl+shift+y")
            assert "outcome='yes'" in window.wait_for("ConfirmEnded")[0]
            assert window.until(lambda: "Set a timer?" not in window.ask("texts"))
            window.wait_for("ReplyEnded", 2)

            window.ask("preferences=assistant.llm_model")
            window.until(lambda: window.ask("focus") == "Language model")
            for _ in range(MOST_TABS):
                if window.ask("focus") == "Test the connection":
                    break
                screen.key("Tab")
            screen.key("space")
            (tested,) = window.wait_for("ConnectionTested")
            assert "tools='called', error=None" in tested
            assert window.shows("It works.")
            assert window.shows("the model can use them")
        assert model.asked[1]["messages"][-1]["role"] == "tool"
    assert "Traceback" not in "".join(window.stderr)
    assert processes(home) == []
