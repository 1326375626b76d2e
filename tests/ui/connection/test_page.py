"""The preferences of the language model: found, chosen, tested, its key, and a new conversation."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QInputDialog, QLabel, QLineEdit, QPushButton

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.settings.schema import SETTINGS
from tests.ui.connection.test_presenter import AWAY, GONE, HERE, LOCKED, NO_RING
from tests.ui.preferences.conftest import bridge, dialog, service, settings
from tests.ui.window.test_every_control import described, name_of
from tests.ui.window.test_translation import Brackets, _without_brackets, brackets, untranslated

__all__ = ["Brackets", "brackets", "bridge", "dialog", "service", "settings"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
OLLAMA = events.Server("Ollama", HERE, ("qwen3", "gemma3"), ("x",))
LEMONADE = events.Server("Lemonade", "http://127.0.0.1:13305/api/v1", ("llama",), ("x",))
DEAD = events.Server("llama.cpp", "http://127.0.0.1:8080/v1", error=GONE)
WORKS = events.ConnectionTested(HERE, "qwen3", True, ("qwen3", "gemma3"), "Hello.", 14.0, 412.0, "called")
ENDED = events.Stopped(StarlingError("app.ended", "It ended.", "Start it."))


class Page:
    def __init__(self, dialog, settings, service, bridge) -> None:
        self.dialog, self.settings, self.service, self.bridge = dialog, settings, service, bridge
        dialog.open_at("assistant.llm_url")
        self.server = dialog.form.rows["assistant.llm_url"].editor
        self.model = dialog.form.rows["assistant.llm_model"].editor
        self.key, self.check = self.server.key, self.model.check

    def tell(self, *told) -> None:
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()

    def connect(self, url=HERE, local=True, state="untested", **more) -> None:
        self.settings.use("assistant.llm_url", url)
        self.dialog.form.show_values()
        self.tell(events.ConnectionShown(url, "", state, local, **more))

    @property
    def found(self) -> list[str]:
        return [row.name.text() for row in self.server.found if not row.isHidden()]

    @property
    def facts(self) -> dict[str, str]:
        return {row.name.text(): row.value.text() for row in self.check.facts if not row.isHidden()}

    @property
    def models(self) -> list[str]:
        return [self.model.box.itemText(place) for place in range(self.model.box.count())]


@pytest.fixture
def page(dialog, settings, service, bridge):
    return Page(dialog, settings, service, bridge)


def test_nothing_is_asked_before_it_is_wanted(page):
    names = ("find_servers", "test_connection", "find_key", "save_key", "forget_conversation")
    assert [page.service.told(name) for name in names] == [[]] * len(names)
    assert page.server.place.text.startswith("No server is set.")
    assert (page.check.state.text, page.check.test.isEnabled()) == ("Not connected", False)
    assert page.key.isHidden()


def test_servers_are_found_and_one_is_used(qtbot, page):
    page.server.search.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.server.search, Qt.Key.Key_Space)
    assert page.service.told("find_servers") == [("find_servers",)]
    assert (page.server.searched.kind, page.server.search.hasFocus()) == ("busy", True)
    page.tell(events.ServersFound((OLLAMA, LEMONADE, DEAD)))
    assert page.server.searched.text == "Servers found on this machine: 2"
    assert page.found == ["Ollama", "Lemonade"]
    with qtbot.waitSignal(page.dialog.changes.saved):
        page.server.found[0].use.click()
    assert page.settings.get("assistant.llm_url") == page.server.value() == HERE
    assert page.service.calls[-1] == ("apply",)
    page.tell(events.ConnectionShown(HERE, "", "untested"))
    assert not page.server.found[0].use.isEnabled()
    assert page.models == ["The server's first", "qwen3", "gemma3", "Another name…"]


def test_nothing_is_found(page):
    page.server.search.click()
    page.tell(events.ServersFound((DEAD,)))
    assert page.found == []
    assert page.server.searched.kind == "warning"
    assert "start it, and look again" in page.server.searched.text
    page.server.search.click()
    assert len(page.service.told("find_servers")) == 2


def test_an_end_in_the_middle_ends_the_waiting(page):
    page.connect()
    page.server.search.click()
    page.check.test.click()
    page.tell(ENDED)
    assert page.server.searched.kind == page.check.state.kind == "bad"
    page.server.search.click()
    assert page.server.searched.kind == "bad"
    assert len(page.service.told("find_servers")) == 1


def test_a_test_shows_what_was_measured(qtbot, page):
    page.connect()
    page.check.test.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.check.test, Qt.Key.Key_Space)
    assert page.service.told("test_connection") == [("test_connection", HERE, "")]
    assert (page.check.state.kind, page.check.test.hasFocus(), page.facts) == ("busy", True, {})
    page.tell(events.ConnectionTested(AWAY, "other"))  # of something else
    assert page.check.state.kind == "busy"
    page.tell(WORKS)
    assert (page.check.state.kind, page.check.state.text) == ("good", "It works.")
    assert page.facts == {
        "Answers": "after 14 ms",
        "First words": "after 412 ms",
        "Model": "qwen3",
        "It said": "Hello.",
        "Skills": "the model can use them",
    }
    page.connect(AWAY, local=False)
    assert page.facts == {}


def test_a_failed_test_says_what_helps(page):
    page.connect()
    page.check.test.click()
    page.tell(events.ConnectionTested(HERE, error=GONE))
    assert (page.check.state.kind, page.check.state.text) == ("bad", "It cannot be reached. Start it.")
    assert page.facts == {"Answers": "not measured yet"}
    page.check.test.click()
    assert len(page.service.told("test_connection")) == 2


def test_a_server_elsewhere_is_warned_of_and_its_key_looked_up(page):
    page.connect(AWAY, local=False)
    assert page.server.place.kind == "warning"
    assert page.service.told("find_key") == [("find_key", AWAY)]
    page.tell(events.KeyShown(AWAY, True))
    assert (page.key.store.text(), page.key.remove.isEnabled()) == ("Replace the key…", True)
    page.key.remove.click()
    assert page.service.told("save_key") == [("save_key", AWAY, "")]
    page.tell(events.KeyShown(AWAY, False))
    assert (page.key.store.text(), page.key.remove.isEnabled()) == ("Store a key…", False)


def test_a_machine_without_a_keyring_says_so(page):
    page.connect(AWAY, local=False)
    page.tell(events.KeyShown(AWAY, False, NO_RING))
    assert page.key.state.text == "No keyring. Start one."
    assert not page.key.store.isEnabled()


def test_a_key_is_typed_unseen_and_kept_nowhere_in_the_window(qtbot, page):
    page.connect()
    page.key.store.click()
    asked = page.key.findChild(QInputDialog)
    field = asked.findChild(QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(field, "sk-secret")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.service.told("save_key") == [("save_key", HERE, "sk-secret")]
    qtbot.waitUntil(lambda: page.key.findChild(QInputDialog) is None)
    page.tell(events.KeyShown(HERE, True))
    for widget in page.dialog.findChildren(QLabel):
        assert "sk-secret" not in widget.text()
    assert all("sk-secret" not in field.text() for field in page.dialog.findChildren(QLineEdit))


def test_a_server_here_that_wants_a_key_makes_it_looked_up(page):
    page.connect()
    assert page.service.told("find_key") == []
    page.check.test.click()
    page.tell(events.ConnectionTested(HERE, error=LOCKED))
    assert page.service.told("find_key") == [("find_key", HERE)]


def test_a_new_conversation(page):
    page.connect()
    page.check.forget.click()
    assert page.service.told("forget_conversation") == [("forget_conversation",)]
    page.tell(events.ConversationForgotten())
    assert page.check.state.text == "A new conversation has begun."


def test_a_model_may_be_named_that_the_server_does_not_tell_of(qtbot, page):
    page.connect()
    box = page.model.box
    box.setCurrentIndex(box.findText("Another name…"))
    asked = page.model.findChild(QInputDialog)
    asked.setTextValue(" my   model ")
    with qtbot.waitSignal(page.dialog.changes.saved):
        asked.accept()
    assert page.settings.get("assistant.llm_model") == "my model"
    page.tell(events.ServersFound((OLLAMA,)))
    assert box.currentText() == "my model (not on this server)"


def test_another_server_takes_a_model_it_has(qtbot, page):
    page.settings.use("assistant.llm_model", "qwen3")
    page.connect()
    page.tell(events.ServersFound((OLLAMA, LEMONADE)))
    with qtbot.waitSignal(page.dialog.changes.saved):
        page.connect(LEMONADE.url)
    assert page.settings.get("assistant.llm_model") == ""
    assert page.models == ["The server's first", "llama", "Another name…"]


def test_an_address_that_cannot_be_used_is_told(page):
    page.connect()
    page.tell(events.ConnectionShown(state="failed", error=GONE))
    assert (page.server.place.kind, page.server.place.text) == ("bad", "It cannot be reached. Start it.")
    assert not page.check.test.isEnabled()


def test_everything_has_a_name_and_tab_goes_down(qtbot, page):
    page.connect(AWAY, local=False)
    page.tell(events.KeyShown(AWAY, True), events.ServersFound((OLLAMA, LEMONADE)))
    parts = [page.server, page.server.extra, page.model, page.check]
    controls = [
        each
        for part in parts
        for kind in (QPushButton, QLineEdit, QComboBox)
        for each in part.findChildren(kind)
        if each.isVisible()
    ]
    assert [described(each) for each in controls if not name_of(each).strip()] == []
    expected = [
        page.server.field,
        page.server.search,
        page.dialog.form.rows["assistant.llm_url"].reset,
        *(row.use for row in page.server.found[:2]),
        page.key.store,
        page.key.remove,
        page.model.box,
        page.check.test,
        page.check.forget,
    ]
    page.server.field.setFocus()
    order = [QApplication.focusWidget()]
    for _ in range(len(expected) - 1):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert [described(each) for each in order] == [described(each) for each in expected]


def test_texts_of_servers_are_plain(page):
    page.connect()
    evil = events.Server("<b>x</b>", "http://127.0.0.1:1/v1", ("<img src=x>",), ("x",))
    page.tell(events.ServersFound((evil,)))
    page.check.test.click()
    page.tell(events.ConnectionTested(HERE, "<b>m</b>", True, (), "<a href='x'>y</a>", 1.0, 2.0))
    shown = (*page.server.extra.findChildren(QLabel), *page.check.findChildren(QLabel))
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    assert page.facts["It said"] == "<a href='x'>y</a>"


def test_every_text_is_translated(brackets, page):
    page.connect(AWAY, local=False)
    page.server.search.click()
    page.tell(events.KeyShown(AWAY, True), events.ServersFound((OLLAMA, DEAD)))
    page.check.test.click()
    page.tell(events.ConnectionTested(AWAY, "qwen3", False, ("qwen3",), "[Hello.]", 14.0, 412.0, "ignored"))
    data = (AWAY, HERE, "Ollama", "qwen3", "gemma3")
    for part in (page.server, page.server.extra, page.model, page.check):
        for text in untranslated(part):
            rest = _without_brackets(text)
            for known in data:
                rest = rest.replace(known, "")
            assert not any(letter.isalpha() for letter in rest), text


def test_the_page_is_of_declared_settings():
    controls = {setting.key: setting.control for setting in SETTINGS}
    assert controls["assistant.llm_url"] == "server"
    assert controls["assistant.llm_model"] == "language_model"
