"""A question to the user within a reply."""

from __future__ import annotations


class Question(str):
    """A piece of a reply that asks the user to confirm what the model wants to change.

    Attributes:
        tool: that would do it.
        arguments: as (name, value); data.
    """

    __slots__ = ("arguments", "tool")
    tool: str
    arguments: tuple[tuple[str, str], ...]

    def __new__(cls, text: str, tool: str = "", arguments: tuple[tuple[str, str], ...] = ()) -> Question:
        """A question in those words."""
        made = super().__new__(cls, text)
        made.tool, made.arguments = tool, arguments
        return made

    def worded(self, text: str) -> Question:
        """The same question, with these words or spaces."""
        return Question(text, self.tool, self.arguments)


NOTHING = Question("")
"""Nothing is asked."""
