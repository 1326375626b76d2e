"""A recognised text as words with the marks around them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

_OPENING = "\"'“”‘’«‹„‚([{¿¡"  # noqa: RUF001 (what recognisers write)
_CLOSING = ".,;:!?…\"'“”‘’»›)]}。、！？，；："  # noqa: RUF001 (what recognisers write)
_PAUSES = ".,;:!?…。、！？，；：–—-"  # noqa: RUF001 (the same)
_ENDS = ".!?…。！？"  # noqa: RUF001 (the same)
_ONLY_MARKS = re.compile(rf"[{re.escape(_OPENING + _CLOSING + _PAUSES)}]+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})  # noqa: RUF001 (the same)


@dataclass(frozen=True)
class Token:
    """One word.

    Attributes:
        text: without marks at its ends, as it was spelled.
        before: opening marks.
        after: closing marks, with the space before them where there was one (French).
        fixed: the user wants it exactly so.
        bare: the text in lower case, as it is compared.
    """

    text: str
    before: str = ""
    after: str = ""
    fixed: bool = False
    bare: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bare", folded(self.text))

    @property
    def pauses(self) -> str:
        """The marks after it that a recogniser writes where the speaker pauses."""
        return "".join(mark for mark in self.after if mark in _PAUSES)

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence ends with it."""
        return any(mark in _ENDS for mark in self.after)

    def without_pauses(self, marks: str = _PAUSES) -> Token:
        """Without such marks after it, and the space before them."""
        kept = "".join(mark for mark in self.after if mark not in marks)
        return self if kept == self.after else replace(self, after=kept.strip() if kept != self.after else kept)


def folded(word: str) -> str:
    """A word as it is compared: lower case, one kind of apostrophe."""
    return word.translate(_APOSTROPHES).casefold()


def tokenize(text: str) -> list[Token]:
    """The words of a text. A mark that stands alone belongs to the word before it."""
    found: list[Token] = []
    for chunk in text.split():
        if _ONLY_MARKS.fullmatch(chunk) and found:
            found[-1] = replace(found[-1], after=f"{found[-1].after} {chunk}")
            continue
        core = chunk.lstrip(_OPENING)
        before, inner = chunk[: len(chunk) - len(core)], core.rstrip(_CLOSING)
        found.append(Token(inner, before, core[len(inner) :]))
    return found


def is_end(marks: str) -> bool:
    """Whether marks end a sentence."""
    return any(mark in _ENDS for mark in marks)


def ends_sentence(text: str) -> bool:
    """Whether a text ends with the end of a sentence, quotation marks and parentheses left aside."""
    return is_end(text.rstrip().rstrip("\"'”’»›)]}")[-1:])  # noqa: RUF001 (closing marks)


def opens(text: str) -> bool:
    """Whether what follows a text stands at its last character without a space."""
    return not text or text[-1].isspace() or text[-1] in "“«‹„‚([{¿¡@#/\\_"  # noqa: RUF001 (opening marks)
