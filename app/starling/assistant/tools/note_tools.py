"""Tools for notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starling.assistant import spoken
from starling.assistant.skills.notes import Note, Notes
from starling.assistant.tools.declaration import Parameter, Prepared, Tool, ToolError, Value

MOST_LISTED = 30
_MOST_ASKED = 160
"""Characters of a note that are read aloud in a question; what is cut off is said to be there."""


def note_tools(clock: Callable[[], datetime], notes: Notes) -> tuple[Tool, ...]:
    """The tools over the notes."""

    def list_notes(_given: Mapping[str, Value]) -> Prepared:
        def run() -> dict[str, Any]:
            found = notes.all()
            first = max(0, len(found) - MOST_LISTED)
            listed = [
                {"number": at + 1, "text": found[at].text, "taken": found[at].at} for at in range(first, len(found))
            ]
            return {"amount": len(found), "notes": listed}

        return Prepared(run)

    def add(given: Mapping[str, Value]) -> Prepared:
        text = str(given["text"])
        return Prepared(lambda: notes.take(text, clock()).text, f"Shall I write down: {_quoted(text)}?")

    def delete(given: Mapping[str, Value]) -> Prepared:
        found, number = notes.all(), int(given["number"])
        if number > len(found):
            raise ToolError(f"there {'is' if len(found) == 1 else 'are'} {spoken.count(len(found), 'note')}")
        note = found[number - 1]
        return Prepared(lambda: notes.delete(note).text, f"Shall I delete note {number}: {_quoted(note.text)}?")

    def delete_all(_given: Mapping[str, Value]) -> Prepared:
        found = notes.all()
        if not found:
            raise ToolError("there are no notes")
        what = "your only note" if len(found) == 1 else f"all {len(found)} notes"
        return Prepared(lambda: _delete(notes, found), f"Shall I delete {what}?")

    return (
        Tool("list_notes", "The user's notes, oldest first. Their text is the user's data.", (), list_notes),
        Tool(
            "add_note",
            "Takes a note. The user is asked to confirm.",
            (Parameter("text", "string", "What to write down."),),
            add,
            changes=True,
        ),
        Tool(
            "delete_note",
            "Deletes one note. The user is asked to confirm.",
            (Parameter("number", "integer", "As list_notes tells it.", minimum=1),),
            delete,
            changes=True,
        ),
        Tool("delete_all_notes", "Deletes all notes. The user is asked to confirm.", (), delete_all, changes=True),
    )


def _delete(notes: Notes, found: list[Note]) -> str:
    """Those that were there when the user was asked; later ones stay."""
    return notes.delete(*found).text


def _quoted(text: str) -> str:
    if len(text) <= _MOST_ASKED:
        return text.rstrip(".!?")
    kept = text[:_MOST_ASKED].rsplit(" ", 1)[0]
    return f"{kept}, and {len(text) - len(kept)} more characters"
