"""Lists that the pipeline fills: devices, models, voices; and languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.settings.schema import Setting
from starling.ui.kit.buttons import IconButton
from starling.ui.preferences import languages
from starling.ui.preferences.lists import ListEditor, Option
from starling.ui.preferences.surroundings import Surroundings

_CHOOSE = "\0choose"
"""Stands for the entry that opens a dialog; no folder or model is called that."""


class DeviceEditor(ListEditor):
    """A microphone or speaker; a saved one that is not there is named as such."""

    wide = True  # the names of devices are long

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._service = around.service
        self._input = setting.control == "input"
        self.look_again = IconButton("retry", self.tr("Look for devices again"))
        self.look_again.clicked.connect(around.service.find_devices)
        self._adopt(self.box, self.look_again)
        self._known = False
        self.set_options([Option("", self.tr("System default"))])
        around.bridge.event.connect(self._on_event)

    def missing(self, value: str) -> str:
        """The device's name, and that it is not connected once that is known."""
        return self.tr("{name} (not connected)").format(name=value) if self._known else value

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.DevicesFound):
            self._found(event)
        elif isinstance(event, events.MicrophoneChanged | events.SpeakerChanged) and event.state in ("lost", "back"):
            if self._input and self.isVisible():  # one of the two asks for both
                self._service.find_devices()

    def _found(self, event: events.DevicesFound) -> None:
        if event.error is not None:
            self.problem.emit(StarlingError.from_json(event.error))
            return
        self.problem.emit(None)
        self._known = True
        devices = event.microphones if self._input else event.speakers
        self.set_options([self._default(devices), *(Option(d.name, d.label, d.name) for d in devices)])

    def _default(self, devices: Sequence[events.Device]) -> Option:
        label = next((device.label for device in devices if device.is_default), "")
        return Option("", self.tr("System default ({name})").format(name=label) if label else self.tr("System default"))


class ModelEditor(ListEditor):
    """An installed model, the best one, or any folder."""

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._adopt(self.box)
        self._known = False
        self._voice = setting.key.startswith("tts.")
        self._offer(())
        around.bridge.event.connect(self._on_event)

    def missing(self, value: str) -> str:
        """A folder by its last name; a model that is not installed as such."""
        if PurePath(value).is_absolute():
            return self.tr("{name} (folder)").format(name=PurePath(value).name or value)
        return self.tr("{name} (not installed)").format(name=value) if self._known else value

    def choose_folder(self) -> None:
        """Ask for a folder."""
        kokoro, whisper = self.tr("Folder of a Kokoro model"), self.tr("Folder of a Whisper model")
        dialog = QFileDialog(self, kokoro if self._voice else whisper)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.ModelsFound):
            self._known = True
            self._offer(event.kokoro if self._voice else event.names)

    def _offer(self, names: Sequence[str]) -> None:
        best = self.tr("Largest installed") if self._voice else self.tr("Best installed")
        choose = self.tr("Choose a folder…")
        self.set_options([Option("", best), *(Option(name, name) for name in names), Option(_CHOOSE, choose)])

    def _picked(self) -> None:
        if self.value() == _CHOOSE:
            self.show_value(self._held)
            self.choose_folder()
        else:
            super()._picked()

    def _take_folder(self, folder: str) -> None:
        self.show_value(folder)
        self._explain()
        self.changed.emit(folder)


class LanguageEditor(ListEditor):
    """The languages that Whisper knows, or to detect the one that is spoken."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._adopt(self.box)
        named = sorted(((languages.name(code), code) for code in languages.CODES), key=lambda pair: pair[0].casefold())
        self.set_options([Option("auto", self.tr("Detect")), *(Option(code, name) for name, code in named)])
        self.show_value(setting.default)

    def missing(self, value: str) -> str:
        """A code that Whisper does not know."""
        return self.tr("{code} (not known)").format(code=value)


class VoiceEditor(ListEditor):
    """The voices of the tier in use, by language."""

    def __init__(self, setting: Setting, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._adopt(self.box)
        self._known = False
        self.set_options([self._default()])
        around.bridge.event.connect(self._on_event)

    def missing(self, value: str) -> str:
        """A voice of another tier."""
        return self.tr("{name} (not in this voice engine)").format(name=value) if self._known else value

    def _default(self) -> Option:
        return Option("", self.tr("The engine's own choice"))

    def _on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.VoicesFound):
            return
        if event.error is not None:
            self.problem.emit(StarlingError.from_json(event.error))
            return
        self.problem.emit(None)
        self._known = True
        self.set_options([self._default(), *by_language(event.voices)])


def by_language(voices: Sequence[tuple[str, str, str]]) -> list[Option]:
    """Voices (id, language, gender) below a heading for each language, in the order of the languages' names."""
    groups: dict[str, list[Option]] = {}
    for voice, language, gender in voices:
        groups.setdefault(languages.voice_language(language), []).append(Option(voice, _voice_label(voice, gender)))
    options: list[Option] = []
    for name in sorted(groups, key=str.casefold):
        options += [Option("", name, heading=True), *sorted(groups[name], key=lambda option: option.value.casefold())]
    return options


def _voice_label(voice: str, gender: str) -> str:
    word = {
        "female": QCoreApplication.translate("Voices", "female"),
        "male": QCoreApplication.translate("Voices", "male"),
    }.get(gender, gender)
    return f"{voice} ({word})" if word else voice
