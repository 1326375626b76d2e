import pytest

from starling.core.errors import StarlingError
from starling.dictation import surroundings
from starling.dictation.keys import chord, desktops
from starling.dictation.keys.wishes import Wishes


@pytest.mark.parametrize(
    ("text", "stands", "shown"),
    [
        ("ctrl+alt+space", "ctrl+alt+space", "Ctrl+Alt+Space"),
        (" ALT + Control+SPACE ", "ctrl+alt+space", "Ctrl+Alt+Space"),
        ("meta+m", "super+m", "Super+M"),
        ("f9", "F9", "F9"),
        ("PAUSE", "Pause", "Pause"),
        ("shift+f1", "shift+F1", "Shift+F1"),
        ("control_r", "Control_R", "Right Ctrl"),
        ("xf86audiomicmute", "XF86AudioMicMute", "Microphone Mute"),
        ("ctrl+esc", "ctrl+Escape", "Ctrl+Escape"),
        ("super+pageup", "super+Prior", "Super+Page Up"),
    ],
)
def test_read(text: str, stands: str, shown: str) -> None:
    read = chord.parse(text)
    assert (str(read), read.shown) == (stands, shown)
    assert chord.parse(str(read)) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "keys.unknown_key"),
        ("+", "keys.unknown_key"),
        ("ctrl+", "keys.unknown_key"),
        ("ctrl+alt", "keys.unknown_key"),
        ("hyper+space", "keys.unknown_key"),
        ("ctrl+ü", "keys.unknown_key"),
        ("ctrl+" + "x" * 500, "keys.unknown_key"),
        ("space", "keys.types"),
        ("a", "keys.types"),
        ("shift+a", "keys.types"),
        ("Escape", "keys.types"),
        ("Return", "keys.types"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(StarlingError) as caught:
        chord.parse(text)
    assert caught.value.code == code
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("wishes", "found", "wrong"),
    [
        (Wishes(), {}, ""),
        (Wishes(talk="F9", cancel="Escape", mode=" "), {"talk": "F9", "cancel": "Escape"}, ""),
        (Wishes(talk="Escape", cancel="F9"), {"cancel": "F9"}, "keys.types"),
        (Wishes(talk="F9", mode="f9"), {"talk": "F9"}, "keys.twice"),
        (Wishes(talk="nonsense", mode="F8"), {"mode": "F8"}, "keys.unknown_key"),
    ],
)
def test_wishes(wishes: Wishes, found: dict[str, str], wrong: str) -> None:
    chords, error = wishes.chords()
    assert {action: str(one) for action, one in chords.items()} == found
    assert (error.code if error else "") == wrong


@pytest.mark.parametrize(
    ("env", "session", "desktop", "way"),
    [
        ({}, "none", "other", "command"),
        ({"DISPLAY": ":0"}, "x11", "other", "x11"),
        ({"XDG_SESSION_TYPE": "x11", "DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "KDE"}, "x11", "kde", "x11"),
        ({"XDG_SESSION_TYPE": "x11", "DISPLAY": ":0", "WAYLAND_DISPLAY": "x"}, "x11", "other", "x11"),
        ({"XDG_SESSION_TYPE": "tty", "WAYLAND_DISPLAY": "wayland-1", "SWAYSOCK": "/s"}, "wayland", "sway", "portal"),
        ({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "wayland", "gnome",
         "portal"),
        ({"WAYLAND_DISPLAY": "w", "HYPRLAND_INSTANCE_SIGNATURE": "1"}, "wayland", "hyprland", "portal"),
        ({"XDG_SESSION_TYPE": "tty"}, "none", "other", "command"),
        ({"WAYLAND_DISPLAY": "w", "XDG_SESSION_DESKTOP": "KDE"}, "wayland", "kde", "portal"),
    ],
)  # fmt: skip
def test_sessions(env: dict[str, str], session: str, desktop: str, way: str) -> None:
    assert (surroundings.session(env).kind, surroundings.compositor(env), desktops.way("auto", env)) == (
        session,
        desktop,
        way,
    )
    assert desktops.way("portal", env) == "portal"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("sway", ("bindsym --no-repeat Ctrl+Mod1+space exec starling ptt press",
                  "bindsym --release Ctrl+Mod1+space exec starling ptt release")),
        ("hyprland", ("bindt = CTRL ALT, space, exec, starling ptt press",
                      "bindrt = CTRL ALT, space, exec, starling ptt release")),
        ("kde", ("starling ptt toggle",)),
        ("gnome", ("starling ptt toggle",)),
        ("", ("starling ptt toggle",)),
    ],
)  # fmt: skip
def test_advice(name: str, lines: tuple[str, ...]) -> None:
    told = desktops.advice(name, chord.parse("ctrl+alt+space"))
    assert told.lines == lines
    assert told.text.endswith(".")


def test_a_path_with_a_space_is_quoted() -> None:
    told = desktops.advice("sway", chord.parse("F9"), "/home/me/my programs/starling")
    assert told.lines[0] == "bindsym --no-repeat F9 exec '/home/me/my programs/starling' ptt press"


def test_portal_trigger() -> None:
    assert desktops.portal_trigger(chord.parse("super+shift+F1")) == "SHIFT+LOGO+F1"
