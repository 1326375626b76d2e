"""A letter for each label, to be reached with Alt. Chosen at run time, as labels differ from language to language."""

from __future__ import annotations


def marked(title: str, taken: set[str]) -> str:
    """The label with ``&`` before a letter that is not in ``taken``, which then holds it; unmarked if there is none."""
    places = [at for at in range(len(title)) if at == 0 or title[at - 1] == " "]
    places += [at for at in range(len(title)) if at not in places]
    for at in places:
        letter = title[at].casefold()
        if letter.isalpha() and letter.isascii() and letter not in taken:
            taken.add(letter)
            return _escaped(title[:at]) + "&" + _escaped(title[at:])
    return _escaped(title)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
