import pytest

from starling.dictation.insertion.choosing import FOREIGN, LONG, Wishes, names_of, order
from starling.dictation.surroundings import Session, Target

X11 = Session("x11", display=":1")
SWAY, GNOME, KDE = (Session("wayland", name, wayland="w") for name in ("sway", "gnome", "kde"))
OTHER, NONE = Session("wayland", "other", wayland="w"), Session("none")
MANY = "".join(chr(0x4E00 + number) for number in range(FOREIGN + 1))


@pytest.mark.parametrize(
    ("session", "text", "expected"),
    [
        (X11, "hello", "xtest paste"),
        (X11, "é", "xtest paste"),
        (X11, "你好", "xtest paste"),
        (X11, MANY, "paste xtest"),
        (X11, "a" * (LONG + 1), "paste xtest"),
        (X11, "two\nlines", "paste xtest"),
        (SWAY, "hello", "wtype paste portal ydotool"),
        (SWAY, MANY, "wtype paste portal"),
        (SWAY, "two\nlines", "paste wtype portal ydotool"),
        (GNOME, "hello", "portal paste ydotool"),
        (GNOME, "é", "paste portal"),
        (GNOME, "你好", "paste portal"),
        (KDE, "a" * (LONG + 1), "paste portal ydotool"),
        (OTHER, "hello", "portal wtype paste ydotool"),
        (NONE, "hello", ""),
    ],
)
def test_the_way_follows_session_compositor_and_text(session, text, expected) -> None:
    assert order(session, Target("gedit", "1"), text, Wishes()) == (*expected.split(), "scratchpad")


@pytest.mark.parametrize(
    ("application", "newline", "expected"),
    [
        ("slack", "paste", "paste xtest scratchpad"),
        ("slack", "shift_enter", "xtest paste scratchpad"),
        ("slack", "enter", "xtest paste scratchpad"),
        # Shift+Enter runs the line in a terminal just as Enter does, so it is pasted or not at all.
        ("xterm", "paste", "paste scratchpad"),
        ("foot", "shift_enter", "paste scratchpad"),
        ("xterm", "enter", "xtest paste scratchpad"),
    ],
)
def test_a_new_line_sends_nothing(application, newline, expected) -> None:
    found = order(X11, Target(application, "1"), "a\nb", Wishes(newline=newline))
    assert " ".join(found) == expected


def test_what_failed_comes_last() -> None:
    assert order(SWAY, Target("gedit"), "a", Wishes(), {"wtype"}) == (
        "paste",
        "portal",
        "ydotool",
        "wtype",
        "scratchpad",
    )


@pytest.mark.parametrize(
    ("wishes", "application", "expected"),
    [
        (Wishes("paste"), "gedit", "paste scratchpad"),
        (Wishes("scratchpad"), "gedit", "scratchpad"),
        (Wishes("nonsense"), "gedit", "xtest paste scratchpad"),
        (Wishes(per_application={"XTerm": "paste"}), "xterm", "paste scratchpad"),
        (Wishes(per_application={"gedit": "ctrl+v"}), "org.gnome.gedit", "paste scratchpad"),
        (Wishes("paste", per_application={"xterm": "xtest"}), "xterm", "xtest scratchpad"),
        (Wishes(per_application={"xterm": "nonsense"}), "xterm", "xtest paste scratchpad"),
    ],
)
def test_the_user_has_the_say(wishes, application, expected) -> None:
    assert " ".join(order(X11, Target(application, "1"), "a", wishes, {"paste"} if "xtest p" in expected else ())) == (
        expected
    )


def test_a_chosen_way_is_tried_whatever_failed() -> None:
    assert order(X11, Target("gedit"), "a", Wishes("paste"), {"paste"}) == ("paste", "scratchpad")


@pytest.mark.parametrize(
    ("wishes", "application", "excluded"),
    [
        (Wishes(excluded={"KeePassXC"}), "keepassxc", True),
        (Wishes(excluded={"keepassxc"}), "org.keepassxc.keepassxc", True),
        (Wishes(excluded={"keepassxc"}), "gedit", False),
        (Wishes(excluded={"keepassxc"}), "", False),
        (Wishes(per_application={"gedit": "excluded"}), "gedit", True),
        (Wishes(), "keepassxc", False),
    ],
)
def test_excluded_applications(wishes, application, excluded) -> None:
    assert wishes.excludes(application) is excluded


def test_names() -> None:
    assert names_of("org.gnome.Gedit") == ("org.gnome.gedit", "gedit")
    assert names_of("xterm") == ("xterm",)


@pytest.mark.parametrize(("newline", "typed"), [("paste", False), ("shift_enter", True), ("enter", True)])
def test_lines_are_typed_into_what_has_no_name_only_where_that_was_chosen(newline, typed) -> None:
    ways = order(Session("wayland", "gnome"), Target(), "one\ntwo", Wishes(newline=newline))
    assert ("portal" in ways) is typed
    assert "paste" in ways
