"""What the language model's tools are called in plain words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def tool_title(tool: str) -> str:
    """What a tool does; the name of an unknown one, and a general word for none."""
    known = {
        "set_timer": translate("Confirm", "Set a timer"),
        "set_alarm": translate("Confirm", "Set an alarm"),
        "cancel_timer_or_alarm": translate("Confirm", "Cancel a timer or alarm"),
        "add_note": translate("Confirm", "Write a note"),
        "delete_note": translate("Confirm", "Delete a note"),
        "delete_all_notes": translate("Confirm", "Delete all notes"),
        "": translate("Confirm", "Change something"),
    }
    return known.get(tool, tool.replace("_", " "))


def argument_title(name: str) -> str:
    """What an argument is."""
    known = {
        "hours": translate("Confirm", "Hours"),
        "minutes": translate("Confirm", "Minutes"),
        "seconds": translate("Confirm", "Seconds"),
        "name": translate("Confirm", "Name"),
        "time": translate("Confirm", "Time"),
        "day": translate("Confirm", "Day"),
        "kind": translate("Confirm", "Kind"),
        "text": translate("Confirm", "Text"),
        "number": translate("Confirm", "Number"),
    }
    return known.get(name, name.replace("_", " "))
