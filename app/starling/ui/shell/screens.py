"""Whether a window can be opened here. Asked before Qt is, because Qt aborts the process when it cannot."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from starling.core.errors import StarlingError
from starling.ui.shell import imports

WAYLAND_TIMEOUT_S = 1.0
_WITHOUT = "Without a window: starling listen; starling --help names the other commands."
_PLUGINS = {"xcb": "libqxcb.so", "wayland": "libqwayland.so"}
_LIBRARY = re.compile(r"lib[\w.+-]+?\.so[\w.]*")


def usable() -> tuple[str, ...]:
    """The arguments that make Qt use a display that answers; empty where Qt knows best.

    Raises:
        StarlingError: ``ui.no_display``, ``ui.no_qt`` or ``ui.missing_library``.
    """
    check_toolkit()
    if sys.platform in ("win32", "darwin"):
        return ()
    return arguments(os.environ, {"xcb": x_answers, "wayland": wayland_answers}, plugin_fault)


def arguments(
    env: Mapping[str, str], answers: Mapping[str, Callable[[Mapping[str, str]], bool]], fault: Callable[[str], str]
) -> tuple[str, ...]:
    """The decision behind :func:`usable`.

    Args:
        env: the environment.
        answers: for each platform with a display server, whether that answers.
        fault: why the plugin of a platform cannot be loaded; empty when it can.
    """
    forced = [name.partition(":")[0] for name in env.get("QT_QPA_PLATFORM", "").split(";") if name]
    wanted = [name.replace("wayland-egl", "wayland") for name in forced] or preferred(env)
    reached = [name for name in wanted if name not in answers or answers[name](env)]
    if not reached:
        raise no_display(env)
    faults = {name: fault(name) for name in reached}
    sound = [name for name in reached if not faults[name]]
    if not sound:
        raise missing(next(iter(faults.values())))
    return () if forced else ("-platform", ";".join(sound))


def preferred(env: Mapping[str, str]) -> list[str]:
    """Platforms with a display server that this environment names, best first."""
    named = {"wayland": bool(env.get("WAYLAND_DISPLAY")), "xcb": bool(env.get("DISPLAY"))}
    order = ("xcb", "wayland") if env.get("XDG_SESSION_TYPE") == "x11" else ("wayland", "xcb")
    return [name for name in order if named[name]]


def no_display(env: Mapping[str, str]) -> StarlingError:
    """No display is named, or what is named does not answer."""
    names = [env[name] for name in ("WAYLAND_DISPLAY", "DISPLAY") if env.get(name)]
    what = f"The display {' or '.join(names)} cannot be reached." if names else "There is no display for a window."
    return StarlingError("ui.no_display", what, f"Start Starling from your desktop. {_WITHOUT}")


def missing(fault: str) -> StarlingError:
    """A system library that Qt needs is not there."""
    libraries = _LIBRARY.findall(fault)  # the plugin, and what it lacks
    what = (
        f"needs {libraries[-1]}, which this system lacks"
        if libraries
        else "cannot be opened: Qt's plugin does not load"
    )
    fix = "./run.sh installs what is missing, or names the command."
    return StarlingError("ui.missing_library", f"The window {what}.", f"{fix} {_WITHOUT}")


def check_toolkit() -> None:
    """Import Qt. Raises StarlingError ``ui.no_qt`` or ``ui.missing_library``."""
    try:
        with imports.kept():
            from PySide6 import QtNetwork, QtSvg, QtWidgets  # noqa: F401 - whether they load is the question
    except ModuleNotFoundError:
        fix = f"./run.sh installs it. {_WITHOUT}"
        raise StarlingError("ui.no_qt", "The window's toolkit (PySide6) is not installed.", fix) from None
    except ImportError as error:
        raise missing(str(error)) from None


def x_answers(env: Mapping[str, str]) -> bool:
    """Whether the X server named by DISPLAY accepts us."""
    if not env.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the plugin needs it too, and says so better
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(env["DISPLAY"].encode(), None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def wayland_answers(env: Mapping[str, str]) -> bool:
    """Whether the compositor's socket accepts us."""
    name = env.get("WAYLAND_DISPLAY", "")
    path = Path(env.get("XDG_RUNTIME_DIR", ""), name)
    if not name or not path.is_absolute():
        return False
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(WAYLAND_TIMEOUT_S)
        try:
            link.connect(str(path))
        except OSError:  # also: the path is longer than a socket's address
            return False
    return True


def plugin_fault(platform: str) -> str:
    """Why Qt's plugin for a platform cannot be loaded; empty when it can, or when the name is not one of ours."""
    from PySide6.QtCore import QLibraryInfo, QPluginLoader

    if platform not in _PLUGINS:
        return ""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms")
    loader = QPluginLoader(str(folder / _PLUGINS[platform]))
    return "" if loader.load() else loader.errorString() or platform
