"""Who has the focus, as sway and Hyprland tell it; other compositors tell nobody."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

from starling.dictation.surroundings import Session, Target

ANSWER_S = 0.5
_MAGIC = b"i3-ipc"
_GET_TREE = 4
_MOST_BYTES = 8 << 20


def target(session: Session, env: Mapping[str, str]) -> Target:
    """The application and window with the focus; empty where nobody tells."""
    try:
        if session.compositor == "sway" and env.get("SWAYSOCK"):
            return of_sway(_sway_tree(env["SWAYSOCK"]))
        if session.compositor == "hyprland" and env.get("HYPRLAND_INSTANCE_SIGNATURE"):
            folder = f"{session.runtime}/hypr/{env['HYPRLAND_INSTANCE_SIGNATURE']}"
            return of_hyprland(_hyprland_window(f"{folder}/.socket.sock"))
    except (OSError, ValueError, struct.error, RecursionError):
        pass
    return Target()


def of_sway(tree: Any) -> Target:
    """The focused node of sway's tree. Pure."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if node.get("focused") and node.get("type") in ("con", "floating_con"):
            properties = node.get("window_properties") or {}
            name = node.get("app_id") or properties.get("class") or ""
            return Target(str(name).lower(), f"sway:{node.get('id', '')}", pid=_pid(node))
        waiting += [*(node.get("nodes") or ()), *(node.get("floating_nodes") or ())]
    return Target()


def of_hyprland(window: Any) -> Target:
    """Hyprland's active window. Pure."""
    if not isinstance(window, dict) or not window.get("address"):
        return Target()
    return Target(str(window.get("class", "")).lower(), f"hyprland:{window['address']}", pid=_pid(window))


def _pid(told: dict[str, Any]) -> int:
    pid = told.get("pid")
    return pid if isinstance(pid, int) and not isinstance(pid, bool) and pid > 0 else 0


def _sway_tree(path: str) -> Any:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(ANSWER_S)
        link.connect(path)
        link.sendall(_MAGIC + struct.pack("=II", 0, _GET_TREE))
        head = _exactly(link, len(_MAGIC) + 8)
        size, _kind = struct.unpack("=II", head[len(_MAGIC) :])
        if head[: len(_MAGIC)] != _MAGIC or size > _MOST_BYTES:
            raise ValueError("no sway")
        return json.loads(_exactly(link, size))


def _hyprland_window(path: str) -> Any:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(ANSWER_S)
        link.connect(path)
        link.sendall(b"j/activewindow")
        data = b""
        while (piece := link.recv(1 << 16)) and len(data) < _MOST_BYTES:
            data += piece
        return json.loads(data)


def _exactly(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = link.recv(size - len(data))
        if not piece:
            raise ValueError("broken off")
        data += piece
    return data
