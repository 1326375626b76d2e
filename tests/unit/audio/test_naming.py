import pytest

from starling.audio.naming import AudioDevice, pick, with_unique_names
from starling.audio.portaudio import readable
from starling.core.errors import StarlingError


def device(name: str, kind: str = "input", default: bool = False, monitor: bool = False, id: str = "") -> AudioDevice:
    return AudioDevice(name, kind, 48_000, 2, default, id or f"id.{name}", monitor)  # type: ignore[arg-type]


DEVICES = [
    device("Monitor of Headset", monitor=True),
    device("Built-in Audio Analog Stereo", default=True),
    device("Headset Microphone"),
    device("Webcam C920", id="alsa_input.usb-046d_C920"),
    device("Speakers", "output", default=True),
]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "Built-in Audio Analog Stereo"),
        ("Headset Microphone", "Headset Microphone"),
        ("headset microphone", "Headset Microphone"),
        ("webcam", "Webcam C920"),
        ("alsa_input.usb-046d_C920", "Webcam C920"),
        ("headset", "Headset Microphone"),
        ("Monitor of Headset", "Monitor of Headset"),
    ],
)
def test_names_that_are_understood(name: str, found: str) -> None:
    assert pick(DEVICES, name, "input").name == found


@pytest.mark.parametrize(
    ("name", "code", "mentioned"),
    [
        ("Webcam C922", "audio.unknown_device", '"Webcam C920"'),
        ("Speakers", "audio.unknown_device", "Built-in"),
        ("e", "audio.ambiguous_device", ""),
    ],
)
def test_names_that_are_refused_say_what_there_is(name: str, code: str, mentioned: str) -> None:
    with pytest.raises(StarlingError) as refused:
        pick(DEVICES, name, "input")
    assert refused.value.code == code
    assert mentioned in refused.value.fix


def test_a_monitor_is_never_the_default() -> None:
    with pytest.raises(StarlingError) as refused:
        pick([device("Monitor", default=True, monitor=True)], "", "input")
    assert refused.value.code == "audio.no_microphone"
    assert pick([device("Monitor", default=True, monitor=True), device("Mic")], "", "input").name == "Mic"


def test_no_speaker_is_named_so() -> None:
    with pytest.raises(StarlingError) as refused:
        pick([], "", "output")
    assert refused.value.code == "audio.no_speaker"


def test_twins_get_their_ids_and_others_do_not() -> None:
    names = [d.name for d in with_unique_names([device("Mic", id="a"), device("Mic", id="b"), device("Mic", "output")])]
    assert names == ["Mic [a]", "Mic [b]", "Mic"]


@pytest.mark.parametrize(
    ("portaudio", "shown"),
    [
        ("HDA Intel PCH: ALC257 Analog (hw:0,0)", "HDA Intel PCH: ALC257 Analog"),
        ("Microphone (Realtek Audio)", "Microphone (Realtek Audio)"),
        ("default", "default"),
    ],
)
def test_card_numbers_are_not_part_of_a_name(portaudio: str, shown: str) -> None:
    assert readable(portaudio) == shown
