"""Words about the lists of the dictation."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.dictation.text.explain import Acted, Explained
from starling.dictation.text.lists import Brought
from starling.dictation.text.marks import Mark

translate = QCoreApplication.translate


def columns(name: str) -> tuple[str, ...]:
    """The headings of a list."""
    return {
        "vocabulary": (translate("Lists", "Word"),),
        "replacements": (translate("Lists", "What is heard"), translate("Lists", "What is written")),
        "blocklist": (translate("Lists", "Sentence"),),
    }[name]


def title(name: str) -> str:
    """What a list is called."""
    return {
        "vocabulary": translate("Lists", "Vocabulary"),
        "replacements": translate("Lists", "Replacements"),
        "blocklist": translate("Lists", "Blocked sentences"),
        "profiles": translate("Lists", "Applications"),
    }[name]


def about(name: str) -> str:
    """What a list is for."""
    return {
        "vocabulary": translate("Lists", "Names and words of yours, as they are to be spelled."),
        "replacements": translate(
            "Lists",
            "What is written instead of what is heard. A * stands for any one word. The first that fits counts.",
        ),
        "blocklist": translate("Lists", "Sentences that are never written, as recognisers make up in silence."),
        "profiles": translate("Lists", "What differs in single applications. The first that fits one counts."),
    }[name]


def nothing(name: str, searched: str) -> str:
    """What stands in an empty list."""
    if searched:
        return translate("Lists", "Nothing here has “{text}” in it.").format(text=searched)
    return {
        "vocabulary": translate("Lists", "No words yet. Add the names that are spelled wrong."),
        "replacements": translate("Lists", "No replacements yet."),
        "blocklist": translate("Lists", "No sentence is blocked."),
    }[name]


def counted(shown: int, there: int, marked: int) -> str:
    """How many entries there are."""
    said = (
        translate("Lists", "Entries: {count}").format(count=there)
        if shown == there
        else translate("Lists", "Entries: {shown} of {count}").format(shown=shown, count=there)
    )
    if marked:
        said += " · " + translate("Lists", "to look at: {count}").format(count=marked)
    return said


def mark_sentence(mark: Mark) -> str:
    """Why an entry is marked."""
    return {
        "spelling": translate("Lists", "“{other}” is the same word; that spelling counts."),
        "replaced": translate("Lists", "A replacement writes “{other}” instead."),
        "covered": translate("Lists", "Never used: “{other}” stands before it and fits first."),
        "blocked": translate("Lists", "Never used alone: as a sentence, “{other}” is blocked before."),
        "same": translate("Lists", "“{other}” is the same sentence."),
    }[mark.kind].format(other=mark.other)


def deleted(count: int) -> str:
    """What undo brings back."""
    return translate("Lists", "Entries deleted: {count}").format(count=count)


def brought_sentence(brought: Brought) -> str:
    """What an import did."""
    merged = brought.merged
    counts = (
        (translate("Lists", "new: {count}"), len(merged.new)),
        (translate("Lists", "changed: {count}"), len(merged.changed)),
        (translate("Lists", "there already: {count}"), len(merged.there)),
        (translate("Lists", "refused: {count}"), brought.refused),
    )
    said = ", ".join(text.format(count=count) for text, count in counts if count)
    return translate("Lists", "Imported: {what}.").format(what=said or "0")


def acted_sentence(rule: Acted) -> str:
    """What had a part in a text."""
    plain = {
        "formatting": translate("Lists", "Spoken punctuation"),
        "numbers": translate("Lists", "Numbers in digits"),
        "capitals": translate("Lists", "Capital at the beginning"),
        "trailing_space": translate("Lists", "Space at the end"),
    }
    named = {
        "profile": translate("Lists", "Application “{name}”"),
        "blocked": translate("Lists", "Blocked: “{name}”"),
        "replacement": translate("Lists", "Replacement: “{name}” → “{written}”"),
        "vocabulary": translate("Lists", "Vocabulary: “{name}”"),
        "command": translate("Lists", "Command: {name}"),
    }
    if rule.kind in plain:
        return plain[rule.kind]
    return named[rule.kind].format(name=_command(rule.name), written=" ⏎ ".join(rule.written.splitlines()))


def explained_sentence(explained: Explained) -> str:
    """All that had a part, or that nothing had."""
    if not explained.acted:
        return translate("Lists", "No rule had a part in it.")
    return " · ".join(map(acted_sentence, explained.acted))


def _command(name: str) -> str:
    return {
        "undo": translate("Lists", "the last dictation is taken back"),
        "new_line": translate("Lists", "Enter is pressed"),
        "stop": translate("Lists", "the dictation ends"),
        "pause": translate("Lists", "the dictation pauses"),
        "resume": translate("Lists", "the dictation goes on"),
    }.get(name, name)
