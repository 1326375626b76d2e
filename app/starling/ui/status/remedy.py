"""Cuts a remedy into sentences and the commands to type, so that each command can be copied. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PROGRAM = r"(?:sudo|echo|printf|uv|flatpak|flm|starling|xrt-smi|prlimit) "
_BEGINS = re.compile(rf"(?:^|(?<=: )|(?<=[Rr]un ))(?={_PROGRAM})|(?<=with: )(?=--)")
"""Where a command begins: at the start of a step, or after a word that says that one follows."""
_ENDS = re.compile(r" \((?:or|the)\b|\. (?=[A-Z])|, or |\.?$")
"""Where it ends: at words in brackets, at the next sentence, at an alternative; else with its step."""
_OPENERS = ("Run:", "run:", "Run", "run")


@dataclass(frozen=True)
class Part:
    """One piece of a remedy.

    Attributes:
        text: the words, or the command.
        command: whether it is to be typed as it stands.
    """

    text: str
    command: bool


def parts(fix: str) -> tuple[Part, ...]:
    """The pieces in order. Nothing is left out but ``Run:``."""
    pieces = [part for step in _steps(fix) for part in _cut(step)]
    return tuple(part for part in pieces if part.command or part.text not in _OPENERS)


def _steps(fix: str) -> list[str]:
    """Split at semicolons, but not inside of quotes."""
    steps, quoted, begin = [], "", 0
    for place, letter in enumerate(fix):
        opens = not quoted and fix[place - 1 : place] in ("", " ", "=")  # else it is an apostrophe
        if letter in "'\"" and (opens or quoted == letter):
            quoted = "" if quoted else letter
        elif letter == ";" and not quoted:
            steps.append(fix[begin:place])
            begin = place + 1
    return [step.strip() for step in (*steps, fix[begin:]) if step.strip()]


def _cut(step: str) -> list[Part]:
    begins = _BEGINS.search(step)
    if begins is None:
        return [Part(step, False)]
    before, command = step[: begins.start()].strip(" ("), step[begins.start() :]
    ends = _ENDS.search(command)
    end = ends.start() if ends else len(command)
    found = [Part(before, False)] if before else []
    found.append(Part(command[:end].strip(), True))
    rest = command[end:].strip(" .,()")
    return [*found, *_cut_rest(rest)] if rest else found


def _cut_rest(rest: str) -> list[Part]:
    """What follows a command; it may hold another one (``or: uv python install 3.12``)."""
    begins = _BEGINS.search(rest)
    if begins is None:
        return [Part(rest, False)]
    return [Part(rest[: begins.start()].strip(), False), Part(rest[begins.start() :].strip(" .)"), True)]
