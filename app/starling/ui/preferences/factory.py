"""Which control a declaration asks for."""

from __future__ import annotations

from starling.settings.schema import Setting
from starling.ui.connection.model_editor import LanguageModelEditor
from starling.ui.connection.server_editor import ServerEditor
from starling.ui.keys.editor import ChordEditor
from starling.ui.preferences.editor import Editor, NumberEditor, SwitchEditor, TextEditor
from starling.ui.preferences.found import DeviceEditor, LanguageEditor, ModelEditor, VoiceEditor
from starling.ui.preferences.lists import ChoiceEditor
from starling.ui.preferences.sliders import SliderEditor
from starling.ui.preferences.soundcheck import MicrophoneCheck, SpeakerCheck, ThresholdEditor
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.wake import WakePhraseEditor


def make_editor(setting: Setting, around: Surroundings) -> Editor:
    """The control for one setting, showing its default."""
    match setting.control:
        case "input" | "output":
            return _device(setting, around)
        case "threshold":
            return ThresholdEditor(setting, around)
        case "slider":
            return SliderEditor(setting)
        case "model":
            return ModelEditor(setting, around)
        case "language":
            return LanguageEditor(setting)
        case "voice":
            return VoiceEditor(setting, around)
        case "server":
            return ServerEditor(setting, around)
        case "language_model":
            return LanguageModelEditor(setting, around)
        case "chord":
            return ChordEditor(setting, around)
        case "wake_phrase":
            return WakePhraseEditor(setting, around)
        case "":
            return _plain(setting)


def _device(setting: Setting, around: Surroundings) -> Editor:
    editor = DeviceEditor(setting, around)
    editor.extra = MicrophoneCheck(around) if setting.control == "input" else SpeakerCheck(around)
    return editor


def _plain(setting: Setting) -> Editor:
    if setting.choices:
        return ChoiceEditor(setting)
    if isinstance(setting.default, bool):
        return SwitchEditor(setting)
    return TextEditor(setting) if isinstance(setting.default, str) else NumberEditor(setting)
