"""The power mode in the preferences and in the tray's menu."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from starling.npu.power.modes import Mode
from starling.npu.power.rules import Why
from starling.pipeline.events import PowerShown
from starling.settings.power import POWER
from starling.ui.power.card import PowerCard
from starling.ui.power.menu import PowerMenu
from starling.ui.power.words import MODES, mode_word, rule_sentence, state_note, state_sentence

COMMAND = "sudo /opt/xilinx/xrt/bin/xrt-smi configure -d 0000:c6:00.1 --pmode MODE"
SHOWN = PowerShown(True, "balanced", "/dev/accel/accel0 GET_INFO power mode", True, "helper", COMMAND)
BY_HAND = replace(SHOWN, way="none", rule="failed",
                  error={"code": "power.needs_root", "message": "Only root may.", "fix": "Run: sudo …"})  # fmt: skip


class Service:
    def __init__(self):
        self.calls = []

    def look_at_power(self):
        self.calls.append("look")

    def set_power_mode(self, mode):
        self.calls.append(mode)


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def card(qtbot, service):
    card = PowerCard(service)
    qtbot.addWidget(card)
    card.show()
    return card


@pytest.fixture
def menu(qtbot, service):
    menu = PowerMenu(service.look_at_power, service.set_power_mode)
    qtbot.addWidget(menu)
    return menu


def test_the_words_are_those_of_the_settings():
    assert tuple(Mode) == MODES
    labels = next(setting.labels for setting in POWER if setting.key == "power.on_mains")
    assert tuple(map(mode_word, MODES)) == labels
    assert mode_word("warp") == "warp"


def test_every_state_of_the_rule_has_a_sentence():
    for why in Why:
        if why not in (Why.OFF, Why.RIGHT):
            assert rule_sentence(why.value).endswith(".")
            assert 0 < len(state_note(replace(SHOWN, rule=why.value))) < 50
    assert rule_sentence("following")
    assert rule_sentence("off") == ""


def test_it_is_read_when_the_card_is_shown(card, service):
    assert service.calls == ["look"]
    assert card.state.text() == "Looking at the NPU."
    assert not card.switch.isVisible()


def test_without_an_npu(card):
    card.on_event(PowerShown(False))
    assert card.state.text() == "This computer has no NPU to set it for."
    assert not card.switch.isVisible()
    assert not card.by_hand.isVisible()


def test_what_is_read_is_shown(card):
    card.on_event(SHOWN)
    assert (card.mode.value.text(), card.source.value.text(), card.switch.value) == ("Balanced", "Mains", "balanced")
    assert "GET_INFO power mode" in card.mode.value.toolTip()
    assert not card.by_hand.isVisible()
    assert not card.error.isVisible()


def test_choosing_sets_and_what_it_really_is_is_shown(card, service):
    card.on_event(SHOWN)
    card.switch._segments[-1].click()
    assert service.calls[-1] == "turbo"
    card.on_event(replace(SHOWN, changing="turbo"))
    assert not card.switch.isEnabled()
    assert card.state.text() == "Setting Turbo. The system may ask for a password."
    card.on_event(replace(SHOWN, mode="performance", error={"code": "x", "message": "It is not.", "fix": "Plug in."}))
    assert (card.switch.value, card.error.text()) == ("performance", "It is not. Plug in.")
    assert card.switch.isEnabled()


def test_by_hand_the_command_can_be_copied(card):
    card.on_event(BY_HAND)
    assert not card.switch.isEnabled()
    assert card.by_hand.isVisible()
    card.copy.click()
    assert QGuiApplication.clipboard().text() == COMMAND.replace("MODE", "turbo")


def test_a_mode_that_nothing_tells(card):
    card.on_event(replace(SHOWN, mode="", mains=None))
    assert (card.mode.value.text(), card.source.value.text()) == ("not readable", "not known")


def test_the_menu_is_hidden_without_an_npu(menu):
    assert not menu.menuAction().isVisible()
    menu.show_npu(True)
    assert menu.menuAction().isVisible()
    menu.show_power(PowerShown(False))
    assert not menu.menuAction().isVisible()


def test_the_menu_shows_what_is_and_asks_when_it_opens(menu, service):
    menu.show_power(SHOWN)
    assert [mode for mode, action in menu.modes.items() if action.isChecked()] == ["balanced"]
    menu.aboutToShow.emit()
    menu.modes["turbo"].trigger()
    assert service.calls == ["look", "turbo"]
    assert [mode for mode, action in menu.modes.items() if action.isChecked()] == ["balanced"]
    menu.show_power(replace(SHOWN, changing="turbo"))
    assert not any(action.isEnabled() for action in menu.modes.values())
    menu.show_power(replace(SHOWN, mode="turbo"))
    assert [mode for mode, action in menu.modes.items() if action.isChecked()] == ["turbo"]


def test_the_menu_without_a_way_to_set(menu):
    menu.show_power(BY_HAND)
    assert not any(action.isEnabled() for action in menu.modes.values())
    assert menu.state.text() == "Only root may set it: see the preferences"


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (SHOWN, "The system asks for a password before the mode is changed."),
        (replace(SHOWN, way="direct"), ""),
        (replace(SHOWN, way="none"), "Only root may set the mode here, with the command below."),
        (replace(SHOWN, rule="following"), "It follows the power source."),
    ],
)
def test_sentences(shown, sentence):
    assert state_sentence(shown) == sentence
