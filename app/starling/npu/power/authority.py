"""Whether polkit would let the helper run now without asking anybody: what a rule needs to know before it acts."""

from __future__ import annotations

import os
from typing import Any

from starling.dbus.link import FAILURES, connected
from starling.npu.power import setting
from starling.npu.power.bus import REPLY_S, address
from starling.npu.sysroot import Sysroot

POLKIT, POLKIT_PATH = "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority"
NO_INTERACTION = 0
START_TIME_FIELD = 19
"""Of ``/proc/self/stat``, counted after the name."""


def silent(root: Sysroot | None = None) -> bool:
    """Whether a question would be spared: the authorisation is kept from before, or a rule of the system grants it.

    False where polkit does not answer. Never raises.
    """
    root = root or Sysroot.current()
    try:
        return _authorised(root)
    except FAILURES:
        return False


def _authorised(root: Sysroot) -> bool:
    from jeepney import DBusAddress, MessageType, new_method_call

    # pkexec is authorised as the process that starts it, which is this one.
    subject = ("unix-process", {"pid": ("u", os.getpid()), "start-time": ("t", _started()), "uid": ("i", os.getuid())})
    question = new_method_call(
        DBusAddress(POLKIT_PATH, POLKIT, f"{POLKIT}.Authority"),
        "CheckAuthorization",
        "(sa{sv})sa{ss}us",
        (subject, setting.ACTION, {}, NO_INTERACTION, ""),
    )
    with connected(address(root), REPLY_S) as bus:
        reply: Any = bus.send_and_get_reply(question, timeout=REPLY_S)
    if reply.header.message_type is not MessageType.method_return:
        return False
    authorised, _challenge, _details = reply.body[0]
    return bool(authorised)


def _started() -> int:
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[START_TIME_FIELD])
