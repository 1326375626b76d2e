import pytest

from starling.pipeline.choice import choose
from starling.settings.schema import SETTINGS

DEFAULTS = {setting.key: setting.default for setting in SETTINGS}


def test_every_setting_has_a_reader():
    read = set()

    def get(key):
        read.add(key)
        return DEFAULTS[key]

    choose(get)
    # The window, the store, the power's own watch and the keys read these.
    elsewhere = ("window.", "models.", "power.", "keys.")
    assert read == {key for key in DEFAULTS if not key.startswith(elsewhere)}


def test_options_replace_settings_and_none_does_not():
    choice = choose(DEFAULTS.__getitem__, stt_tier="demo", voice=None)
    assert choice.stt_tier == "demo"
    assert choice.voice == DEFAULTS["tts.voice"]


@pytest.mark.parametrize(
    ("setting", "option", "language"),
    [("auto", None, None), ("de", None, "de"), ("de", "fr", "fr"), ("de", "auto", None)],
)
def test_language(setting, option, language):
    choice = choose({**DEFAULTS, "stt.language": setting}.__getitem__, option)
    assert choice.stt_options.language == language


def test_minutes_become_seconds():
    assert choose({**DEFAULTS, "engine.idle_unload": 2}.__getitem__).idle_unload_s == 120.0
